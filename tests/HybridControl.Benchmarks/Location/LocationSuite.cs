using System.Diagnostics;
using System.Globalization;
using HybridControl.Simulation;

namespace HybridControl.Benchmarks.Location;

/// <summary>What it costs to prove that no event was missed, beside sign tests at the ends of steps.</summary>
internal static class LocationSuite
{
    private static readonly double[] Tolerances = [1e-6, 1e-9];

    /// <summary>Runs the comparison: <c>[--rounds n] [--slice milliseconds] [--only name]</c>.</summary>
    /// <returns>Zero if the geometric mean of the slowdown is at most 20 %.</returns>
    public static int Run(string[] args)
    {
        int rounds = (int)Option(args, "--rounds", 9);
        double slice = Option(args, "--slice", 60);
        int only = Array.IndexOf(args, "--only");
        LocationProblem[] problems =
        [
            .. LocationProblems.All.Where(problem => only < 0 || problem.Name.Contains(args[only + 1], StringComparison.OrdinalIgnoreCase)),
        ];
        Console.WriteLine("| model, guard | rtol | steps | events | plain, ns a step | proved, ns a step | slower | spread | escalated | pieces a step |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        double product = 0.0;
        int rows = 0;
        foreach (double tolerance in Tolerances)
        {
            double ofTolerance = 0.0;
            foreach (LocationProblem problem in problems)
            {
                double ratio = Compare(problem, tolerance, rounds, slice);
                ofTolerance += Math.Log(ratio);
            }

            Console.WriteLine(FormattableString.Invariant(
                $"| geometric mean | {tolerance:0e0} | | | | | {Percent(Math.Exp(ofTolerance / problems.Length))} | | | |"));
            product += ofTolerance;
            rows += problems.Length;
        }

        double mean = Math.Exp(product / rows);
        Console.WriteLine(FormattableString.Invariant($"proved search is {Percent(mean)} slower in the geometric mean of {rows} rows"));
        return mean <= 1.2 ? 0 : 1;
    }

    private static double Compare(LocationProblem problem, double tolerance, int rounds, double slice)
    {
        (RunEngine proved, RunEngine plain) = (problem.Run(tolerance, proved: true), problem.Run(tolerance, proved: false));
        Slice(problem, tolerance, proved: true, slice);
        Slice(problem, tolerance, proved: false, slice);
        var provedTimes = new List<double>();
        var plainTimes = new List<double>();
        for (int round = 0; round < rounds; round++)
        {
            plainTimes.Add(Slice(problem, tolerance, proved: false, slice));
            provedTimes.Add(Slice(problem, tolerance, proved: true, slice));
        }

        double[] ratios = [.. provedTimes.Zip(plainTimes, (a, b) => a / b).Order()];
        provedTimes.Sort();
        plainTimes.Sort();
        RunStatistics cost = proved.Finish().Statistics;
        RunStatistics cheap = plain.Finish().Statistics;
        double ratio = provedTimes[0] / plainTimes[0];
        string events = cost.Jumps == cheap.Jumps ? $"{cost.Jumps}" : $"{cost.Jumps}, plain {cheap.Jumps}";
        Console.WriteLine(FormattableString.Invariant(
            $"| {problem.Name} | {tolerance:0e0} | {cost.Steps} | {events} | {plainTimes[0]:F1} | {provedTimes[0]:F1} | {Percent(ratio)} | {Percent(ratios[rounds / 4])} to {Percent(ratios[rounds * 3 / 4])} | {100.0 * cost.Escalated / Math.Max(1, cost.Escalated + cost.Dismissed):F0} % | {(double)cost.Pieces / cost.Steps:F2} |"));
        return ratio;
    }

    // Nanoseconds a step, over as many runs as fill the slice.
    private static double Slice(LocationProblem problem, double tolerance, bool proved, double milliseconds)
    {
        long steps = 0;
        long start = Stopwatch.GetTimestamp();
        do
        {
            RunEngine engine = problem.Run(tolerance, proved);
            if (engine.IsError)
            {
                throw new InvalidOperationException(engine.Reason);
            }

            steps += engine.Finish().Statistics.Steps;
        }
        while (Stopwatch.GetElapsedTime(start).TotalMilliseconds < milliseconds);
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / steps;
    }

    private static string Percent(double ratio) => FormattableString.Invariant($"{100.0 * (ratio - 1.0):F0} %");

    private static double Option(string[] args, string name, double usual)
    {
        int place = Array.IndexOf(args, name);
        return place >= 0 && place + 1 < args.Length ? double.Parse(args[place + 1], CultureInfo.InvariantCulture) : usual;
    }
}
