using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>The lines on which a function of two variables is zero.</summary>
/// <remarks>
/// Marching squares with linear interpolation along the edges of a grid; the middle value decides a saddle. Squares with a value
/// that is not finite are left out.
/// Source: W. E. Lorensen and H. E. Cline, SIGGRAPH 21 (1987), section 4, in two dimensions.
/// </remarks>
internal static class ZeroSet
{
    private const int Cells = 120;

    /// <summary>The lines within a window, each a chain of points.</summary>
    public static List<List<DataPoint>> Of(
        Func<double, double, double> function, (double Lowest, double Highest) xRange, (double Lowest, double Highest) yRange)
    {
        double dx = (xRange.Highest - xRange.Lowest) / Cells;
        double dy = (yRange.Highest - yRange.Lowest) / Cells;
        double[,] g = new double[Cells + 1, Cells + 1];
        for (int i = 0; i <= Cells; i++)
        {
            for (int j = 0; j <= Cells; j++)
            {
                g[i, j] = function(xRange.Lowest + (i * dx), yRange.Lowest + (j * dy));
            }
        }

        var ends = new SortedDictionary<int, List<int>>();
        var points = new Dictionary<int, DataPoint>();
        for (int i = 0; i < Cells; i++)
        {
            for (int j = 0; j < Cells; j++)
            {
                AddSquare(i, j);
            }
        }

        return Chain(ends, points);

        void AddSquare(int i, int j)
        {
            if (!double.IsFinite(g[i, j] + g[i + 1, j] + g[i, j + 1] + g[i + 1, j + 1]))
            {
                return;
            }

            int bottom = Cross(i, j, i + 1, j);
            int right = Cross(i + 1, j, i + 1, j + 1);
            int top = Cross(i, j + 1, i + 1, j + 1);
            int left = Cross(i, j, i, j + 1);
            int[] crossed = [.. new[] { bottom, right, top, left }.Where(edge => edge >= 0)];
            if (crossed.Length == 2)
            {
                Connect(crossed[0], crossed[1]);
            }
            else if (crossed.Length == 4)
            {
                bool middle = function(xRange.Lowest + ((i + 0.5) * dx), yRange.Lowest + ((j + 0.5) * dy)) >= 0;
                bool cornerJoinsMiddle = middle == (g[i, j] >= 0);
                Connect(bottom, cornerJoinsMiddle ? right : left);
                Connect(top, cornerJoinsMiddle ? left : right);
            }
        }

        // The number of an edge is that of its first node, twice, and its direction.
        int Cross(int i, int j, int k, int l)
        {
            (double a, double b) = (g[i, j], g[k, l]);
            if (a >= 0 == b >= 0)
            {
                return -1;
            }

            int edge = (2 * ((i * (Cells + 1)) + j)) + (k > i ? 0 : 1);
            double share = a / (a - b);
            points[edge] = new DataPoint(
                xRange.Lowest + ((i + (share * (k - i))) * dx), yRange.Lowest + ((j + (share * (l - j))) * dy));
            return edge;
        }

        void Connect(int a, int b)
        {
            (ends.TryGetValue(a, out List<int>? fromA) ? fromA : ends[a] = []).Add(b);
            (ends.TryGetValue(b, out List<int>? fromB) ? fromB : ends[b] = []).Add(a);
        }
    }

    private static List<List<DataPoint>> Chain(SortedDictionary<int, List<int>> ends, Dictionary<int, DataPoint> points)
    {
        var lines = new List<List<DataPoint>>();
        foreach (int start in ends.Keys.Where(edge => ends[edge].Count == 1).Concat(ends.Keys).ToArray())
        {
            if (ends[start].Count == 0)
            {
                continue;
            }

            var line = new List<DataPoint> { points[start] };
            for (int at = start; ends[at].Count > 0;)
            {
                int next = ends[at][0];
                ends[at].RemoveAt(0);
                ends[next].Remove(at);
                line.Add(points[next]);
                at = next;
            }

            lines.Add(Straighten(line));
        }

        return lines;
    }

    /// <summary>Leaves out points on a straight line between their neighbours.</summary>
    private static List<DataPoint> Straighten(List<DataPoint> line)
    {
        var kept = new List<DataPoint> { line[0] };
        for (int i = 1; i < line.Count - 1; i++)
        {
            (DataPoint a, DataPoint b, DataPoint c) = (kept[^1], line[i], line[i + 1]);
            double turn = ((b.X - a.X) * (c.Y - a.Y)) - ((b.Y - a.Y) * (c.X - a.X));
            double size = (Math.Abs(b.X - a.X) * Math.Abs(c.Y - a.Y)) + (Math.Abs(b.Y - a.Y) * Math.Abs(c.X - a.X));
            bool shift = Math.Abs(b.X - a.X) + Math.Abs(b.Y - a.Y) > 0;
            if (shift && Math.Abs(turn) > 1e-9 * size)
            {
                kept.Add(b);
            }
        }

        kept.Add(line[^1]);
        return kept;
    }
}
