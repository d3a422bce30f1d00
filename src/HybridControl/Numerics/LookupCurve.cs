using System.Collections.Immutable;

namespace HybridControl.Numerics;

/// <summary>A table of one argument: a polynomial between each two breakpoints.</summary>
/// <remarks>
/// Immutable and thread-safe. An evaluation is a binary search and three multiply-adds: O(log n). NaN gives NaN.
/// Piece i is c0 + c1 t + c2 t^2 + c3 t^3 with t = x - x_i; these coefficients, as doubles, are the curve. Slopes of
/// a <see cref="Interpolation.MonotoneCubic"/> curve: <see cref="MonotoneSlopes"/>.
/// </remarks>
public sealed class LookupCurve : LookupTable
{
    private const int Stride = 4;

    private readonly double[] _x;
    private readonly double[] _y;
    private readonly double[] _c;
    private readonly Line _before;
    private readonly Line _after;
    private readonly LookupCurve? _slope;

    /// <summary>Creates a curve.</summary>
    /// <param name="name">Name used in expressions and messages.</param>
    /// <param name="x">Breakpoints, strictly increasing and finite; at least two.</param>
    /// <param name="y">Values at the breakpoints, finite, as many as <paramref name="x"/>.</param>
    /// <param name="extrapolation">What happens outside the breakpoints.</param>
    /// <param name="interpolation">What happens between them.</param>
    /// <exception cref="ArgumentException">The breakpoints or values break one of these rules.</exception>
    public LookupCurve(
        string name,
        ReadOnlySpan<double> x,
        ReadOnlySpan<double> y,
        Extrapolation extrapolation = Extrapolation.Hold,
        Interpolation interpolation = Interpolation.Linear)
        : base(name, extrapolation)
    {
        if (FindFault(x, y) is { } fault)
        {
            throw new ArgumentException($"Table '{name}': {fault}");
        }

        Interpolation = interpolation;
        Root = this;
        _x = x.ToArray();
        _y = y.ToArray();
        _c = new double[Stride * (x.Length - 1)];
        double last = interpolation == Interpolation.Linear ? FillLines() : FillCubics();
        bool straight = interpolation == Interpolation.Linear;
        _before = Outside(_x[0], _y[0], _c[1], _y[0]);
        _after = straight
            ? Outside(_x[^2], _y[^2], _c[^3], _y[^1]) // the last piece goes on
            : Outside(_x[^1], _y[^1], last, _y[^1]);
        _slope = new(this);
    }

    private LookupCurve(LookupCurve parent)
        : base(parent.Name, parent.Extrapolation)
    {
        Interpolation = parent.Interpolation;
        Order = parent.Order + 1;
        Root = parent.Root;
        Parent = parent;
        _x = parent._x;
        _y = parent._y;
        _c = new double[parent._c.Length];
        for (int i = 0; i < _c.Length; i += Stride)
        {
            _c[i] = parent._c[i + 1];
            _c[i + 1] = 2.0 * parent._c[i + 2];
            _c[i + 2] = 3.0 * parent._c[i + 3];
        }

        _before = parent._before.Derivative;
        _after = parent._after.Derivative;
        _slope = Degree < 0 ? null : new(this);
    }

    /// <summary>What joins the points.</summary>
    public Interpolation Interpolation { get; }

    /// <summary>How often the declared curve was differentiated to get this one.</summary>
    public int Order { get; }

    /// <inheritdoc/>
    public override LookupTable Root { get; }

    /// <inheritdoc/>
    public override int Arguments => 1;

    /// <summary>Breakpoints, strictly increasing.</summary>
    public ImmutableArray<double> X => [.. _x];

    /// <summary>Values of the declared curve at the breakpoints.</summary>
    public ImmutableArray<double> Y => [.. _y];

    /// <summary>The derivative of this curve as a curve; at a breakpoint that of the piece to its right.</summary>
    public LookupCurve Slope => _slope ?? this;

    /// <summary>The curve that this is the derivative of.</summary>
    internal LookupCurve? Parent { get; }

    /// <summary>Degree of the pieces; below zero for a derivative that is zero everywhere.</summary>
    internal int Degree => (Interpolation == Interpolation.Linear ? 1 : 3) - Order;

    /// <summary>Derivatives that are continuous across breakpoints; -1 for a curve that jumps there.</summary>
    internal int Smoothness => (Interpolation == Interpolation.Linear ? 0 : 1) - Order;

    /// <summary>Breakpoints without a copy.</summary>
    internal ReadOnlySpan<double> Breakpoints => _x;

