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
    private double[] _pivots = [];
    private WorkMatrix _work;
    private bool _arePivotsKnown;

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

    /// <summary>The pivots of the last A A'; all zero if one of them has less than <see cref="GramTriangle.Trust"/> of its diagonal entry.</summary>
    public ReadOnlySpan<double> Pivots
    {
        get
        {
            if (!_arePivotsKnown)
            {
                FindPivots();
            }

            return _pivots.AsSpan(0, _rows);
        }
    }

    private void FindPivots()
    {
        _arePivotsKnown = true;
        if (_pivots.Length < _rows)
        {
            _pivots = new double[_rows];
        }

        _work = _work.Reshape(_rows, _rows);
        _square.Span.CopyTo(_work.Span);
        bool isSafe = UpperCholesky.TryFactor(_work.Span, _work.Width, _rows, _work.Width, GramTriangle.Trust);
        for (int i = 0; i < _rows; i++)
        {
            double root = _work.Span[i * (_work.Width + 1)];
            _pivots[i] = isSafe ? root * root : 0.0;
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
        _arePivotsKnown = false;
        factor.CopyTo(_factor);
        BlockTranspose.Apply(factor, columns, _transposed.Span, _transposed.Width, rows, columns);
        GramTriangle.Apply(_transposed, columns, _square, rows, Accumulation.Set, zeros);
    }
}
