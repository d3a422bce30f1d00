using HybridControl.Numerics;

namespace HybridControl.Neural.Identification;

/// <summary>The lower triangle L with L L' = A A' of a wide A whose columns come one after another.</summary>
/// <remarks>Keeps the triangle and as many columns again thrice; each filling is triangularised by reflections.</remarks>
internal sealed class ColumnTriangle
{
    private readonly int _rows;
    private readonly int _columns;
    private readonly double[] _a;
    private int _filled;

    public ColumnTriangle(int rows)
    {
        _rows = rows;
        _columns = 4 * rows;
        _a = new double[rows * _columns];
    }

    /// <summary>Columns added so far.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a column.</summary>
    public void Add(ReadOnlySpan<double> column)
    {
        if (_filled == _columns)
        {
            Compress();
        }

        for (int i = 0; i < _rows; i++)
        {
            _a[(i * _columns) + _filled] = column[i];
        }

        _filled++;
        Count++;
    }

    /// <summary>The block of the triangle that begins at a row and column.</summary>
    public double[] Block(int row, int column, int rows, int columns)
    {
        Compress();
        var block = new double[rows * columns];
        for (int i = 0; i < rows; i++)
        {
            _a.AsSpan(((row + i) * _columns) + column, columns).CopyTo(block.AsSpan(i * columns));
        }

        return block;
    }

    /// <summary>The X of least |X Q - Y| where the first <paramref name="known"/> rows of A are Q and the others Y; rows of Y by rows of Q.</summary>
    /// <remarks>A row of Q that depends on those above gets zeros.</remarks>
    public double[] Solve(int known)
    {
        double[] l = Block(0, 0, known, known);
        double largest = 0.0;
        for (int i = 0; i < known; i++)
        {
            largest = Math.Max(largest, l[i * (known + 1)]);
        }

        for (int i = 0; i < known; i++)
        {
            l[i * (known + 1)] = l[i * (known + 1)] > 1e-12 * largest ? l[i * (known + 1)] : 0.0;
        }

        double[] x = Block(known, 0, _rows - known, known);
        LowerTriangular.SolveTransposedRows(l, x, known);
        return x;
    }

    private void Compress()
    {
        LowerTriangularization.Apply(_a, _rows, _columns);
        _filled = _rows;
    }
}
