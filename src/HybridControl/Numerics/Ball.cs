using System.Runtime.CompilerServices;

namespace HybridControl.Numerics;

/// <summary>A centre and a radius: an enclosure [Centre - Radius, Centre + Radius] of a real number.</summary>
/// <param name="Centre">The middle; plus or minus infinity with radius 0 is that infinite constant.</param>
/// <param name="Radius">Half the width; infinity means that nothing is known.</param>
/// <remarks>
/// Every operation encloses the exact result over all members of its operands, its own rounding included. Hardware
/// rounds to nearest, so each result is widened by 8 eps of its size: an operation or library function errs by at most
/// 4 eps, and the surplus pays for reading <see cref="Lower"/> and <see cref="Upper"/>. The radius at a point is
/// therefore the rounding error that evaluation on doubles can leave behind.
/// NaN, an infinite radius and a failed domain test spread: write tests so that true means proved, <c>Upper &lt; 0</c>
/// and never <c>!(Upper >= 0)</c>. Functions with a restricted domain enclose the values where they are defined.
/// </remarks>
public readonly partial record struct Ball(double Centre, double Radius) : IReal<Ball>
{
    /// <summary>2^-52.</summary>
    internal const double Epsilon = 2.220446049250313e-16;

    /// <summary>Relative widening of each result: 4 eps for the operation, the rest is margin.</summary>
    internal const double Widening = 8.0 * Epsilon;

    /// <summary>Pays for the rounding of a radius, up to seven half units in the last place, and of reading an end.</summary>
    internal const double Up = 1.0 + (4.0 * Epsilon);

    /// <summary>Pays for underflow.</summary>
    internal const double Tiny = 1e-300;

    /// <summary>Above it a product that underflows stays below <see cref="Tiny"/> when divided.</summary>
    private const double LeastDivisor = 1e-20;

    /// <summary>The ball that contains every number.</summary>
    public static Ball Unbounded => new(0.0, double.PositiveInfinity);

    /// <summary>The ball about which every test is false: no member is defined.</summary>
    public static Ball Undefined => new(double.NaN, double.NaN);

    /// <summary>Lower end.</summary>
    public double Lower
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Centre - Radius;
    }

    /// <summary>Upper end.</summary>
    public double Upper
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Centre + Radius;
    }

    /// <summary>Largest absolute value.</summary>
    public double Magnitude => (Math.Abs(Centre) + Radius) * Up;

    /// <summary>Whether zero is proved to lie outside.</summary>
    public bool ExcludesZero => Math.Abs(Centre) > Radius;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ball Constant(double value) => new(value, 0.0);

    /// <summary>The ball of an interval, widened by the error that its ends may carry (4 eps of the larger one).</summary>
    /// <remarks>A half line has no ball: it becomes <see cref="Unbounded"/>.</remarks>
    public static Ball FromEnds(double lower, double upper)
    {
        double c = (0.5 * lower) + (0.5 * upper);
        double r = (0.5 * upper) - (0.5 * lower);
        r = ((r + (Widening * (Math.Abs(c) + r))) * Up) + Tiny;
        return r < double.PositiveInfinity ? new(c, r) : FromInfiniteEnds(lower, upper);
    }

    /// <summary>The smallest ball with all members of both.</summary>
    public static Ball Hull(Ball a, Ball b) => FromEnds(Math.Min(a.Lower, b.Lower), Math.Max(a.Upper, b.Upper));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ball operator +(Ball a, Ball b)
    {
        double c = a.Centre + b.Centre;
        return new(c, (a.Radius + b.Radius + (Widening * Math.Abs(c))) * Up);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ball operator -(Ball a, Ball b)
    {
        double c = a.Centre - b.Centre;
        return new(c, (a.Radius + b.Radius + (Widening * Math.Abs(c))) * Up);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ball operator -(Ball a) => new(-a.Centre, a.Radius);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ball operator *(Ball a, Ball b)
    {
        double c = a.Centre * b.Centre;
        double r = (Math.Abs(a.Centre) * b.Radius) + (a.Radius * (Math.Abs(b.Centre) + b.Radius));
        return new(c, Widen(c, r));
    }

    /// <inheritdoc/>
    /// <remarks>|x/y - c| is at most (a.r + |c| b.r) / (|b.c| - b.r); by the ends of 1/b where b is wide.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ball operator /(Ball a, Ball b)
    {
        double size = Math.Abs(b.Centre);
        if (b.Radius <= 0.05 * size && size > LeastDivisor)
        {
            double c = a.Centre / b.Centre;
            double margin = size - b.Radius - (2.0 * Epsilon * size);
            return new(c, Widen(c, (a.Radius + (Math.Abs(c) * b.Radius)) / margin));
        }

        return DivideByWide(a, b);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ball Square(Ball a)
    {
        double size = Math.Abs(a.Centre);
        if (size > a.Radius)
        {
            double c = (size * size) + (a.Radius * a.Radius);
            return new(c, Widen(c, 2.0 * size * a.Radius));
        }

        double end = size + a.Radius;
        double half = 0.5 * end * end;
        return new(half, Widen(half, half));
    }

    /// <inheritdoc/>
    public static Ball Sqrt(Ball a)
    {
        double upper = a.Upper;
        if (!(upper >= 0.0))
        {
            return Undefined;
        }

        return FromEnds(Math.Sqrt(Math.Max(a.Lower, 0.0)), Math.Sqrt(upper));
    }

    /// <inheritdoc/>
    public static Ball Min(Ball a, Ball b)
    {
        if (a.Upper <= b.Lower)
        {
            return a;
        }

        return b.Upper <= a.Lower ? b : FromEnds(Math.Min(a.Lower, b.Lower), Math.Min(a.Upper, b.Upper));
    }

    /// <inheritdoc/>
    public static Ball Max(Ball a, Ball b)
    {
        if (a.Lower >= b.Upper)
        {
            return a;
        }

        return b.Lower >= a.Upper ? b : FromEnds(Math.Max(a.Lower, b.Lower), Math.Max(a.Upper, b.Upper));
    }

    /// <inheritdoc/>
    public static Ball Abs(Ball a)
    {
        if (a.Lower >= 0.0)
        {
            return a;
        }

        return a.Upper <= 0.0 ? -a : FromEnds(0.0, Math.Max(-a.Lower, a.Upper));
    }

    /// <inheritdoc/>
    public static Ball Sign(Ball a)
    {
        if (a.Lower > 0.0)
        {
            return Constant(1.0);
        }

        if (a.Upper < 0.0)
        {
            return Constant(-1.0);
        }

        return a is { Centre: 0.0, Radius: 0.0 } ? a : DefinedOr(a, new(0.0, 1.0));
    }

    /// <inheritdoc/>
    public static Ball Floor(Ball a)
    {
        double lower = Math.Floor(a.Lower);
        double upper = Math.Floor(a.Upper);
        return lower == upper ? Constant(lower) : FromEnds(lower, upper);
    }

    /// <inheritdoc/>
    public static Ball Select(Ball guard, Ball whenTrue, Ball whenFalse)
    {
        if (guard.Lower >= 0.0)
        {
            return whenTrue;
        }

        return guard.Upper < 0.0 ? whenFalse : DefinedOr(guard, Hull(whenTrue, whenFalse));
    }

    /// <inheritdoc/>
    public static Ball Lookup(LookupCurve curve, Ball x) => TableEnclosure.Value(curve, x);

    /// <inheritdoc/>
    public static Ball LookupSlope(LookupCurve curve, Ball x) => TableEnclosure.Value(curve.Slope, x);

    /// <inheritdoc/>
    public static Ball Surface(LookupSurface surface, Ball x, Ball y) => SurfaceEnclosure.Value(surface, x, y);

    /// <summary>The radius <paramref name="r"/> with the rounding of the centre <paramref name="c"/> and its own.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Widen(double c, double r) => ((r + (Widening * Math.Abs(c))) * Up) + Tiny;

    /// <summary>A bounded range says nothing about an argument that is not defined.</summary>
    private static Ball DefinedOr(Ball argument, Ball range) =>
        double.IsNaN(argument.Centre) || double.IsNaN(argument.Radius) ? Undefined : range;

    private static Ball FromInfiniteEnds(double lower, double upper)
    {
        if (double.IsNaN(lower) || double.IsNaN(upper))
        {
            return Undefined;
        }

        return lower == upper ? new(lower, 0.0) : Unbounded;
    }

    private static Ball DivideByWide(Ball a, Ball b)
    {
        double lower = b.Lower;
        double upper = b.Upper;
        if (lower > 0.0 || upper < 0.0)
        {
            return a * FromEnds(1.0 / upper, 1.0 / lower);
        }

        return double.IsNaN(lower) || double.IsNaN(a.Centre) ? Undefined : Unbounded;
    }
}
