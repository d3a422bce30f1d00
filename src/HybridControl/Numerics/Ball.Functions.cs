namespace HybridControl.Numerics;

/// <content>The elementary functions: by slope where a ball is narrow, by ends where it is wide or the function is monotone.</content>
public readonly partial record struct Ball
{
    /// <inheritdoc/>
    public static Ball Exp(Ball a)
    {
        if (a.Radius <= 1.0)
        {
            double c = Math.Exp(a.Centre);
            return new(c, Widen(c, c * (a.Radius + (a.Radius * a.Radius))));
        }

        return FromEnds(Math.Exp(a.Lower), Math.Exp(a.Upper));
    }

    /// <inheritdoc/>
    public static Ball Log(Ball a)
    {
        if (a.Radius <= 0.05 * a.Centre)
        {
            double c = Math.Log(a.Centre);
            return new(c, Widen(c, a.Radius / (a.Centre - a.Radius) * Up));
        }

        if (a.Lower > 0.0)
        {
            return FromEnds(Math.Log(a.Lower), Math.Log(a.Upper));
        }

        return a.Upper >= 0.0 ? Unbounded : Undefined;
    }

    /// <inheritdoc/>
    public static Ball Sin(Ball a)
    {
        if (a.Radius >= 2.0)
        {
            return DefinedOr(a, new(0.0, 1.0));
        }

        double c = Math.Sin(a.Centre);
        return new(c, Widen(c, a.Radius));
    }

    /// <inheritdoc/>
    public static Ball Cos(Ball a)
    {
        if (a.Radius >= 2.0)
        {
            return DefinedOr(a, new(0.0, 1.0));
        }

        double c = Math.Cos(a.Centre);
        return new(c, Widen(c, a.Radius));
    }

    /// <inheritdoc/>
    /// <remarks>Monotone between its poles; unbounded where the distance to the nearest pole is not proved to exceed the radius.</remarks>
    public static Ball Tan(Ball a)
    {
        double turns = Math.Round(a.Centre / Math.PI);
        double fromMiddle = Math.Abs(a.Centre - (turns * Math.PI));
        double doubt = Widening * (1.0 + Math.Abs(a.Centre));
        if (fromMiddle + a.Radius + doubt < 0.5 * Math.PI)
        {
            return FromEnds(Math.Tan(a.Lower), Math.Tan(a.Upper));
        }

        return DefinedOr(a, Unbounded);
    }

    /// <inheritdoc/>
    public static Ball Asin(Ball a)
    {
        if (!(a.Lower <= 1.0 && a.Upper >= -1.0))
        {
            return Undefined;
        }

        return FromEnds(Math.Asin(Math.Max(a.Lower, -1.0)), Math.Asin(Math.Min(a.Upper, 1.0)));
    }

    /// <inheritdoc/>
    public static Ball Acos(Ball a)
    {
        if (!(a.Lower <= 1.0 && a.Upper >= -1.0))
        {
            return Undefined;
        }

        return FromEnds(Math.Acos(Math.Min(a.Upper, 1.0)), Math.Acos(Math.Max(a.Lower, -1.0)));
    }

    /// <inheritdoc/>
    public static Ball Atan(Ball a)
    {
        if (a.Radius <= 0.1)
        {
            double c = Math.Atan(a.Centre);
            return new(c, Widen(c, a.Radius));
        }

        return FromEnds(Math.Atan(a.Lower), Math.Atan(a.Upper));
    }

    /// <inheritdoc/>
    public static Ball Sinh(Ball a) => FromEnds(Math.Sinh(a.Lower), Math.Sinh(a.Upper));

    /// <inheritdoc/>
    public static Ball Cosh(Ball a)
    {
        Ball size = Abs(a);
        return FromEnds(Math.Cosh(Math.Max(size.Lower, 0.0)), Math.Cosh(size.Upper));
    }

    /// <inheritdoc/>
    public static Ball Tanh(Ball a)
    {
        if (a.Radius <= 0.1)
        {
            double c = Math.Tanh(a.Centre);
            return new(c, Widen(c, a.Radius));
        }

        return FromEnds(Math.Tanh(a.Lower), Math.Tanh(a.Upper));
    }

    /// <inheritdoc/>
    public static Ball Asinh(Ball a) => FromEnds(Math.Asinh(a.Lower), Math.Asinh(a.Upper));

    /// <inheritdoc/>
    public static Ball Acosh(Ball a)
    {
        if (!(a.Upper >= 1.0))
        {
            return Undefined;
        }

        return FromEnds(Math.Acosh(Math.Max(a.Lower, 1.0)), Math.Acosh(a.Upper));
    }

    /// <inheritdoc/>
    public static Ball Atanh(Ball a)
    {
        if (a.Lower > -1.0 && a.Upper < 1.0)
        {
            return FromEnds(Math.Atanh(a.Lower), Math.Atanh(a.Upper));
        }

        return a.Lower <= 1.0 && a.Upper >= -1.0 ? Unbounded : Undefined;
    }

    /// <inheritdoc/>
    public static Ball Cbrt(Ball a) => FromEnds(Math.Cbrt(a.Lower), Math.Cbrt(a.Upper));

    /// <inheritdoc/>
    /// <remarks>Monotone along each edge of a box that does not meet the cut, so its corners are the extremes.</remarks>
    public static Ball Atan2(Ball y, Ball x)
    {
        if (double.IsNaN(x.Lower) || double.IsNaN(y.Lower) || double.IsNaN(x.Upper) || double.IsNaN(y.Upper))
        {
            return Undefined;
        }

        if (MeetsCut(y, x))
        {
            return FromEnds(-Math.PI, Math.PI);
        }

        double a = Math.Atan2(y.Lower, x.Lower);
        double b = Math.Atan2(y.Lower, x.Upper);
        double c = Math.Atan2(y.Upper, x.Lower);
        double d = Math.Atan2(y.Upper, x.Upper);
        return FromEnds(Math.Min(Math.Min(a, b), Math.Min(c, d)), Math.Max(Math.Max(a, b), Math.Max(c, d)));
    }

    /// <inheritdoc/>
    public static Ball Hypot(Ball a, Ball b)
    {
        Ball x = Abs(a);
        Ball y = Abs(b);
        return FromEnds(
            ScalarMath.Hypot(Math.Max(x.Lower, 0.0), Math.Max(y.Lower, 0.0)), ScalarMath.Hypot(x.Upper, y.Upper));
    }

    /// <inheritdoc/>
    public static Ball Power(Ball a, Ball b)
    {
        if (b.Radius == 0.0 && Math.Floor(b.Centre) == b.Centre)
        {
            return IntegerPower(a, b.Centre);
        }

        double lower = a.Lower;
        if (!(a.Upper >= 0.0))
        {
            return Undefined;
        }

        if (!(lower > 0.0))
        {
            if (!(b.Lower > 0.0))
            {
                return DefinedOr(a, Unbounded);
            }

            lower = 0.0; // a negative base has no real power: enclose the values where it is defined
        }

        // Monotone in the base and in the exponent, so the corners are the extremes.
        double p = Math.Pow(lower, b.Lower);
        double q = Math.Pow(lower, b.Upper);
        double r = Math.Pow(a.Upper, b.Lower);
        double s = Math.Pow(a.Upper, b.Upper);
        return FromEnds(Math.Min(Math.Min(p, q), Math.Min(r, s)), Math.Max(Math.Max(p, q), Math.Max(r, s)));
    }

    /// <summary>Whether the box may meet the branch cut of the angle, the half line y = 0, x at most 0.</summary>
    internal static bool MeetsCut(Ball y, Ball x) => !(x.Lower > 0.0 || y.Lower > 0.0 || y.Upper < 0.0);

    private static Ball IntegerPower(Ball a, double n)
    {
        if (n == 0.0)
        {
            return Constant(1.0);
        }

        if (n < 0.0 && !a.ExcludesZero)
        {
            return DefinedOr(a, Unbounded);
        }

        if (n % 2.0 == 0.0)
        {
            a = Abs(a);
            a = a.Lower >= 0.0 ? a : new(0.5 * a.Upper, 0.5 * a.Upper);
        }

        double atLower = Math.Pow(a.Lower, n);
        double atUpper = Math.Pow(a.Upper, n);
        return FromEnds(Math.Min(atLower, atUpper), Math.Max(atLower, atUpper));
    }
}
