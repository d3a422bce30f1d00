using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Solvers;

namespace HybridControl.Tests.Simulation;

/// <summary>One event that a case must have.</summary>
/// <param name="Time">Time, from a closed form.</param>
/// <param name="Name">The transition.</param>
internal readonly record struct ExpectedEvent(double Time, string Name);

/// <summary>One drawn case: numbers for the parameters of a model, and the events that follow from them.</summary>
internal sealed record EventCase(
    ImmutableDictionary<string, double> Values, double Start, double Until, Solver Solver, ExpectedEvent[] Expected, double Tolerance);

/// <summary>A model whose events are known in closed form for any numbers that its draw gives it.</summary>
/// <param name="Name">Name for reports.</param>
/// <param name="Model">The model; its parameters are drawn.</param>
/// <param name="Draw">Draws a case; null where the draw is ambiguous (events too close to tell apart) and must be repeated.</param>
internal sealed record EventFamily(string Name, HybridAutomaton Model, Func<Random, EventCase?> Draw);

/// <summary>What the families share: draws, and event lists from signs of closed forms between their roots.</summary>
internal static class EventOracle
{
    /// <summary>The changes of a guard with known roots.</summary>
    /// <param name="name">The transition.</param>
    /// <param name="direction">Which changes fire.</param>
    /// <param name="roots">Every root of g, in any order, multiple ones in any number.</param>
    /// <param name="g">The guard as a closed form of time; only its sign away from roots is used.</param>
    /// <param name="start">Start of the run: a guard that is zero there is enabled.</param>
    /// <param name="until">End of the run.</param>
    public static IEnumerable<ExpectedEvent> Changes(
        string name, EdgeDirection direction, IEnumerable<double> roots, Func<double, double> g, double start, double until)
    {
        double[] inside = [.. roots.Where(root => root >= start && root <= until).Distinct().Order(), until];
        double previous = start;
        bool? enabled = null;
        foreach (double root in inside)
        {
            if (root > previous)
            {
                bool now = g(0.5 * (previous + root)) > 0.0;
                bool before = enabled ?? (inside[0] == start || now);
                if (now != before && (direction == EdgeDirection.Both || direction == (now ? EdgeDirection.Up : EdgeDirection.Down)))
                {
                    yield return new(previous, name);
                }

                enabled = now;
            }

            previous = root;
        }
    }

    /// <summary>Merges lists in order of time, at one time in order of declaration; null if two events are ambiguously close.</summary>
    public static ExpectedEvent[]? Merge(double closest, double until, params ReadOnlySpan<IEnumerable<ExpectedEvent>> lists)
    {
        var all = new List<(ExpectedEvent Event, int List)>();
        for (int i = 0; i < lists.Length; i++)
        {
            foreach (ExpectedEvent e in lists[i])
            {
                all.Add((e, i));
            }
        }

        (ExpectedEvent Event, int List)[] sorted = [.. all.OrderBy(item => item.Event.Time).ThenBy(item => item.List)];
        for (int i = 1; i < sorted.Length; i++)
        {
            double gap = sorted[i].Event.Time - sorted[i - 1].Event.Time;
            if (gap > 0.0 && gap < closest)
            {
                return null;
            }
        }

        return sorted.Any(item => Math.Abs(item.Event.Time - until) < 1e-6) ? null : [.. sorted.Select(item => item.Event)];
    }

    public static double Uniform(this Random random, double low, double high) => low + ((high - low) * random.NextDouble());

    public static double LogUniform(this Random random, double low, double high) =>
        Math.Exp(random.Uniform(Math.Log(low), Math.Log(high)));

    /// <summary>A solver with tight tolerances; its steps may be bounded, also so that one of them ends on a root.</summary>
    public static Solver DrawSolver(this Random random, double start, double span, double root)
    {
        double bound = random.Next(4) switch
        {
            0 => span / random.Uniform(2.0, 40.0),
            1 when root > start => (root - start) / random.Next(1, 9),
            _ => double.PositiveInfinity,
        };
        bound = Math.Max(bound, span / 300.0);
        return random.Next(2) == 0
            ? new DormandPrince5 { RelativeTolerance = 1e-10, AbsoluteTolerance = 1e-12, MaximumStep = bound }
            : new Tsitouras5 { RelativeTolerance = 1e-10, AbsoluteTolerance = 1e-12, MaximumStep = bound };
    }

    public static ImmutableDictionary<string, double> Values(params ReadOnlySpan<(string Name, double Value)> values)
    {
        var builder = ImmutableDictionary.CreateBuilder<string, double>();
        foreach ((string name, double value) in values)
        {
            builder[name] = value;
        }

        return builder.ToImmutable();
    }
}
