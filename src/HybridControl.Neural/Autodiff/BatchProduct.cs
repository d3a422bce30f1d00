namespace HybridControl.Neural.Autodiff;

/// <summary>Products of batches of small matrices.</summary>
internal static class BatchProduct
{
    /// <summary>target += x y, where the target is x.Rows by y.Columns and steps as <paramref name="target"/> says.</summary>
    /// <remarks>
    /// A shared target of batched operands receives the sum over samples. The inner loop runs over a whole row of all samples
    /// where the layout allows it, else over the samples of one entry.
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
            AddRows(target, layout, x, y);
        }
        else
        {
            AddEntries(target, layout, x, y);
        }
    }

    private static void AddRows(Span<double> target, in BatchMatrix layout, in BatchMatrix x, in BatchMatrix y)
    {
        for (int i = 0; i < x.Rows; i++)
        {
            Span<double> row = target.Slice(i * layout.RowStep * layout.Batch, layout.Columns * layout.Batch);
            for (int k = 0; k < x.Columns; k++)
            {
                BatchLoops.AddScaled(row, x.At(i, k)[0], y.Row(k));
            }
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
                    ReadOnlySpan<double> left = x.At(i, k);
                    ReadOnlySpan<double> right = y.At(k, j);
                    if (left.Length == 1)
                    {
                        BatchLoops.AddScaled(entry, left[0], right);
                    }
                    else if (right.Length == 1)
                    {
                        BatchLoops.AddScaled(entry, right[0], left);
                    }
                    else
                    {
                        BatchLoops.AddProduct(entry, left, right);
                    }
                }
            }
        }
    }

    private static void AddSum(Span<double> target, in BatchMatrix layout, in BatchMatrix x, in BatchMatrix y)
    {
        bool whole = x.RowsAreWhole && y.Transposed.RowsAreWhole;
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
