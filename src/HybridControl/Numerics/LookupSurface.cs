using System.Collections.Immutable;

namespace HybridControl.Numerics;

/// <summary>A table of two arguments over a rectangular grid, bilinear in each cell.</summary>
/// <remarks>
/// Immutable and thread-safe. An evaluation is two binary searches and three multiply-adds: O(log n + log m). NaN gives
/// NaN. Cell (i, j) is c0 + c1 u + c2 v + c3 u v with u = x - x_i and v = y - y_j: continuous, with slopes that jump at
/// grid lines, and between the smallest and the largest of its four corners. Outside, <see cref="Extrapolation.Hold"/>
/// takes the nearest point of the grid's rectangle, <see cref="Extrapolation.Linear"/> continues the nearest cell.
/// </remarks>
public sealed class LookupSurface : LookupTable
{
    private const int Stride = 4;

    private readonly double[] _x;
    private readonly double[] _y;
    private readonly double[] _z;
    private readonly double[] _c;

    /// <summary>Creates a surface.</summary>
    /// <param name="name">Name used in expressions and messages.</param>
    /// <param name="x">The n breakpoints of the first argument, strictly increasing and finite; at least two.</param>
    /// <param name="y">The m breakpoints of the second argument, likewise.</param>
    /// <param name="z">n m finite values, row-major: that at (x_i, y_j) is number i m + j.</param>
    /// <param name="extrapolation">What happens outside the grid.</param>
    /// <exception cref="ArgumentException">The breakpoints or values break one of these rules.</exception>
    public LookupSurface(
        string name,
        ReadOnlySpan<double> x,
        ReadOnlySpan<double> y,
        ReadOnlySpan<double> z,
        Extrapolation extrapolation = Extrapolation.Hold)
        : base(name, extrapolation)
    {
        if (FindFault(x, y, z) is { } fault)
        {
            throw new ArgumentException($"Table '{name}': {fault}");
        }

        Root = this;
        _x = x.ToArray();
        _y = y.ToArray();
        _z = z.ToArray();
        _c = new double[Stride * (x.Length - 1) * (y.Length - 1)];
        FillCells();
        SlopeX = new(this, 1, 0);
        SlopeY = new(this, 0, 1);
    }

    private LookupSurface(LookupSurface parent, int orderX, int orderY)
        : base(parent.Name, parent.Extrapolation)
    {
        (OrderX, OrderY) = (orderX, orderY);
        Root = parent.Root;
        (_x, _y, _z) = (parent._x, parent._y, parent._z);
        _c = new double[parent._c.Length];
        int first = orderX > parent.OrderX ? 1 : 2;
        for (int i = 0; i < _c.Length; i += Stride)
        {
            _c[i] = parent._c[i + first];
            _c[i + 3 - first] = parent._c[i + 3];
        }

        SlopeX = orderX > 0 ? null : new(this, 1, orderY);
        SlopeY = orderY > 0 ? null : new(this, orderX, 1);
    }

    /// <summary>How often the declared surface was differentiated in its first argument: 0 or 1.</summary>
    public int OrderX { get; }

    /// <summary>How often the declared surface was differentiated in its second argument: 0 or 1.</summary>
    public int OrderY { get; }

    /// <inheritdoc/>
    public override LookupTable Root { get; }

    /// <inheritdoc/>
    public override int Arguments => 2;

    /// <summary>Breakpoints of the first argument, strictly increasing.</summary>
    public ImmutableArray<double> X => [.. _x];

    /// <summary>Breakpoints of the second argument, strictly increasing.</summary>
    public ImmutableArray<double> Y => [.. _y];

    /// <summary>Values of the declared surface, row-major, a row for each breakpoint of the first argument.</summary>
    public ImmutableArray<double> Z => [.. _z];

    /// <summary>Partial derivative in the first argument, on a grid line that of the cell above it; null where it is zero everywhere.</summary>
    public LookupSurface? SlopeX { get; }

