namespace HybridControl.Numerics;

/// <summary>Enclosures of a curve over an interval.</summary>
/// <remarks>
/// The hull of enclosures on the pieces that the interval meets. A cubic piece is expanded about the middle of its part,
/// so that the surplus falls with the square of the width; 8 eps of all its terms pay for rounding anywhere in it.
/// </remarks>
internal static class TableEnclosure
{
    /// <summary>All values of the curve over <paramref name="x"/>, where it is defined.</summary>
    public static Ball Value(LookupCurve curve, Ball x)
    {
        double lower = x.Lower;
        double upper = x.Upper;
        ReadOnlySpan<double> breakpoints = curve.Breakpoints;
        (double first, double last) = (breakpoints[0], breakpoints[^1]);
        if (double.IsNaN(lower) || double.IsNaN(upper))
        {
            return Ball.Undefined;
        }

        if (lower >= first && upper <= last)
        {
            int only = curve.Segment(lower);
            if (only == curve.Segment(upper))
            {
                return OnPiece(curve, only, x);
            }
        }

        bool outside = curve.Extrapolation != Extrapolation.Error;
        Ball? hull = null;
        if (outside && lower < first)
        {
            hull = OnLine(curve.Before, upper < first ? x : Part(lower, first), curve.Order);
        }

        if (upper >= first && lower <= last)
        {
            double start = Math.Max(lower, first);
            double stop = Math.Min(upper, last);
            int end = curve.Segment(stop);
            for (int i = curve.Segment(start); i <= end; i++)
            {
                Ball part = Part(Math.Max(start, breakpoints[i]), Math.Min(stop, breakpoints[i + 1]));
                hull = Join(hull, OnPiece(curve, i, part));
            }
        }

        if (outside && upper > last)
        {
            hull = Join(hull, OnLine(curve.After, lower > last ? x : Part(last, upper), curve.Order));
        }

        return hull ?? Ball.Undefined;
    }

    /// <summary>How many derivatives of the curve are proved continuous over <paramref name="x"/>; -1 if it may jump.</summary>
    public static int Smoothness(LookupCurve curve, Ball x)
    {
        (double first, double last) = (curve.Breakpoints[0], curve.Breakpoints[^1]);
        double lower = x.Lower;
        double upper = x.Upper;
        bool held = curve.Extrapolation == Extrapolation.Hold;
        bool goesOn = curve.Extrapolation == Extrapolation.Linear;
        bool inside = lower >= first && upper <= last;
        bool beyond = curve.Extrapolation != Extrapolation.Error && (upper <= first || lower >= last);
        bool straight = goesOn && curve.Interpolation == Interpolation.Linear;
        if (beyond || ((inside || straight) && curve.Segment(lower) == curve.Segment(upper)))
        {
            return int.MaxValue;
        }

        return inside || goesOn ? curve.Smoothness : held ? Math.Min(curve.Smoothness, -curve.Order) : -1;
    }

    private static Ball Part(double lower, double upper) => lower == upper ? Ball.Constant(lower) : Ball.FromEnds(lower, upper);

    private static Ball Join(Ball? hull, Ball part) => hull is { } known ? Ball.Hull(known, part) : part;

    private static Ball OnLine(LookupCurve.Line line, Ball x, int order)
    {
        if (line.Slope == 0.0)
        {
            return order == 0 ? Ball.Constant(line.Value) : Rounded(line.Value);
        }

        return Ball.Constant(line.Value) + ((x - Ball.Constant(line.Anchor)) * Rounded(line.Slope));
    }

    private static Ball OnPiece(LookupCurve curve, int segment, Ball x)
    {
        ReadOnlySpan<double> c = curve.PieceOf(segment);
        if (curve.Degree <= 0)
        {
            return Rounded(c[0]);
        }

        Ball t = x - Ball.Constant(curve.Breakpoints[segment]);
        return curve.Degree == 1 ? Ball.Constant(c[0]) + (t * Rounded(c[1])) : AboutMiddle(c, t);
    }

    private static Ball AboutMiddle(ReadOnlySpan<double> c, Ball t)
    {
        var middle = Ball.Constant(t.Centre);
        var cubic = Ball.Constant(c[3]);
        var quadratic = Ball.Constant(c[2]);
        Ball threefold = middle * Ball.Constant(3.0) * cubic;
        Ball slope = Ball.Constant(c[1]) + (middle * (quadratic + quadratic + threefold));
        Ball value = Ball.Constant(c[0]) + (middle * (Ball.Constant(c[1]) + (middle * (quadratic + (middle * cubic)))));
        if (t.Radius > 0.0)
        {
            Ball s = new(0.0, t.Radius);
            var square = Ball.Square(s);
            value = value + (slope * s) + ((quadratic + threefold) * square) + (cubic * (s * square));
        }

        double far = t.Magnitude;
        double terms = Math.Abs(c[0]) + (far * (Math.Abs(c[1]) + (far * (Math.Abs(c[2]) + (far * Math.Abs(c[3]))))));
        return new(value.Centre, (value.Radius + (Ball.Widening * terms)) * Ball.Up);
    }

    /// <summary>A coefficient that was rounded when the table was made.</summary>
    private static Ball Rounded(double coefficient) => new(coefficient, Ball.Widening * Math.Abs(coefficient));
}
