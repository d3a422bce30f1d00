namespace HybridControl.Numerics;

/// <summary>Enclosures of a surface over a rectangle.</summary>
/// <remarks>
/// A bilinear function takes its extrema over a rectangle at the corners, so the hull of the corners of the parts in
/// each cell is exact but for rounding, which is largest at a corner too. Cost: the cells that the rectangle meets.
/// </remarks>
internal static class SurfaceEnclosure
{
    /// <summary>All values of the surface over a rectangle, where it is defined.</summary>
    public static Ball Value(LookupSurface surface, Ball x, Ball y)
    {
        if (!TryClip(surface, 0, x, out Reach span) || !TryClip(surface, 1, y, out Reach other))
        {
            return Ball.Undefined;
        }

        bool zero = surface.Extrapolation == Extrapolation.Hold &&
            ((span.LeavesGrid && surface.OrderX > 0) || (other.LeavesGrid && surface.OrderY > 0));
        Ball? hull = zero ? Ball.Constant(0.0) : null;
        if (zero && ((span.IsOutside && surface.OrderX > 0) || (other.IsOutside && surface.OrderY > 0)))
        {
            return Ball.Constant(0.0);
        }

        ReadOnlySpan<double> grid = surface.BreakpointsOf(0);
        ReadOnlySpan<double> lines = surface.BreakpointsOf(1);
        for (int i = span.First; i <= span.Last; i++)
        {
            Ball left = Offset(i == span.First ? span.Lower : grid[i], grid[i]);
            Ball right = Offset(i == span.Last ? span.Upper : grid[i + 1], grid[i]);
            for (int j = other.First; j <= other.Last; j++)
            {
                Ball near = Offset(j == other.First ? other.Lower : lines[j], lines[j]);
                Ball far = Offset(j == other.Last ? other.Upper : lines[j + 1], lines[j]);
                ReadOnlySpan<double> c = surface.CellOf(i, j);
                var cell = Ball.Hull(
                    Ball.Hull(Corner(c, left, near), Corner(c, left, far)), Ball.Hull(Corner(c, right, near), Corner(c, right, far)));
                hull = hull is { } known ? Ball.Hull(known, cell) : cell;
            }
        }

        return hull ?? Ball.Undefined;
    }

    /// <summary>Whether one argument is proved to stay in one piece of the surface: a row of cells, or held outside.</summary>
    public static bool IsOnePiece(LookupSurface surface, int argument, Ball x)
    {
        ReadOnlySpan<double> breakpoints = surface.BreakpointsOf(argument);
        double lower = x.Lower;
        double upper = x.Upper;
        if (surface.Extrapolation == Extrapolation.Hold && (upper <= breakpoints[0] || lower >= breakpoints[^1]))
        {
            return true;
        }

        return (surface.Extrapolation == Extrapolation.Linear || (lower >= breakpoints[0] && upper <= breakpoints[^1])) &&
            surface.PieceOf(argument, lower) == surface.PieceOf(argument, upper);
    }

    private static bool TryClip(LookupSurface surface, int argument, Ball x, out Reach span)
    {
        ReadOnlySpan<double> breakpoints = surface.BreakpointsOf(argument);
        (double first, double last) = (breakpoints[0], breakpoints[^1]);
        double lower = x.Lower;
        double upper = x.Upper;
        bool outside = upper < first || lower > last;
        bool leaves = !(lower >= first && upper <= last);
        span = default;
        if (double.IsNaN(lower) || double.IsNaN(upper) || (outside && surface.Extrapolation == Extrapolation.Error))
        {
            return false;
        }

        if (surface.Extrapolation != Extrapolation.Linear)
        {
            lower = Math.Clamp(lower, first, last);
            upper = Math.Clamp(upper, first, last);
        }

        span = new(lower, upper, surface.PieceOf(argument, lower), surface.PieceOf(argument, upper), leaves, outside);
        return true;
    }

    private static Ball Offset(double x, double origin) => Ball.Constant(x) - Ball.Constant(origin);

    private static Ball Corner(ReadOnlySpan<double> c, Ball u, Ball v) =>
        Ball.Constant(c[0]) + (u * Ball.Constant(c[1])) + (v * (Ball.Constant(c[2]) + (u * Ball.Constant(c[3]))));

    private readonly record struct Reach(double Lower, double Upper, int First, int Last, bool LeavesGrid, bool IsOutside);
}
