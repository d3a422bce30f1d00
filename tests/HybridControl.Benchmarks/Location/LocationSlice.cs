using System.Diagnostics;
using System.Globalization;
using HybridControl.Simulation;

namespace HybridControl.Benchmarks.Location;

/// <summary>Whole runs of one problem for some time: what a step took, and what one run counted.</summary>
/// <param name="Nanoseconds">Time of a step.</param>
/// <param name="Steps">Steps of a run.</param>
/// <param name="Jumps">Jumps of a run.</param>
/// <param name="Dismissed">Guards dismissed at once.</param>
/// <param name="Escalated">Guards looked at closely.</param>
/// <param name="Pieces">Pieces that these took.</param>
internal sealed record LocationSlice(double Nanoseconds, long Steps, long Jumps, long Dismissed, long Escalated, long Pieces)
{
    /// <summary>Runs a problem for at least some milliseconds.</summary>
    public static LocationSlice Of(LocationProblem problem, double tolerance, bool proved, double milliseconds)
    {
        long steps = 0;
        RunStatistics cost;
        long start = Stopwatch.GetTimestamp();
        do
        {
            RunEngine engine = problem.Run(tolerance, proved);
            if (engine.IsError)
            {
                throw new InvalidOperationException(engine.Reason);
            }

            cost = engine.Finish().Statistics;
            steps += cost.Steps;
        }
        while (Stopwatch.GetElapsedTime(start).TotalMilliseconds < milliseconds);
        return new(
            Stopwatch.GetElapsedTime(start).TotalNanoseconds / steps, cost.Steps, cost.Jumps, cost.Dismissed, cost.Escalated, cost.Pieces);
    }

    /// <summary>Reads what <see cref="ToLine"/> wrote.</summary>
    public static LocationSlice Parse(string line)
    {
        double[] parts = [.. line.Split(' ').Select(part => double.Parse(part, CultureInfo.InvariantCulture))];
        return new(parts[0], (long)parts[1], (long)parts[2], (long)parts[3], (long)parts[4], (long)parts[5]);
    }

    /// <summary>The numbers, by spaces.</summary>
    public string ToLine() => FormattableString.Invariant($"{Nanoseconds:R} {Steps} {Jumps} {Dismissed} {Escalated} {Pieces}");
}
