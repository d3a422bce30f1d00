namespace HybridControl.Estimation;

/// <summary>Rows of equally many numbers in one array that doubles when it is full.</summary>
internal sealed class EstimationColumn
{
    private readonly int _width;
    private double[] _values;

    public EstimationColumn(int width, int rows)
        : this(width, new double[width * rows], 0)
    {
    }

    private EstimationColumn(int width, double[] values, int count) => (_width, _values, Count) = (width, values, count);

    public int Count { get; private set; }

    /// <summary>All numbers, row after row.</summary>
    public ReadOnlySpan<double> All => _values.AsSpan(0, Count * _width);

    public ReadOnlySpan<double> this[int row]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Count, nameof(row));
            return _values.AsSpan(row * _width, _width);
        }
    }

    /// <summary>A new row to write; it holds NaN.</summary>
    public Span<double> Add()
    {
        if ((Count + 1) * _width > _values.Length)
        {
            Array.Resize(ref _values, Math.Max(16 * _width, 2 * _values.Length));
        }

        Span<double> row = _values.AsSpan(Count++ * _width, _width);
        row.Fill(double.NaN);
        return row;
    }

    public EstimationColumn Slice(int first, int count) => new(_width, _values.AsSpan(first * _width, count * _width).ToArray(), count);

    /// <summary>One number of each row.</summary>
    public double[] Column(int place)
    {
        double[] column = new double[Count];
        for (int i = 0; i < column.Length; i++)
        {
            column[i] = _values[(i * _width) + place];
        }

        return column;
    }
}
