using HybridControl.Neural.Autodiff.Lanes;

namespace HybridControl.Neural.Autodiff;

/// <summary>Products of batches of small matrices.</summary>
internal static class BatchProduct
{
    /// <summary>target += x y, where the target is x.Rows by y.Columns and steps as <paramref name="target"/> says.</summary>
    /// <remarks>
    /// A shared target of batched operands receives the sum over samples. A shared operand multiplies whole rows of all samples
    /// where the layout allows it, else the samples of one entry.
    /// </remarks>
    public static void Add(Span<double> target, in BatchMatrix layout, in BatchMatrix x, in BatchMatrix y)
    {
        bool batched = x.Batch > 1 || y.Batch > 1;
        if (batched && layout.Batch == 1)
        {
            AddSum(target, layout, x, y);
        }
        else if (x.Batch == 1 && y.RowsAreWhole && layout.RowsAreWhole)
        {
            SharedProduct.Add(
                target, layout.RowStep * layout.Batch, x.Entries, x.RowStep, x.ColumnStep,
                y.Entries, y.RowStep * y.Batch, x.Rows, x.Columns, layout.Columns * layout.Batch);
        }
        else if (y.Batch == 1)
        {
            AddRight(target, layout, x, y);
        }
        else if (x.Batch == 1)
        {
            // The same problem transposed.
            AddRight(target, layout.Transposed, y.Transposed, x.Transposed);
        }
        else
        {
            AddEntries(target, layout, x, y);
        }
    }

    // A shared matrix on the right meets each row of x by itself.
    private static void AddRight(Span<double> target, in BatchMatrix layout, in BatchMatrix x, in BatchMatrix y)
    {
        int batch = layout.Batch;
        for (int i = 0; i < x.Rows; i++)
        {
            SharedProduct.Add(
                target[(i * layout.RowStep * batch)..], layout.ColumnStep * batch, y.Entries, y.ColumnStep, y.RowStep,
                x.Entries[(i * x.RowStep * batch)..], x.ColumnStep * batch, y.Columns, x.Columns, batch);
        }
    }

    private static void AddEntries(Span<double> target, in BatchMatrix layout, in BatchMatrix x, in BatchMatrix y)
    {
        int batch = layout.Batch;
        for (int i = 0; i < x.Rows; i++)
        {
            for (int j = 0; j < y.Columns; j++)
            {
                Span<double> entry = target.Slice(((i * layout.RowStep) + (j * layout.ColumnStep)) * batch, batch);
                for (int k = 0; k < x.Columns; k++)
                {
                    BatchLoops.AddProduct(entry, x.At(i, k), y.At(k, j));
                }
            }
        }
    }

    private static void AddSum(Span<double> target, in BatchMatrix layout, in BatchMatrix x, in BatchMatrix y)
    {
        bool whole = x.RowsAreWhole && y.Transposed.RowsAreWhole;
        if (!whole && x.Batch == y.Batch)
        {
            SampleSum.Add(target, layout, x, y);
            return;
        }

        for (int i = 0; i < x.Rows; i++)
        {
            for (int j = 0; j < y.Columns; j++)
            {
                double sum = 0.0;
                if (whole)
                {
                    sum = BatchLoops.Dot(x.Row(i), y.Transposed.Row(j));
                }
                else
                {
                    for (int k = 0; k < x.Columns; k++)
                    {
                        sum += BatchLoops.Dot(x.At(i, k), y.At(k, j));
                    }
                }

                target[(i * layout.RowStep) + (j * layout.ColumnStep)] += sum;
            }
        }
    }
}
