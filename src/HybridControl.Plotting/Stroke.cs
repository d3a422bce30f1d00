using HybridControl.Simulation;
using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>A part of a curve without a gap, thinned to what can be seen.</summary>
/// <remarks>
/// A stroke ends at a jump in value and at NaN. Strokes narrower than <c>gap</c> that follow each other are joined: at
/// that density a broken curve and a band look the same, and the band is a fraction of the size. Thinning keeps the first,
/// lowest, highest and last point of each column, which draws the same pixels where a column is no wider than one.
/// </remarks>
/// <param name="Points">The points, in order of time.</param>
/// <param name="IsDense">Whether it joins strokes too narrow to be seen one by one.</param>
internal sealed record Stroke(List<DataPoint> Points, bool IsDense)
{
    /// <summary>The strokes of a curve.</summary>
    /// <param name="points">The curve, in order of time.</param>
    /// <param name="least">The smallest jump at which the curve is broken.</param>
    /// <param name="gap">Width in seconds below which neighbouring strokes are joined.</param>
    /// <param name="column">Width in seconds of a column.</param>
    public static List<Stroke> Of(List<CurvePoint> points, double least, double gap, double column)
    {
        var strokes = new List<List<DataPoint>>();
        var current = new List<DataPoint>();
        for (int first = 0, last; first < points.Count; first = last + 1)
        {
            last = Discontinuity.LastOfInstant(points, first);
            if (Discontinuity.IsBetween(points, first, last, least))
            {
                Append(points[first]);
                Close();
                Append(points[last]);
                continue;
            }

            for (int i = first; i <= last; i++)
            {
                Append(points[i]);
            }
        }

        Close();
        return Join(strokes, gap).ConvertAll(stroke => stroke with { Points = Thin(stroke.Points, column) });

        void Append(CurvePoint point)
        {
            if (double.IsFinite(point.Value))
            {
                current.Add(new DataPoint(point.Time, point.Value));
            }
            else
            {
                Close();
            }
        }

        void Close()
        {
            if (current.Count > 0)
            {
                strokes.Add(current);
                current = [];
            }
        }
    }

    private static List<Stroke> Join(List<List<DataPoint>> strokes, double gap)
    {
        var joined = new List<Stroke>();
        bool lastIsNarrow = false;
        foreach (List<DataPoint> points in strokes)
        {
            bool narrow = points[^1].X - points[0].X < gap;
            if (narrow && lastIsNarrow && points[0].X - joined[^1].Points[^1].X < gap)
            {
                joined[^1] = new Stroke(joined[^1].Points, IsDense: true);
                joined[^1].Points.AddRange(points);
            }
            else
            {
                joined.Add(new Stroke(points, IsDense: false));
            }

            lastIsNarrow = narrow;
        }

        return joined;
    }

    private static List<DataPoint> Thin(List<DataPoint> stroke, double column)
    {
        var kept = new List<DataPoint>();
        int start = 0;
        while (start < stroke.Count)
        {
            int end = start;
            double limit = (Math.Floor(stroke[start].X / column) + 1) * column;
            (int low, int high) = (start, start);
            while (end + 1 < stroke.Count && stroke[end + 1].X < limit)
            {
                end++;
                low = stroke[end].Y < stroke[low].Y ? end : low;
                high = stroke[end].Y > stroke[high].Y ? end : high;
            }

            int previous = -1;
            foreach (int i in (ReadOnlySpan<int>)[start, Math.Min(low, high), Math.Max(low, high), end])
            {
                if (i > previous)
                {
                    kept.Add(stroke[i]);
                    previous = i;
                }
            }

            start = end + 1;
        }

        return kept;
    }
}
