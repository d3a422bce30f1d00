using HybridControl.Automata;
using HybridControl.Simulation;
using HybridControl.Solvers;

namespace HybridControl.Tests.TestKit;

/// <summary>Sensitivities of a run against differences of runs that know nothing of them.</summary>
internal static class SensitivityDifferences
{
    /// <summary>As tight as differences can profit from.</summary>
    public static Solver Tight { get; } = new DormandPrince5 { RelativeTolerance = 1e-12, AbsoluteTolerance = 1e-13 };

    /// <summary>Lists what differs by more than 1e-6 of the largest of its kind: jump times, states and discrete variables.</summary>
    /// <param name="model">The model, with the commands that it suggests.</param>
    /// <param name="names">With respect to what.</param>
    /// <param name="until">End of the run.</param>
    /// <param name="times">Where values are compared; not at events.</param>
    /// <param name="jumps">The least number of jumps, or the comparison says little.</param>
    /// <param name="step">Step of the differences, relative to the value.</param>
    /// <param name="options">Options besides.</param>
    /// <param name="solver">The method, for models that <see cref="Tight"/> cannot run.</param>
    /// <param name="plain">That of the runs without sensitivities, if it is another.</param>
    public static List<string> Of(
        HybridAutomaton model, string[] names, double until, double[] times, int jumps = 0, double step = 1e-4, SimulationOptions? options = null,
        Solver? solver = null, Solver? plain = null)
    {
        options = (options ?? new()) with { Solver = solver ?? Tight };
        Trajectory run = Scenario.For(model).Simulate(until, options: options with { Sensitivities = [.. names] });
        Assert.That(run.Jumps, Has.Length.AtLeast(jumps), "jumps");
        return [.. names.SelectMany(name => Of(run, name, times, step, options with { Solver = plain ?? options.Solver }, until))];
    }

    private static IEnumerable<string> Of(Trajectory run, string name, double[] times, double step, SimulationOptions options, double until)
    {
        double value = run.Value(name, run.StartTime, Side.Left);
        double h = step * (value == 0.0 ? 1.0 : Math.Abs(value));
        double[][] around = [.. new[] { -2.0, -1.0, 1.0, 2.0 }.Select(k => Read(
            Scenario.For(run.Model).Simulate(until, options: options with { Values = options.Values.SetItem(name, value + (k * h)) }), times))];
        double[] own = [.. run.Sensitivity(name).JumpTimes, .. times.SelectMany(t => ReadAt(run, name, t))];
        double[] plain = Read(run, times);
        if (around.Any(row => row.Length != own.Length))
        {
            yield return $"{name}: another number of events, {string.Join(", ", around.Select(row => row.Length))} values around {own.Length}";
            yield break;
        }

        // Central differences of fourth order.
        double[] expected = [.. own.Select((_, i) => ((8.0 * (around[2][i] - around[1][i])) - (around[3][i] - around[0][i])) / (12.0 * h))];
        int width = run.Model.States.Length + run.Model.Discretes.Length;
        int KindOf(int i) => i < run.Jumps.Length ? -1 : (i - run.Jumps.Length) % width;
        for (int i = 0; i < own.Length; i++)
        {
            int[] alike = [.. Enumerable.Range(0, own.Length).Where(j => KindOf(j) == KindOf(i))];
            double noise = 1e-4 * alike.Max(j => Math.Abs(plain[j])) / Math.Max(Math.Abs(value), 1e-3); // where nothing depends on p
            double size = Math.Max(alike.Max(j => Math.Abs(own[j])), noise);
            if (!(Math.Abs(own[i] - expected[i]) <= 1e-6 * size))
            {
                string what = KindOf(i) < 0 ? $"jump {i + 1}" : FormattableString.Invariant($"variable {KindOf(i)} at t = {times[(i - run.Jumps.Length) / width]}");
                yield return FormattableString.Invariant($"{name}, {what}: {own[i]:R}, by differences {expected[i]:R}, size {size:G3}");
            }
        }
    }

    private static double[] Read(Trajectory run, double[] times) =>
        [.. run.Jumps.Select(jump => jump.Time), .. times.SelectMany(t => (double[])[.. run.At(t).States, .. run.At(t).Discretes])];

    private static IEnumerable<double> ReadAt(Trajectory run, string name, double time) =>
    [
        .. run.Sensitivity(name).At(time),
        .. run.Model.Discretes.Select(discrete => discrete.Type == DiscreteType.Real ? run.Sensitivity(name).Value(discrete.Name, time) : 0.0),
    ];
}
