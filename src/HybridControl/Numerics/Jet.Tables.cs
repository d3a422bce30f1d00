namespace HybridControl.Numerics;

/// <summary>Tables.</summary>
public readonly partial record struct Jet
{
    /// <inheritdoc/>
    /// <remarks>
    /// Across the breakpoints of a curve with continuous slopes the curvatures of all pieces count; the slopes of two
    /// cubics at their common breakpoint differ by rounding, which the radius of the value covers.
    /// </remarks>
    public static Jet Lookup(LookupCurve curve, Jet x)
    {
        int smoothness = TableEnclosure.Smoothness(curve, x.Value);
        var value = Ball.Lookup(curve, x.Value);
        if (smoothness < 0)
        {
            return WithJumps(value);
        }

        if (curve.Degree <= 0)
        {
            return new(value, default, default);
        }

        var slope = Ball.LookupSlope(curve, x.Value);
        BallOrRay curvature = x.HalfCurvature * slope;
        if (smoothness == 0)
        {
            curvature = BallOrRay.Unbounded;
        }
        else if (curve.Degree > 1)
        {
            curvature += Half(Ball.LookupSlope(curve.Slope, x.Value)) * Ball.Square(x.Slope);
        }

        return new(value, slope * x.Slope, curvature);
    }

    /// <inheritdoc/>
    public static Jet LookupSlope(LookupCurve curve, Jet x) => Lookup(curve.Slope, x);

    /// <inheritdoc/>
    public static Jet Surface(LookupSurface surface, Jet x, Jet y)
    {
        var value = Ball.Surface(surface, x.Value, y.Value);
        bool oneColumn = SurfaceEnclosure.IsOnePiece(surface, 0, x.Value);
        bool oneRow = SurfaceEnclosure.IsOnePiece(surface, 1, y.Value);
        if ((!oneColumn && surface.OrderX > 0) || (!oneRow && surface.OrderY > 0))
        {
            return WithJumps(value);
        }

        Ball alongX = surface.SlopeX is { } first ? Ball.Surface(first, x.Value, y.Value) : default;
        Ball alongY = surface.SlopeY is { } second ? Ball.Surface(second, x.Value, y.Value) : default;
        BallOrRay curvature = BallOrRay.Unbounded;
        if (oneColumn && oneRow)
        {
            curvature = (x.HalfCurvature * alongX) + (y.HalfCurvature * alongY);
            if (surface.SlopeX?.SlopeY is { } twist)
            {
                curvature += Ball.Surface(twist, x.Value, y.Value) * (x.Slope * y.Slope);
            }
        }

        return new(value, (alongX * x.Slope) + (alongY * y.Slope), curvature);
    }
}
