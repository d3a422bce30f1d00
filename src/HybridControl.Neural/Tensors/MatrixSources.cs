namespace HybridControl.Neural.Tensors;

/// <summary>Matrices made from others without copying them.</summary>
public static class MatrixSources
{
    /// <summary>Some rows: <paramref name="first"/>, <c>first + step</c> and so on.</summary>
    public static IMatrixSource RowsOf(this IMatrixSource source, int first, int count, int step = 1) =>
        first >= 0 && count >= 0 && (count == 0 || first + ((long)(count - 1) * step) < source.Rows)
            ? new SomeRows(source, first, count, step)
            : throw new ArgumentOutOfRangeException(nameof(count), $"'{source.Name}' has {source.Rows} rows, not rows {first} to {first + ((long)(count - 1) * step)}.");

    /// <summary>Each row times a factor of its own.</summary>
    public static IMatrixSource ScaledBy(this IMatrixSource source, Func<int, double> factor) => new ScaledRows(source, factor);

    /// <summary>A small matrix turned; it is read whole.</summary>
    public static IMatrixSource Transposed(this IMatrixSource source)
    {
        var row = new double[source.Columns];
        var values = new double[source.Rows * source.Columns];
        for (int i = 0; i < source.Rows; i++)
        {
            source.ReadRow(i, row);
            for (int j = 0; j < row.Length; j++)
            {
                values[(j * source.Rows) + i] = row[j];
            }
        }

        return Of(source.Name, values, source.Columns, source.Rows);
    }

    /// <summary>Matrices of as many columns, one below the other.</summary>
    public static IMatrixSource Stack(string name, params ReadOnlySpan<IMatrixSource> parts) => new Stacked(name, parts.ToArray());

    /// <summary>A matrix of zeros.</summary>
    public static IMatrixSource Zeros(string name, int rows, int columns) => new Nothing(name, rows, columns);

    /// <summary>A matrix of numbers in memory.</summary>
    public static IMatrixSource Of(string name, double[] values, int rows, int columns) => new Values(name, values, rows, columns);

    private sealed class SomeRows(IMatrixSource source, int first, int count, int step) : IMatrixSource
    {
        public string Name => source.Name;

        public int Rows => count;

        public int Columns => source.Columns;

        public void ReadRow(int row, Span<float> target) => source.ReadRow(first + (row * step), target);

        public void ReadRow(int row, Span<double> target) => source.ReadRow(first + (row * step), target);
    }

    private sealed class ScaledRows(IMatrixSource source, Func<int, double> factor) : IMatrixSource
    {
        public string Name => source.Name;

        public int Rows => source.Rows;

        public int Columns => source.Columns;

        public void ReadRow(int row, Span<float> target)
        {
            source.ReadRow(row, target);
            float scale = (float)factor(row);
            foreach (ref float entry in target)
            {
                entry *= scale;
            }
        }

        public void ReadRow(int row, Span<double> target)
        {
            source.ReadRow(row, target);
            double scale = factor(row);
            foreach (ref double entry in target)
            {
                entry *= scale;
            }
        }
    }

    private sealed class Stacked(string name, IMatrixSource[] parts) : IMatrixSource
    {
        public string Name => name;

        public int Rows { get; } = parts.Sum(part => part.Rows);

        public int Columns { get; } = parts.Select(part => part.Columns).Distinct().Single();

        public void ReadRow(int row, Span<float> target)
        {
            IMatrixSource part = PartOf(ref row);
            part.ReadRow(row, target);
        }

        public void ReadRow(int row, Span<double> target)
        {
            IMatrixSource part = PartOf(ref row);
            part.ReadRow(row, target);
        }

        private IMatrixSource PartOf(ref int row)
        {
            foreach (IMatrixSource part in parts)
            {
                if (row < part.Rows)
                {
                    return part;
                }

                row -= part.Rows;
            }

            throw new ArgumentOutOfRangeException(nameof(row));
        }
    }

    private sealed class Values(string name, double[] values, int rows, int columns) : IMatrixSource
    {
        public string Name => name;

        public int Rows => rows;

        public int Columns => columns;

        public void ReadRow(int row, Span<float> target)
        {
            for (int j = 0; j < columns; j++)
            {
                target[j] = (float)values[(row * columns) + j];
            }
        }

        public void ReadRow(int row, Span<double> target) => values.AsSpan(row * columns, columns).CopyTo(target);
    }

    private sealed class Nothing(string name, int rows, int columns) : IMatrixSource
    {
        public string Name => name;

        public int Rows => rows;

        public int Columns => columns;

        public void ReadRow(int row, Span<float> target) => target.Clear();

        public void ReadRow(int row, Span<double> target) => target.Clear();
    }
}
