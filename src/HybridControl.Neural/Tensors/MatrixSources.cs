namespace HybridControl.Neural.Tensors;

/// <summary>Matrices made from others without copying them.</summary>
public static class MatrixSources
{
    /// <summary>Some rows: <paramref name="first"/>, <c>first + step</c> and so on.</summary>
    public static IMatrixSource RowsOf(this IMatrixSource source, int first, int count, int step = 1) =>
        first >= 0 && count >= 0 && (count == 0 || first + ((long)(count - 1) * step) < source.Rows)
            ? new SomeRows(source, first, count, step)
            : throw new ArgumentOutOfRangeException(nameof(count), $"'{source.Name}' has {source.Rows} rows, not rows {first} to {first + ((long)(count - 1) * step)}.");

    /// <summary>The same numbers in rows of another length, which divides or is a multiple of theirs.</summary>
    /// <exception cref="ArgumentException">Neither length is a multiple of the other, or rows are left over.</exception>
    public static IMatrixSource Reshaped(this IMatrixSource source, int columns) =>
        source.Columns == columns ? source
        : columns > 0 && (long)source.Rows * source.Columns % columns == 0 && (source.Columns % columns == 0 || columns % source.Columns == 0)
            ? new OtherRows(source, columns)
            : throw new ArgumentException($"'{source.Name}', {source.Rows} x {source.Columns}, has no rows of {columns}.", nameof(columns));

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

    private sealed class OtherRows(IMatrixSource source, int columns) : IMatrixSource
    {
        public string Name => source.Name;

        public int Rows { get; } = checked((int)((long)source.Rows * source.Columns / columns));

        public int Columns => columns;

        public void ReadRow(int row, Span<float> target)
        {
            if (columns > source.Columns)
            {
                int parts = columns / source.Columns;
                for (int i = 0; i < parts; i++)
                {
                    source.ReadRow((row * parts) + i, target.Slice(i * source.Columns, source.Columns));
                }

                return;
            }

            int pieces = source.Columns / columns;
            var whole = new float[source.Columns];
            source.ReadRow(row / pieces, whole);
            whole.AsSpan(row % pieces * columns, columns).CopyTo(target);
        }

        public void ReadRow(int row, Span<double> target)
        {
            if (columns > source.Columns)
            {
                int parts = columns / source.Columns;
                for (int i = 0; i < parts; i++)
                {
                    source.ReadRow((row * parts) + i, target.Slice(i * source.Columns, source.Columns));
                }

                return;
            }

            int pieces = source.Columns / columns;
            var whole = new double[source.Columns];
            source.ReadRow(row / pieces, whole);
            whole.AsSpan(row % pieces * columns, columns).CopyTo(target);
        }
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
}
