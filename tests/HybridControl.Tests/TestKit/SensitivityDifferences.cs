using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Simulation;
using HybridControl.Solvers;

namespace HybridControl.Tests.TestKit;

/// <summary>Sensitivities of a run against differences of runs that know nothing of them.</summary>
internal static class SensitivityDifferences
{
    /// <summary>Tight, and no tighter than rounding lets differences profit from.</summary>
    public static Solver Tight { get; } = new DormandPrince5 { RelativeTolerance = 1e-12, AbsoluteTolerance = 1e-13 };

    /// <summary>Lists what differs: jump times, and states and discrete variables at some times.</summary>
    /// <param name="model">The model.</param>
    /// <param name="names">With respect to what.</param>
    /// <param name="until">End of the run.</param>
    /// <param name="times">Where values are compared; not at events.</param>
    /// <param name="tolerance">Allowed error, relative to the largest of its kind.</param>
    /// <param name="options">Options besides.</param>
    /// <param name="step">Step of the differences, relative to the value.</param>
    public static List<string> Of(
        HybridAutomaton model, string[] names, double until, double[] times, double tolerance = 1e-6, SimulationOptions? options = null, double step = 1e-3)
    {
        options = (options ?? new SimulationOptions()) with { Solver = (options ?? new()).Solver is DormandPrince5 { RelativeTolerance: 1e-6 } ? Tight : options!.Solver };
        Trajectory run = Scenario.For(model).TrySimulate(until, options with { Sensitivities = [.. names] });
        var faults = new List<string>();
        if (run.Status != RunStatus.Completed)
        {
            return [$"{run.Status}: {run.Reason}"];
        }

        foreach (string name in names)
        {
            double value = ValueOf(run, name);
            double h = step * (value == 0.0 ? 1.0 : Math.Abs(value));
            double[][] around = [.. new[] { -2.0, -1.0, 1.0, 2.0 }.Select(k => Read(
                Scenario.For(model).TrySimulate(until, options with { Values = options.Values.SetItem(name, value + (k * h)) }), times))];
            double[] own = [.. run.Sensitivity(name).JumpTimes, .. times.SelectMany(t => ReadAt(run, name, t))];
            double[] plain = Read(run, times);
            if (around.Any(row => row.Length != own.Length))
            {
                faults.Add($"{name}: {string.Join(", ", around.Select(row => row.Length))} values around {own.Length}: another sequence of events");
                continue;
            }

            for (int i = 0; i < own.Length; i++)
            {
                double expected = ((8.0 * (around[2][i] - around[1][i])) - (around[3][i] - around[0][i])) / (12.0 * h);
                int width = run.Model.States.Length + run.Model.Discretes.Length;
                int jumps = run.Jumps.Length;
                int[] alike = [.. Enumerable.Range(0, own.Length).Where(j => i < jumps ? j < jumps : j >= jumps && (j - jumps) % width == (i - jumps) % width)];
                double size = Math.Max(alike.Max(j => Math.Abs(own[j])), 1e-4 * alike.Max(j => Math.Abs(plain[j])) / Math.Max(Math.Abs(value), 1e-3));
                if (!(Math.Abs(own[i] - expected) <= tolerance * size))
                {
                    string what = i < jumps ? $"jump {i + 1}" : $"variable {(i - jumps) % width} at t = {times[(i - jumps) / width]}";
                    faults.Add(FormattableString.Invariant($"{name}, {what}: {own[i]:R}, by differences {expected:R}, size {size:G3}"));
                }
            }
        }

        return faults;
    }

    private static double ValueOf(Trajectory run, string name) => run.Value(name, run.StartTime, Side.Left);

    private static double[] Read(Trajectory run, double[] times) =>
        [.. run.Jumps.Select(jump => jump.Time), .. times.SelectMany(t => (double[])[.. run.At(t).States, .. run.At(t).Discretes])];

    private static IEnumerable<double> ReadAt(Trajectory run, string name, double time)
    {
        TrajectorySensitivity sensitivity = run.Sensitivity(name);
        foreach (double value in sensitivity.At(time))
        {
            yield return value;
        }

        foreach (DiscreteVariable discrete in run.Model.Discretes)
        {
            yield return discrete.Type == DiscreteType.Real ? sensitivity.Value(discrete.Name, time) : 0.0;
        }
    }
}
