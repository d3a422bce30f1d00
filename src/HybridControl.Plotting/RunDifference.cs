using HybridControl.Simulation;

namespace HybridControl.Plotting;

/// <summary>One run minus another, over the time that both have.</summary>
/// <remarks>Read at even times and on both sides of each jump of either, so that a jump that comes late is a spike as wide as it is late.</remarks>
internal static class RunDifference
{
    private const int EvenTimes = 2000;

    public static List<CurvePoint> Of(ComparedRun run, ComparedRun reference, string name, double from, double to)
    {
        (double start, double end) = (Math.Max(from, Math.Max(run.Start, reference.Start)), Math.Min(to, Math.Min(run.End, reference.End)));
        var points = new List<CurvePoint>();
        if (!(start < end))
        {
            return points;
        }

        var jumps = run.Jumps.Concat(reference.Jumps).Where(time => time >= start && time <= end).ToHashSet();
        IEnumerable<double> even = Enumerable.Range(0, EvenTimes + 1).Select(i => i == EvenTimes ? end : start + ((end - start) * i / EvenTimes));
        int piece = 0;
        foreach (double time in even.Concat(jumps).Distinct().Order())
        {
            if (jumps.Contains(time))
            {
                Add(time, Side.Left);
                piece++;
            }

            Add(time, Side.Right);
        }

        return points;

        void Add(double time, Side side) =>
            points.Add(new(time, run.At(name, time, side) - reference.At(name, time, side), piece));
    }
}
