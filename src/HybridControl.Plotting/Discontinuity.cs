using HybridControl.Simulation;

namespace HybridControl.Plotting;

/// <summary>A jump in the value of one curve, over all jumps of one instant.</summary>
/// <param name="Time">Time in seconds.</param>
/// <param name="Left">Value before the first jump.</param>
/// <param name="Right">Value after the last jump.</param>
/// <param name="Lowest">Lowest value at the instant.</param>
/// <param name="Highest">Highest value at the instant.</param>
internal readonly record struct Discontinuity(double Time, double Left, double Right, double Lowest, double Highest)
{
    /// <summary>The last of the points at the time of point <paramref name="first"/>.</summary>
    public static int LastOfInstant(List<CurvePoint> points, int first)
    {
        int last = first;
        while (last + 1 < points.Count && points[last + 1].Time <= points[first].Time)
        {
            last++;
        }

        return last;
    }

    /// <summary>Whether the points of one instant belong to several segments and differ by more than <paramref name="least"/>.</summary>
    public static bool IsBetween(List<CurvePoint> points, int first, int last, double least)
    {
        bool differs = false;
        for (int i = first + 1; i <= last; i++)
        {
            differs |= !(Math.Abs(points[i].Value - points[first].Value) <= least);
        }

        return differs && points[first].Piece != points[last].Piece;
    }

    /// <summary>Every discontinuity of a curve above <paramref name="least"/>, in order.</summary>
    public static List<Discontinuity> Find(List<CurvePoint> points, double least)
    {
        var found = new List<Discontinuity>();
        for (int first = 0, last; first < points.Count; first = last + 1)
        {
            last = LastOfInstant(points, first);
            if (!IsBetween(points, first, last, least))
            {
                continue;
            }

            (double lowest, double highest) = (double.PositiveInfinity, double.NegativeInfinity);
            for (int i = first; i <= last; i++)
            {
                lowest = Math.Min(lowest, points[i].Value);
                highest = Math.Max(highest, points[i].Value);
            }

            if (double.IsFinite(lowest) && double.IsFinite(highest))
            {
                found.Add(new(points[first].Time, points[first].Value, points[last].Value, lowest, highest));
            }
        }

        return found;
    }
}
