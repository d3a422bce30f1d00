using HybridControl.Serialization;
using HybridControl.Simulation;

namespace HybridControl.Plotting;

/// <summary>One of several runs in a picture: a trajectory, or a table that was saved.</summary>
/// <param name="Label">Name in the legend.</param>
/// <param name="Names">Variables that it can show.</param>
/// <param name="Start">First time in seconds.</param>
/// <param name="End">Last time in seconds.</param>
/// <param name="Jumps">Times of its jumps.</param>
/// <param name="UnitOf">Unit of a variable; null where it is not known.</param>
/// <param name="Read">Points of a variable between two times.</param>
/// <param name="At">Value of a variable at a time, on one side of it.</param>
internal sealed record ComparedRun(
    string Label,
    IReadOnlyList<string> Names,
    double Start,
    double End,
    double[] Jumps,
    Func<string, string?> UnitOf,
    Func<string, double, double, List<CurvePoint>> Read,
    Func<string, double, Side, double> At)
{
    public static ComparedRun Of(Trajectory run, string label)
    {
        (double start, double end) = TimeRange.Of(run, null);
        return new(
            label, run.Names, start, end, [.. run.Jumps.Select(jump => jump.Time)], run.UnitOf,
            (name, from, to) => CurveReader.Read(run, name, from, to),
            (name, time, side) => run.Value(name, time, side));
    }

    /// <remarks>Between rows a table knows nothing: its curves are straight there.</remarks>
    public static ComparedRun Of(TrajectoryTable table, string label)
    {
        double[] times = table.Times.ToArray();
        int[] jumps = table.JumpIndices.ToArray();
        (double start, double end) = times.Length == 0 ? (0.0, 0.0) : (times[0], times[^1]);
        double[] jumpTimes = [.. Enumerable.Range(1, Math.Max(0, times.Length - 1)).Where(i => jumps[i] > jumps[i - 1]).Select(i => times[i])];
        var columns = new Dictionary<string, double[]>(StringComparer.Ordinal);
        return new(
            label, table.Variables, start, end, jumpTimes, _ => null,
            (name, from, to) => CurveReader.Clip(Points(Column(name)), from, to),
            (name, time, side) => Interpolate(times, Column(name), time, side));

        double[] Column(string name)
        {
            if (!columns.TryGetValue(name, out double[]? values))
            {
                columns.Add(name, values = table.Column(name));
            }

            return values;
        }

        List<CurvePoint> Points(double[] values) => [.. values.Select((value, i) => new CurvePoint(times[i], value, jumps[i]))];
    }

    private static double Interpolate(double[] times, double[] values, double time, Side side)
    {
        // The last row not after the time (right side), or the first row not before it (left side).
        int row = Array.BinarySearch(times, time);
        if (row >= 0)
        {
            while (side == Side.Right ? row + 1 < times.Length && times[row + 1] == time : row > 0 && times[row - 1] == time)
            {
                row += side == Side.Right ? 1 : -1;
            }

            return values[row];
        }

        int next = ~row;
        if (next == 0 || next == times.Length)
        {
            return double.NaN;
        }

        double share = (time - times[next - 1]) / (times[next] - times[next - 1]);
        return values[next - 1] + (share * (values[next] - values[next - 1]));
    }
}
