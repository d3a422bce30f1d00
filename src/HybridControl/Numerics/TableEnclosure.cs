namespace HybridControl.Numerics;

/// <summary>Enclosures of a table and its slope over an interval.</summary>
internal static class TableEnclosure
{
    /// <summary>All values of the table over <paramref name="x"/>, where it is defined.</summary>
    public static Ball Value(LookupTable table, Ball x)
    {
        if (!TryClip(table, x, out double lower, out double upper))
        {
            return Ball.Undefined;
        }

        int first = table.Segment(lower);
        int last = table.Segment(upper);
        if (first == last && lower == x.Lower && upper == x.Upper)
        {
            return OnSegment(table, first, x);
        }

        Ball hull = Ball.Hull(
            OnSegment(table, first, Ball.Constant(lower)), OnSegment(table, last, Ball.Constant(upper)));
        for (int i = first + 1; i <= last; i++)
        {
            hull = Ball.Hull(hull, Ball.Constant(table.Values[i]));
        }

        return hull;
    }

    /// <summary>All slopes of the table over <paramref name="x"/>.</summary>
    public static Ball Slope(LookupTable table, Ball x)
    {
        ReadOnlySpan<double> breakpoints = table.Breakpoints;
        if (!TryClip(table, x, out double lower, out double upper))
        {
            return Ball.Undefined;
        }

        bool outside = table.Extrapolation == Extrapolation.Hold && !(x.Lower >= breakpoints[0] && x.Upper <= breakpoints[^1]);
        if (outside && (x.Upper < breakpoints[0] || x.Lower > breakpoints[^1]))
        {
            return Ball.Constant(0.0);
        }

        int last = table.Segment(upper);
        Ball hull = OneSlope(table, table.Segment(lower));
        for (int i = table.Segment(lower) + 1; i <= last; i++)
        {
            hull = Ball.Hull(hull, OneSlope(table, i));
        }

        return outside ? Ball.Hull(hull, Ball.Constant(0.0)) : hull;
    }

    /// <summary>Whether the table is proved to be one straight line over <paramref name="x"/>.</summary>
    public static bool IsStraight(LookupTable table, Ball x)
    {
        double first = table.Breakpoints[0];
        double last = table.Breakpoints[^1];
        double lower = x.Lower;
        double upper = x.Upper;
        if (table.Extrapolation == Extrapolation.Hold && (upper <= first || lower >= last))
        {
            return true;
        }

        bool inside = table.Extrapolation == Extrapolation.Linear || (lower >= first && upper <= last);
        return inside && table.Segment(lower) == table.Segment(upper);
    }

    private static bool TryClip(LookupTable table, Ball x, out double lower, out double upper)
    {
        lower = x.Lower;
        upper = x.Upper;
        if (double.IsNaN(lower) || double.IsNaN(upper))
        {
            return false;
        }

        double first = table.Breakpoints[0];
        double last = table.Breakpoints[^1];
        if (table.Extrapolation == Extrapolation.Error && (upper < first || lower > last))
        {
            return false;
        }

        if (table.Extrapolation != Extrapolation.Linear)
        {
            lower = Math.Clamp(lower, first, last);
            upper = Math.Clamp(upper, first, last);
        }

        return true;
    }

    private static Ball OnSegment(LookupTable table, int segment, Ball x) =>
        Ball.Constant(table.Values[segment]) +
        ((x - Ball.Constant(table.Breakpoints[segment])) * OneSlope(table, segment));

    private static Ball OneSlope(LookupTable table, int segment)
    {
        double slope = table.Slope(segment);
        return new(slope, Ball.Widening * Math.Abs(slope));
    }
}
