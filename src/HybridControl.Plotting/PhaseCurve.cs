using HybridControl.Simulation;
using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>A curve in the plane as strokes, each in one mode, and the jumps between them.</summary>
internal sealed class PhaseCurve
{
    /// <summary>Strokes without a gap, in order of time.</summary>
    public List<(int Mode, List<DataPoint> Points)> Strokes { get; } = [];

    /// <summary>Both sides of each jump that moves the point.</summary>
    public List<(DataPoint From, DataPoint To)> Jumps { get; } = [];

    public static PhaseCurve Read(Trajectory run, string xName, string yName, double from, double to)
    {
        List<CurvePoint> x = CurveReader.Read(run, xName, from, to);
        List<CurvePoint> y = CurveReader.Read(run, yName, from, to);
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

    /// <summary>The strokes with points closer than <paramref name="least"/> to the one before left out.</summary>
    /// <param name="width">Width of a pixel in units of x.</param>
    /// <param name="height">Height of a pixel in units of y.</param>
    /// <param name="least">Distance in pixels.</param>
    public List<(int Mode, List<DataPoint> Points)> Thin(double width, double height, double least)
    {
        var thinned = new List<(int, List<DataPoint>)>(Strokes.Count);
        foreach ((int mode, List<DataPoint> points) in Strokes)
        {
            var kept = new List<DataPoint> { points[0] };
            for (int i = 1; i < points.Count; i++)
            {
                double distance = double.Hypot((points[i].X - kept[^1].X) / width, (points[i].Y - kept[^1].Y) / height);
                if (i == points.Count - 1 || distance >= least)
                {
                    kept.Add(points[i]);
                }
            }

            thinned.Add((mode, kept));
        }

        return thinned;
    }
}
