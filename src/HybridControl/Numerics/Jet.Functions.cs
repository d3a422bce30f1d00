namespace HybridControl.Numerics;

/// <content>The elementary functions, by the recurrences of Taylor arithmetic.</content>
public readonly partial record struct Jet
{
    private static readonly Ball One = new(1.0, 0.0);

    /// <inheritdoc/>
    public static Jet Sqrt(Jet a)
    {
        Ball v = Ball.Sqrt(a.Value);
        Ball twice = Twice(v);
        Ball d = a.Slope / twice;
        return new(v, d, (a.HalfCurvature - Ball.Square(d)) / twice);
    }

    /// <inheritdoc/>
    public static Jet Cbrt(Jet a)
    {
        Ball v = Ball.Cbrt(a.Value);
        Ball thrice = Ball.Constant(3.0) * Ball.Square(v);
        Ball d = a.Slope / thrice;
        return new(v, d, (a.HalfCurvature - (Ball.Constant(3.0) * v * Ball.Square(d))) / thrice);
    }

    /// <inheritdoc/>
    public static Jet Exp(Jet a)
    {
        Ball v = Ball.Exp(a.Value);
        return Chain(v, v, Half(v), a);
    }

    /// <inheritdoc/>
    public static Jet Log(Jet a)
    {
        Ball d = a.Slope / a.Value;
        return new(Ball.Log(a.Value), d, (a.HalfCurvature / a.Value) - Half(Ball.Square(d)));
    }

    /// <inheritdoc/>
    public static Jet Sin(Jet a)
    {
        Ball v = Ball.Sin(a.Value);
        return Chain(v, Ball.Cos(a.Value), -Half(v), a);
    }

    /// <inheritdoc/>
    public static Jet Cos(Jet a)
    {
        Ball v = Ball.Cos(a.Value);
        return Chain(v, -Ball.Sin(a.Value), -Half(v), a);
    }

    /// <inheritdoc/>
    public static Jet Tan(Jet a)
    {
        Ball v = Ball.Tan(a.Value);
        Ball first = One + Ball.Square(v);
        return Chain(v, first, v * first, a);
    }

    /// <inheritdoc/>
    public static Jet Asin(Jet a)
    {
        Ball first = One / Ball.Sqrt((One - a.Value) * (One + a.Value));
        return Chain(Ball.Asin(a.Value), first, Half(a.Value) * first * Ball.Square(first), a);
    }

    /// <inheritdoc/>
    public static Jet Acos(Jet a)
    {
        Ball first = -(One / Ball.Sqrt((One - a.Value) * (One + a.Value)));
        return Chain(Ball.Acos(a.Value), first, Half(a.Value) * first * Ball.Square(first), a);
    }

    /// <inheritdoc/>
    public static Jet Atan(Jet a)
    {
        Ball first = One / (One + Ball.Square(a.Value));
        return Chain(Ball.Atan(a.Value), first, -(a.Value * Ball.Square(first)), a);
    }

    /// <inheritdoc/>
    public static Jet Sinh(Jet a)
    {
        Ball v = Ball.Sinh(a.Value);
        return Chain(v, Ball.Cosh(a.Value), Half(v), a);
    }

    /// <inheritdoc/>
    public static Jet Cosh(Jet a)
    {
        Ball v = Ball.Cosh(a.Value);
        return Chain(v, Ball.Sinh(a.Value), Half(v), a);
    }

    /// <inheritdoc/>
    /// <remarks>The slope is 1/cosh^2, not 1 - tanh^2, which cancels where tanh saturates.</remarks>
    public static Jet Tanh(Jet a)
    {
        Ball v = Ball.Tanh(a.Value);
        Ball first = Ball.Square(One / Ball.Cosh(a.Value));
        if (!double.IsFinite(first.Radius) && double.IsFinite(v.Radius))
        {
            first = Ball.FromEnds(0.0, 1.0); // cosh overflows
        }

        return Chain(v, first, -(v * first), a);
    }

    /// <inheritdoc/>
    public static Jet Asinh(Jet a)
    {
        Ball first = One / Ball.Sqrt(One + Ball.Square(a.Value));
        return Chain(Ball.Asinh(a.Value), first, -(Half(a.Value) * first * Ball.Square(first)), a);
    }

    /// <inheritdoc/>
    public static Jet Acosh(Jet a)
    {
        Ball first = One / Ball.Sqrt((a.Value - One) * (a.Value + One));
        return Chain(Ball.Acosh(a.Value), first, -(Half(a.Value) * first * Ball.Square(first)), a);
    }

    /// <inheritdoc/>
    public static Jet Atanh(Jet a)
    {
        Ball first = One / ((One - a.Value) * (One + a.Value));
        return Chain(Ball.Atanh(a.Value), first, a.Value * Ball.Square(first), a);
    }

    /// <inheritdoc/>
    public static Jet Atan2(Jet y, Jet x)
    {
        Ball v = Ball.Atan2(y.Value, x.Value);
        if (Ball.MeetsCut(y.Value, x.Value))
        {
            return WithJumps(v);
        }

        Ball square = Ball.Square(x.Value) + Ball.Square(y.Value);
        Ball d = ((x.Value * y.Slope) - (y.Value * x.Slope)) / square;
        BallOrRay e = (y.HalfCurvature * x.Value) - (x.HalfCurvature * y.Value) -
            (d * ((x.Value * x.Slope) + (y.Value * y.Slope)));
        return new(v, d, e / square);
    }

    /// <inheritdoc/>
    public static Jet Hypot(Jet a, Jet b)
    {
        Ball v = Ball.Hypot(a.Value, b.Value);
        Ball d = ((a.Value * a.Slope) + (b.Value * b.Slope)) / v;
        Ball squares = Half(Ball.Square(a.Slope) + Ball.Square(b.Slope) - Ball.Square(d));
        BallOrRay e = (a.HalfCurvature * a.Value) + (b.HalfCurvature * b.Value) + squares;
        return new(v, d, e / v);
    }

    /// <inheritdoc/>
    public static Jet Power(Jet a, Jet b)
    {
        Ball v = Ball.Power(a.Value, b.Value);
        if (b.Slope == default && b.HalfCurvature == default)
        {
            if (b.Value is { Radius: 0.0, Centre: 0.0 or 1.0 })
            {
                return b.Value.Centre == 0.0 ? Constant(1.0) : a;
            }

            Ball first = b.Value * Ball.Power(a.Value, Less(b.Value, 1.0));
            Ball second = Half(b.Value * Less(b.Value, 1.0)) * Ball.Power(a.Value, Less(b.Value, 2.0));
            return Chain(v, first, second, a);
        }

        Jet exponent = b * Log(a);
        return Chain(v, v, Half(v), exponent);
    }

    /// <summary>b - n, exact for an exact integer: its power has another meaning than that of a narrow ball.</summary>
    private static Ball Less(Ball b, double n) =>
        b.Radius == 0.0 && Math.Floor(b.Centre) == b.Centre && Math.Abs(b.Centre) < 1e15
            ? new(b.Centre - n, 0.0)
            : b - Ball.Constant(n);
}
