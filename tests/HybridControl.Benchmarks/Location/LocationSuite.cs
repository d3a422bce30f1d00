using System.Globalization;

namespace HybridControl.Benchmarks.Location;

/// <summary>What it costs to prove that no event was missed, beside sign tests at the ends of steps.</summary>
internal static class LocationSuite
{
    private const double FirstWarmUp = 1500.0; // milliseconds, until the runtime has optimised what every run needs
    private const double WarmUp = 250.0; // and what a row needs besides

    private static readonly double[] Tolerances = [1e-6, 1e-9];

    /// <summary>Runs the comparison: <c>[--rounds n] [--slice milliseconds] [--only name]</c>; <c>--serve</c> is for its own processes.</summary>
    /// <returns>Zero if the geometric mean of the slowdown is at most 20 %.</returns>
    public static int Run(string[] args)
    {
        LocationProblem[] problems = [.. LocationProblems.All];
        if (args is ["--serve", var kind])
        {
            return LocationWorker.Serve(problems, kind == "proved");
        }

        int rounds = (int)Option(args, "--rounds", 9);
        double slice = Option(args, "--slice", 60);
        int only = Array.IndexOf(args, "--only");
        int[] chosen =
        [
            .. Enumerable.Range(0, problems.Length).Where(
                i => only < 0 || problems[i].Name.Contains(args[only + 1], StringComparison.OrdinalIgnoreCase)),
        ];
        using var proved = new LocationWorker(proved: true);
        using var plain = new LocationWorker(proved: false);
        proved.Run(chosen[0], Tolerances[0], FirstWarmUp);
        plain.Run(chosen[0], Tolerances[0], FirstWarmUp);
        Console.WriteLine("| model, guard | rtol | steps | events | plain, ns a step | proved, ns a step | slower | spread | escalated | pieces a step |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        double product = 0.0;
        foreach (double tolerance in Tolerances)
        {
            double ofTolerance = 0.0;
            foreach (int i in chosen)
            {
                proved.Run(i, tolerance, WarmUp);
                plain.Run(i, tolerance, WarmUp);
                (LocationSlice Plain, LocationSlice Proved)[] pairs =
                    [.. Enumerable.Range(0, rounds).Select(_ => (plain.Run(i, tolerance, slice), proved.Run(i, tolerance, slice)))];
                ofTolerance += Math.Log(Report(problems[i].Name, tolerance, pairs));
            }

            Console.WriteLine(FormattableString.Invariant(
                $"| geometric mean | {tolerance:0e0} | | | | | {Percent(Math.Exp(ofTolerance / chosen.Length))} | | | |"));
            product += ofTolerance;
        }

        double mean = Math.Exp(product / (chosen.Length * Tolerances.Length));
        Console.WriteLine(FormattableString.Invariant(
            $"proved search is {Percent(mean)} slower in the geometric mean of {chosen.Length * Tolerances.Length} rows"));
        return mean <= 1.2 ? 0 : 1;
    }

    // Writes a row; its ratio is that of the least times.
    private static double Report(string name, double tolerance, (LocationSlice Plain, LocationSlice Proved)[] pairs)
    {
        (LocationSlice cheap, LocationSlice cost) = pairs[0];
        double[] ratios = [.. pairs.Select(pair => pair.Proved.Nanoseconds / pair.Plain.Nanoseconds).Order()];
        double plain = pairs.Min(pair => pair.Plain.Nanoseconds);
        double proved = pairs.Min(pair => pair.Proved.Nanoseconds);
        string events = cost.Jumps == cheap.Jumps ? $"{cost.Jumps}" : $"{cost.Jumps}, plain {cheap.Jumps}";
        Console.WriteLine(FormattableString.Invariant(
            $"| {name} | {tolerance:0e0} | {cost.Steps} | {events} | {plain:F1} | {proved:F1} | {Percent(proved / plain)} | {Percent(ratios[pairs.Length / 4])} to {Percent(ratios[pairs.Length * 3 / 4])} | {100.0 * cost.Escalated / Math.Max(1, cost.Escalated + cost.Dismissed):F0} % | {(double)cost.Pieces / cost.Steps:F2} |"));
        return proved / plain;
    }

    private static string Percent(double ratio) => FormattableString.Invariant($"{100.0 * (ratio - 1.0):F0} %");

    private static double Option(string[] args, string name, double usual)
    {
        int place = Array.IndexOf(args, name);
        return place >= 0 && place + 1 < args.Length ? double.Parse(args[place + 1], CultureInfo.InvariantCulture) : usual;
    }
}
