using System.Runtime.InteropServices;

namespace HybridControl.Numerics;

/// <summary>A A' for a matrix A that is mostly the same as last time, such as the factor of a constant noise.</summary>
internal sealed class SquareMemory
{
    private double[] _factor = [];
    private double[] _transposed = [];
    private double[] _square = [];
    private int _rows;
    private int _columns = -1;

    /// <summary>The upper triangle of A A', rows by rows; computed only if A has changed.</summary>
    /// <param name="factor">A, rows by columns.</param>
    /// <param name="rows">Rows of A.</param>
    /// <param name="columns">Columns of A.</param>
    public ReadOnlySpan<double> Of(ReadOnlySpan<double> factor, int rows, int columns)
    {
        ReadOnlySpan<double> known = _factor.AsSpan(0, Math.Min(_factor.Length, factor.Length));
        if (_rows != rows || _columns != columns ||
            !MemoryMarshal.Cast<double, long>(factor).SequenceEqual(MemoryMarshal.Cast<double, long>(known)))
        {
            Compute(factor, rows, columns);
        }

        return _square.AsSpan(0, rows * rows);
    }

    private void Compute(ReadOnlySpan<double> factor, int rows, int columns)
    {
        if (_factor.Length < factor.Length)
        {
            _factor = new double[factor.Length];
            _transposed = new double[factor.Length];
        }

        if (_square.Length < rows * rows)
        {
            _square = new double[rows * rows];
        }

        factor.CopyTo(_factor);
        (_rows, _columns) = (rows, columns);
        BlockTranspose.Apply(factor, columns, _transposed, rows, rows, columns);
        BlockProduct.Apply(_transposed, 1, rows, _transposed, rows, _square, rows, rows, columns, rows, zeros: Zeros.ResultBelow);
    }
}
