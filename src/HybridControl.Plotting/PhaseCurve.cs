using HybridControl.Simulation;
using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>A curve in the plane as strokes, each in one mode, and the jumps between them.</summary>
internal sealed class PhaseCurve
{
    /// <summary>A step of a smooth flow may be a quarter of a turn, whose chords must not show.</summary>
    private const int PointsPerStep = 12;

    /// <summary>The most points that one chord replaces; it bounds the work for each point.</summary>
    private const int LongestChord = 64;

    /// <summary>Strokes without a gap, in order of time.</summary>
    public List<(int Mode, List<DataPoint> Points)> Strokes { get; } = [];

    /// <summary>Both sides of each jump that moves the point.</summary>
    public List<(DataPoint From, DataPoint To)> Jumps { get; } = [];

    public static PhaseCurve Read(Trajectory run, string xName, string yName, double from, double to)
    {
        List<CurvePoint> x = CurveReader.Read(run, xName, from, to, PointsPerStep);
        List<CurvePoint> y = CurveReader.Read(run, yName, from, to, PointsPerStep);
        Dictionary<string, int> numbers = ModeBand.NumbersOf(run);
        var curve = new PhaseCurve();
        DataPoint? last = null;
        for (int i = 0; i < x.Count; i++)
        {
            var point = new DataPoint(x[i].Value, y[i].Value);
            if (!(double.IsFinite(point.X) && double.IsFinite(point.Y)))
            {
                last = null;
                continue;
            }

            int mode = numbers[run.Segments[x[i].Piece].Mode];
            bool jumped = i > 0 && x[i].Piece != x[i - 1].Piece;
            bool moved = last is { } before && jumped && !before.Equals(point);
            if (moved)
            {
                curve.Jumps.Add((last!.Value, point));
            }

            if (last is null || moved || curve.Strokes[^1].Mode != mode)
            {
                curve.Strokes.Add((mode, []));
            }

            curve.Strokes[^1].Points.Add(point);
            last = point;
        }

        return curve;
    }

    /// <summary>The strokes without the points that lie closer than <paramref name="error"/> to the chord that replaces them.</summary>
    /// <param name="width">Width of a pixel in units of x.</param>
    /// <param name="height">Height of a pixel in units of y.</param>
    /// <param name="error">Distance in pixels.</param>
    public List<(int Mode, List<DataPoint> Points)> Thin(double width, double height, double error)
    {
        var thinned = new List<(int, List<DataPoint>)>(Strokes.Count);
        foreach ((int mode, List<DataPoint> points) in Strokes)
        {
            ScreenPoint[] pixels = [.. points.Select(point => new ScreenPoint(point.X / width, point.Y / height))];
            var kept = new List<DataPoint> { points[0] };
            var between = new List<int>();
            int start = 0;
            for (int i = 1; i < points.Count; i++)
            {
                int last = between.Count > 0 ? between[^1] : start;
                if (i < points.Count - 1 && pixels[i].DistanceTo(pixels[last]) < error)
                {
                    continue;
                }

                if (between.Count >= LongestChord || between.Exists(k => DistanceToChord(pixels[k], pixels[start], pixels[i]) > error))
                {
                    start = last;
                    kept.Add(points[start]);
                    between.Clear();
                }

                between.Add(i);
            }

            if (points.Count > 1)
            {
                kept.Add(points[^1]);
            }

            thinned.Add((mode, kept));
        }

        return thinned;
    }

    /// <summary>Distance to the chord itself, not to the line through it, so that a turn back is kept.</summary>
    private static double DistanceToChord(ScreenPoint point, ScreenPoint from, ScreenPoint to)
    {
        ScreenVector chord = to - from;
        ScreenVector way = point - from;
        double share = chord.LengthSquared > 0 ? ((way.X * chord.X) + (way.Y * chord.Y)) / chord.LengthSquared : 0;
        return (way - (chord * Math.Clamp(share, 0, 1))).Length;
    }
}
