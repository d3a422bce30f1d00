using HybridControl.Simulation;

namespace HybridControl.Plotting;

/// <summary>Reads a curve finely enough to look smooth, within a range of time.</summary>
internal static class CurveReader
{
    private const int SmoothPoints = 2500;
    private const int MostPoints = 400_000;
    private const int MostStepPoints = 1_000_000;

    /// <summary>The points of a variable from one time to another; <see cref="CurvePoint.Piece"/> is the segment's number.</summary>
    /// <param name="run">The run.</param>
    /// <param name="name">The variable.</param>
    /// <param name="from">First time in seconds.</param>
    /// <param name="to">Last time in seconds.</param>
    /// <param name="leastPerStep">Points that each step of the solver gets at least, unless the run has very many steps.</param>
    /// <remarks>Two variables of one run give points at the same times.</remarks>
    public static List<CurvePoint> Read(Trajectory run, string name, double from, double to, int leastPerStep = 1)
    {
        _ = run.UnitOf(name);
        if (run.Segments.IsEmpty)
        {
            return [];
        }

        IReadOnlyList<CurvePoint> coarse = run.Curve(name, 1);
        double zoom = to > from ? Math.Max(1, (run.EndTime - run.StartTime) / (to - from)) : 1;
        double wanted = Math.Min(SmoothPoints * zoom, MostPoints) / coarse.Count;
        double least = Math.Min(leastPerStep, MostStepPoints / coarse.Count);
        int perStep = (int)Math.Clamp(Math.Max(Math.Ceiling(wanted), least), 1, 200);
        return Clip(Number(run, perStep > 1 ? run.Curve(name, perStep) : coarse), from, to);
    }

    /// <summary>Replaces the number of the piece by the number of the segment.</summary>
    private static List<CurvePoint> Number(Trajectory run, IReadOnlyList<CurvePoint> points)
    {
        var numbered = new List<CurvePoint>(points.Count);
        int segment = 0;
        int piece = points.Count > 0 ? points[0].Piece : 0;
        foreach (CurvePoint point in points)
        {
            if (point.Piece != piece)
            {
                piece = point.Piece;
                bool next = segment + 1 < run.Segments.Length && point.Time >= run.Segments[segment + 1].Start;
                segment += next ? 1 : 0;
            }

            numbered.Add(point with { Piece = segment });
        }

        return numbered;
    }

    /// <summary>The points between two times, with points at these where the curve goes through.</summary>
    public static List<CurvePoint> Clip(List<CurvePoint> points, double from, double to)
    {
        var clipped = new List<CurvePoint>();
        for (int i = 0; i < points.Count; i++)
        {
            if (i > 0)
            {
                (CurvePoint a, CurvePoint b) = (points[i - 1], points[i]);
                AddCrossing(clipped, a, b, from);
                AddCrossing(clipped, a, b, to);
            }

            if (points[i].Time >= from && points[i].Time <= to)
            {
                clipped.Add(points[i]);
            }
        }

        return clipped;
    }

    private static void AddCrossing(List<CurvePoint> points, CurvePoint a, CurvePoint b, double time)
    {
        if (a.Time < time && b.Time > time)
        {
            double share = (time - a.Time) / (b.Time - a.Time);
            points.Add(new(time, a.Value + (share * (b.Value - a.Value)), a.Piece));
        }
    }
}
