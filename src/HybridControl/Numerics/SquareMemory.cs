using System.Runtime.InteropServices;

namespace HybridControl.Numerics;

/// <summary>A A' for a matrix A that is mostly the same as last time, such as the factor of a constant noise.</summary>
/// <param name="zeros"><see cref="Zeros.LeftAbove"/> if A is lower triangular.</param>
internal sealed class SquareMemory(Zeros zeros = Zeros.None)
{
    private double[] _factor = [];
    private WorkMatrix _transposed;
    private WorkMatrix _square;
    private int _rows = -1;
    private int _columns;

    /// <summary>The upper triangle of A A', rows by rows; computed only if A has changed.</summary>
    /// <param name="factor">A, rows by columns.</param>
    /// <param name="rows">Rows of A.</param>
    /// <param name="columns">Columns of A.</param>
    public WorkMatrix Of(ReadOnlySpan<double> factor, int rows, int columns)
    {
        if (_rows != rows || _columns != columns || !IsKnown(factor))
        {
            Compute(factor, rows, columns);
        }

        return _square;
    }

    private bool IsKnown(ReadOnlySpan<double> factor) => // bit for bit
        MemoryMarshal.Cast<double, long>(factor).SequenceEqual(MemoryMarshal.Cast<double, long>(_factor.AsSpan(0, factor.Length)));

    private void Compute(ReadOnlySpan<double> factor, int rows, int columns)
    {
        if (_factor.Length < factor.Length)
        {
            _factor = new double[factor.Length];
        }

        if (_rows != rows || _columns != columns)
        {
            (_rows, _columns) = (rows, columns);
            _transposed = _transposed.Reshape(columns, rows);
            _square = _square.Reshape(rows, rows);
        }

        factor.CopyTo(_factor);
        BlockTranspose.Apply(factor, columns, _transposed.Span, _transposed.Width, rows, columns);
        GramTriangle.Apply(_transposed, columns, _square, rows, Accumulation.Set, zeros);
    }
}