    /// <summary>Partial derivative in the second argument, on a grid line that of the cell above it; null where it is zero everywhere.</summary>
    public LookupSurface? SlopeY { get; }

    /// <summary>What is wrong with these breakpoints and values, and how to mend it; null if nothing is.</summary>
    public static string? FindFault(ReadOnlySpan<double> x, ReadOnlySpan<double> y, ReadOnlySpan<double> z)
    {
        if ((FindFault(x, " of x") ?? FindFault(y, " of y")) is { } fault)
        {
            return fault;
        }

        if ((long)x.Length * y.Length != z.Length)
        {
            return FormattableString.Invariant(
                $"{x.Length} by {y.Length} breakpoints but {z.Length} values. Give one row of values for each x, and in it one value for each y.");
        }

        for (int i = 0; i < z.Length; i++)
        {
            if (!double.IsFinite(z[i]))
            {
                return FormattableString.Invariant(
                    $"the value at ({x[i / y.Length]}, {y[i % y.Length]}) is {z[i]}. Breakpoints and values must be finite.");
            }
        }

        return null;
    }

    /// <summary>The interpolated value; NaN outside the grid when the extrapolation is an error.</summary>
    public double Evaluate(double x, double y)
    {
        bool outsideX = x < _x[0] || x > _x[^1];
        bool outsideY = y < _y[0] || y > _y[^1];
        if (outsideX || outsideY)
        {
            switch (Extrapolation)
            {
                case Extrapolation.Error:
                    return double.NaN;
                case Extrapolation.Hold when (outsideX && OrderX > 0) || (outsideY && OrderY > 0):
                    return double.IsNaN(x) || double.IsNaN(y) ? double.NaN : 0.0;
                case Extrapolation.Hold:
                    x = Math.Clamp(x, _x[0], _x[^1]);
                    y = Math.Clamp(y, _y[0], _y[^1]);
                    break;
            }
        }

        int i = Piece(_x, x);
        int j = Piece(_y, y);
        double u = x - _x[i];
        double v = y - _y[j];
        ReadOnlySpan<double> c = CellOf(i, j);
        return c[0] + (u * c[1]) + (v * (c[2] + (u * c[3])));
    }

    /// <summary>The four coefficients of one cell.</summary>
    internal ReadOnlySpan<double> CellOf(int i, int j) => _c.AsSpan(Stride * ((i * (_y.Length - 1)) + j), Stride);

    /// <summary>The row of cells in which one argument lies, the outermost one outside.</summary>
    internal int PieceOf(int argument, double x) => Piece(argument == 0 ? _x : _y, x);

    /// <inheritdoc/>
    internal override ReadOnlySpan<double> BreakpointsOf(int argument) => argument == 0 ? _x : _y;

    /// <inheritdoc/>
    public override bool Equals(LookupTable? other) =>
        ReferenceEquals(this, other) || (other is LookupSurface surface &&
            Name == surface.Name && Extrapolation == surface.Extrapolation && OrderX == surface.OrderX && OrderY == surface.OrderY &&
            _x.AsSpan().SequenceEqual(surface._x) && _y.AsSpan().SequenceEqual(surface._y) && _z.AsSpan().SequenceEqual(surface._z));

    private void FillCells()
    {
        int m = _y.Length;
        int next = 0;
        for (int i = 0; i + 1 < _x.Length; i++)
        {
            double h = _x[i + 1] - _x[i];
            for (int j = 0; j + 1 < m; j++, next += Stride)
            {
                double k = _y[j + 1] - _y[j];
                double corner = _z[(i * m) + j];
                double alongX = _z[((i + 1) * m) + j] - corner;
                double alongY = _z[(i * m) + j + 1] - corner;
                _c[next] = corner;
                _c[next + 1] = alongX / h;
                _c[next + 2] = alongY / k;
                _c[next + 3] = (_z[((i + 1) * m) + j + 1] - corner - alongX - alongY) / h / k;
            }
        }
    }
}
