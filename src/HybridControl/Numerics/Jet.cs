using System.Runtime.CompilerServices;

namespace HybridControl.Numerics;

/// <summary>Enclosures of value, slope and half curvature of a function of one variable over an interval, or at a point.</summary>
/// <param name="Value">g.</param>
/// <param name="Slope">g'; where g has a kink, all slopes between those of its two sides.</param>
/// <param name="HalfCurvature">g''/2; one-sided where g has a kink.</param>
/// <remarks>
/// Second-order Taylor arithmetic, f(u): (f, f' u', f' u''/2 + f'' u'^2/2), on balls. What follows from a result is
/// rigorous: a slope without zero proves g monotone, a half curvature below zero proves it concave, kinks included
/// (g minus a parabola is then the smaller of concave functions, hence concave).
/// </remarks>
public readonly partial record struct Jet(Ball Value, Ball Slope, BallOrRay HalfCurvature) : IReal<Jet>
{
    /// <inheritdoc/>
    public static Jet Constant(double value) => new(Ball.Constant(value), default, default);

    /// <inheritdoc/>
    public static Jet operator +(Jet a, Jet b) =>
        new(a.Value + b.Value, a.Slope + b.Slope, a.HalfCurvature + b.HalfCurvature);

    /// <inheritdoc/>
    public static Jet operator -(Jet a, Jet b) =>
        new(a.Value - b.Value, a.Slope - b.Slope, a.HalfCurvature - b.HalfCurvature);

    /// <inheritdoc/>
    public static Jet operator -(Jet a) => new(-a.Value, -a.Slope, -a.HalfCurvature);

    /// <inheritdoc/>
    public static Jet operator *(Jet a, Jet b) => new(
        a.Value * b.Value,
        (a.Value * b.Slope) + (a.Slope * b.Value),
        (b.HalfCurvature * a.Value) + (a.Slope * b.Slope) + (a.HalfCurvature * b.Value));

    /// <inheritdoc/>
    public static Jet operator /(Jet a, Jet b)
    {
        Ball q = a.Value / b.Value;
        Ball d = (a.Slope - (q * b.Slope)) / b.Value;
        return new(q, d, (a.HalfCurvature - (b.HalfCurvature * q) - (d * b.Slope)) / b.Value);
    }

    /// <inheritdoc/>
    public static Jet Square(Jet a)
    {
        Ball twice = Twice(a.Value);
        return new(Ball.Square(a.Value), twice * a.Slope, (a.HalfCurvature * twice) + Ball.Square(a.Slope));
    }

    /// <inheritdoc/>
    public static Jet Min(Jet a, Jet b)
    {
        if (a.Value.Upper <= b.Value.Lower)
        {
            return a;
        }

        if (b.Value.Upper <= a.Value.Lower)
        {
            return b;
        }

        double bound = Math.Max(a.HalfCurvature.Upper, b.HalfCurvature.Upper);
        return new(
            Ball.Min(a.Value, b.Value),
            Ball.Hull(a.Slope, b.Slope),
            BallOrRay.FromBounds(double.NegativeInfinity, bound));
    }

    /// <inheritdoc/>
    public static Jet Max(Jet a, Jet b)
    {
        if (a.Value.Lower >= b.Value.Upper)
        {
            return a;
        }

        if (b.Value.Lower >= a.Value.Upper)
        {
            return b;
        }

        double bound = Math.Min(a.HalfCurvature.Lower, b.HalfCurvature.Lower);
        return new(
            Ball.Max(a.Value, b.Value),
            Ball.Hull(a.Slope, b.Slope),
            BallOrRay.FromBounds(bound, double.PositiveInfinity));
    }

    /// <inheritdoc/>
    public static Jet Abs(Jet a)
    {
        if (a.Value.Lower >= 0.0)
        {
            return a;
        }

        if (a.Value.Upper <= 0.0)
        {
            return -a;
        }

        double bound = Math.Min(a.HalfCurvature.Lower, -a.HalfCurvature.Upper);
        return new(
            Ball.Abs(a.Value), new(0.0, a.Slope.Magnitude), BallOrRay.FromBounds(bound, double.PositiveInfinity));
    }

    /// <inheritdoc/>
    public static Jet Sign(Jet a) => Stepwise(Ball.Sign(a.Value));

    /// <inheritdoc/>
    public static Jet Floor(Jet a) => Stepwise(Ball.Floor(a.Value));

    /// <inheritdoc/>
    public static Jet Select(Jet guard, Jet whenTrue, Jet whenFalse)
    {
        if (guard.Value.Lower >= 0.0)
        {
            return whenTrue;
        }

        return guard.Value.Upper < 0.0
            ? whenFalse
            : WithJumps(Ball.Select(guard.Value, whenTrue.Value, whenFalse.Value));
    }

    /// <summary>f(u) from f, f' and f''/2 over the values of u.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Jet Chain(Ball value, Ball first, Ball halfSecond, Jet u) => new(
        value,
        first * u.Slope,
        (u.HalfCurvature * first) + (halfSecond * Ball.Square(u.Slope)));

    /// <summary>Constant where one value is left, else a function with jumps: no slope at all.</summary>
    private static Jet Stepwise(Ball value) => value.Radius == 0.0 ? new(value, default, default) : WithJumps(value);

    private static Jet WithJumps(Ball value) => new(value, Ball.Unbounded, BallOrRay.Unbounded);

    /// <summary>Twice a ball: exact.</summary>
    private static Ball Twice(Ball a) => new(2.0 * a.Centre, 2.0 * a.Radius);

    /// <summary>Half a ball: exact up to underflow.</summary>
    private static Ball Half(Ball a) => new(0.5 * a.Centre, (0.5 * a.Radius) + Ball.Tiny);
}
