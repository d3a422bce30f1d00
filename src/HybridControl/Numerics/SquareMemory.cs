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
    private double[] _floors = [];
    private double[] _triangle = [];
    private WorkMatrix _work;
    private bool _areFloorsKnown;

    /// <summary>How often A has changed.</summary>
    public int Changes { get; private set; }

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

    /// <summary>f with the last A A' at least diag(f) (<see cref="DiagonalFloor"/>); zeros if one has less than <see cref="GramTriangle.Trust"/> of its diagonal entry.</summary>
    public ReadOnlySpan<double> Floors
    {
        get
        {
            if (!_areFloorsKnown)
            {
                FindFloors();
            }

            return _floors.AsSpan(0, _rows);
        }
    }

    private void FindFloors()
    {
        _areFloorsKnown = true;
        if (_floors.Length < _rows)
        {
            _floors = new double[_rows];
            _triangle = new double[_rows * _rows];
        }

        _work = _work.Reshape(_rows, _rows);
        _square.Span.CopyTo(_work.Span);
        if (!GramTriangle.TryFactor(_work, _rows, _triangle, _floors))
        {
            _floors.AsSpan(0, _rows).Clear();
        }
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

        Changes++;
        _areFloorsKnown = false;
        factor.CopyTo(_factor);
        BlockTranspose.Apply(factor, columns, _transposed.Span, _transposed.Width, rows, columns);
        GramTriangle.Apply(_transposed, columns, _square, rows, Accumulation.Set, zeros);
    }
}
