using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>Draws lines and bands over time, broken where a number is missing.</summary>
internal static class Ribbon
{
    public static void Band(
        IRenderContext rc, ChartLayout layout, IReadOnlyList<double> times, double[] low, double[] high, OxyColor color)
    {
        foreach ((int first, int last) in FiniteRuns(low, high))
        {
            var polygon = new List<ScreenPoint>();
            for (int k = first; k <= last; k++)
            {
                polygon.Add(layout.PixelOf(times[k], high[k]));
            }

            for (int k = last; k >= first; k--)
            {
                polygon.Add(layout.PixelOf(times[k], low[k]));
            }

            rc.Area(polygon, color);
        }
    }

    public static void Line(
        IRenderContext rc, ChartLayout layout, IReadOnlyList<double> times, double[] values, OxyColor color, double width)
    {
        foreach ((int first, int last) in FiniteRuns(values, values))
        {
            rc.Curve([.. Enumerable.Range(first, last - first + 1).Select(k => layout.PixelOf(times[k], values[k]))], color, width);
        }
    }

    private static IEnumerable<(int First, int Last)> FiniteRuns(double[] a, double[] b)
    {
        for (int first = 0; first < a.Length; first++)
        {
            if (!double.IsFinite(a[first] + b[first]))
            {
                continue;
            }

            int last = first;
            while (last + 1 < a.Length && double.IsFinite(a[last + 1] + b[last + 1]))
            {
                last++;
            }

            yield return (first, last);
            first = last;
        }
    }
}
