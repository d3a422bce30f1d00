using System.Runtime.CompilerServices;

namespace HybridControl.Numerics;

/// <summary>A <see cref="Ball"/>, or a half line with one finite end: the curvature of a function with kinks.</summary>
/// <param name="Centre">The centre, or the finite end of a half line.</param>
/// <param name="Radius">The radius; +infinity: only an upper bound, the centre, is known; -infinity: only a lower bound.</param>
/// <remarks>
/// The smaller of two smooth functions has a kink where they meet. Its curvature there is "minus infinity", so only an
/// upper bound of it is worth keeping, and for the larger of two only a lower one. A ball cannot hold a half line, and
/// a huge finite centre would spoil every sum.
/// </remarks>
public readonly record struct BallOrRay(double Centre, double Radius)
{
    /// <summary>All numbers.</summary>
    public static BallOrRay Unbounded => new(double.PositiveInfinity, double.PositiveInfinity);

    /// <summary>Lower bound; minus infinity where none is known.</summary>
    public double Lower => double.IsFinite(Radius) ? Centre - Radius : Radius < 0.0 ? Centre : double.NegativeInfinity;

    /// <summary>Upper bound; infinity where none is known.</summary>
    public double Upper => double.IsFinite(Radius) ? Centre + Radius : Radius > 0.0 ? Centre : double.PositiveInfinity;

    /// <summary>A ball; one of infinite radius is <see cref="Unbounded"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator BallOrRay(Ball ball) =>
        ball.Radius < double.PositiveInfinity ? new(ball.Centre, ball.Radius) : Unbounded;

    /// <summary>The numbers between two bounds, either of which may be infinite or NaN (unknown).</summary>
    public static BallOrRay FromBounds(double lower, double upper)
    {
        bool below = double.IsFinite(lower);
        bool above = double.IsFinite(upper);
        if (below && above)
        {
            return Ball.FromEnds(lower, upper);
        }

        if (below)
        {
            return new(lower - (Ball.Widening * Math.Abs(lower)) - Ball.Tiny, double.NegativeInfinity);
        }

        return above
            ? new(upper + (Ball.Widening * Math.Abs(upper)) + Ball.Tiny, double.PositiveInfinity)
            : Unbounded;
    }

    /// <summary>Sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BallOrRay operator +(BallOrRay a, BallOrRay b)
    {
        double c = a.Centre + b.Centre;
        double r = (a.Radius + b.Radius + (Ball.Widening * Math.Abs(c))) * Ball.Up;
        return r >= 0.0 && r < double.PositiveInfinity
            ? new(c, r)
            : FromBounds(a.Lower + b.Lower, a.Upper + b.Upper);
    }

    /// <summary>Negation.</summary>
    public static BallOrRay operator -(BallOrRay a) =>
        double.IsFinite(a.Radius) ? new(-a.Centre, a.Radius) : new BallOrRay(-a.Centre, -a.Radius).Normalised();

    /// <summary>Difference.</summary>
    public static BallOrRay operator -(BallOrRay a, BallOrRay b) => a + (-b);

    /// <summary>Product with a ball: a half line keeps its end where the ball has a sign.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BallOrRay operator *(BallOrRay a, Ball b)
    {
        double c = a.Centre * b.Centre;
        double r = (Math.Abs(a.Centre) * b.Radius) + (a.Radius * (Math.Abs(b.Centre) + b.Radius));
        r = ((r + (Ball.Widening * Math.Abs(c))) * Ball.Up) + Ball.Tiny;
        return r >= 0.0 && r < double.PositiveInfinity ? new(c, r) : MultiplyRay(a, b);
    }

    /// <summary>Quotient by a ball.</summary>
    public static BallOrRay operator /(BallOrRay a, Ball b) => a * (Ball.Constant(1.0) / b);

    private static BallOrRay MultiplyRay(BallOrRay a, Ball b)
    {
        if (b.Upper < 0.0)
        {
            return MultiplyRay(-a, -b);
        }

        if (!(b.Lower > 0.0))
        {
            return Unbounded;
        }

        double lower = a.Lower;
        double upper = a.Upper;
        return FromBounds(lower * (lower < 0.0 ? b.Upper : b.Lower), upper * (upper < 0.0 ? b.Lower : b.Upper));
    }

    private BallOrRay Normalised() => double.IsFinite(Centre) ? this : Unbounded;
}