    /// <summary>The line before the first breakpoint.</summary>
    internal Line Before => _before;

    /// <summary>The line after the last breakpoint.</summary>
    internal Line After => _after;

    /// <summary>What is wrong with these breakpoints and values, and how to mend it; null if nothing is.</summary>
    public static string? FindFault(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        if (x.Length != y.Length)
        {
            return $"{x.Length} breakpoints but {y.Length} values. Give one value for each breakpoint.";
        }

        for (int i = 0; i < x.Length; i++)
        {
            if (!double.IsFinite(x[i]) || !double.IsFinite(y[i]))
            {
                return FormattableString.Invariant($"entry {i} is ({x[i]}, {y[i]}). Breakpoints and values must be finite.");
            }
        }

        return FindFault(x, "");
    }

    /// <summary>Index i of the segment [x_i, x_(i+1)] used at <paramref name="x"/>, the outermost one outside the table.</summary>
    public int Segment(double x) => Piece(_x, x);

    /// <summary>The interpolated value; NaN outside the breakpoints when the extrapolation is an error.</summary>
    public double Evaluate(double x)
    {
        if (x < _x[0])
        {
            return _before.At(x);
        }

        if (x > _x[^1])
        {
            return _after.At(x);
        }

        int i = Piece(_x, x);
        double t = x - _x[i];
        ReadOnlySpan<double> c = PieceOf(i);
        return c[0] + (t * (c[1] + (t * (c[2] + (t * c[3])))));
    }

    /// <summary>The slope at <paramref name="x"/>; at a breakpoint that of the piece to its right.</summary>
    public double Derivative(double x)
    {
        if (x < _x[0])
        {
            return _before.Slope;
        }

        if (x > _x[^1])
        {
            return _after.Slope;
        }

        int i = Piece(_x, x);
        double t = x - _x[i];
        ReadOnlySpan<double> c = PieceOf(i);
        return c[1] + (t * ((2.0 * c[2]) + (t * (3.0 * c[3]))));
    }

    /// <summary>The four coefficients of one piece.</summary>
    internal ReadOnlySpan<double> PieceOf(int segment) => _c.AsSpan(Stride * segment, Stride);

    /// <inheritdoc/>
    internal override ReadOnlySpan<double> BreakpointsOf(int argument) => _x;

    /// <inheritdoc/>
    public override bool Equals(LookupTable? other) =>
        ReferenceEquals(this, other) || (other is LookupCurve curve &&
            Name == curve.Name && Extrapolation == curve.Extrapolation && Interpolation == curve.Interpolation &&
            Order == curve.Order && _x.AsSpan().SequenceEqual(curve._x) && _y.AsSpan().SequenceEqual(curve._y));

    private double FillLines()
    {
        for (int i = 0; i + 1 < _x.Length; i++)
        {
            _c[Stride * i] = _y[i];
            _c[(Stride * i) + 1] = (_y[i + 1] - _y[i]) / (_x[i + 1] - _x[i]);
        }

        return _c[^3];
    }

    private double FillCubics()
    {
        double[] slopes = MonotoneSlopes.Of(_x, _y);
        for (int i = 0; i + 1 < _x.Length; i++)
        {
            double h = _x[i + 1] - _x[i];
            double secant = (_y[i + 1] - _y[i]) / h;
            Span<double> c = _c.AsSpan(Stride * i, Stride);
            c[0] = _y[i];
            c[1] = slopes[i];
            c[2] = ((3.0 * secant) - (2.0 * slopes[i]) - slopes[i + 1]) / h;
            c[3] = (slopes[i] + slopes[i + 1] - (2.0 * secant)) / h / h;
        }

        return slopes[^1];
    }

    private Line Outside(double anchor, double value, double slope, double held) => Extrapolation switch
    {
        Extrapolation.Hold => new(anchor, held, 0.0),
        Extrapolation.Error => new(anchor, double.NaN, double.NaN),
        _ => new(anchor, value, slope),
    };

    /// <summary>Value + Slope (x - Anchor).</summary>
    internal readonly record struct Line(double Anchor, double Value, double Slope)
    {
        /// <summary>Its slope as a line.</summary>
        public Line Derivative => new(Anchor, Slope, double.IsNaN(Slope) ? Slope : 0.0);

        /// <summary>The value at <paramref name="x"/>, which may be infinite.</summary>
        public double At(double x) => Slope == 0.0 ? Value : Value + ((x - Anchor) * Slope);
    }
}
