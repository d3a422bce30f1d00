using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Solvers;

namespace HybridControl.Tests.Simulation.Families;

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

    /// <summary>A tolerance between 1e-3 and <paramref name="least"/>.</summary>
    public static double DrawTolerance(this Random random, double least = 1e-12) => random.LogUniform(least, 1e-3);

    /// <summary>Any solver that reproduces the flow; its steps may be bounded, also so that one of them ends on a root.</summary>
    /// <param name="random">Draws.</param>
    /// <param name="start">Start of the run.</param>
    /// <param name="span">Its length.</param>
    /// <param name="root">Time of an event, to end a step on.</param>
    /// <param name="degree">
    /// Degree of the solution as a polynomial of time: Euler's method reproduces 1, the classical method 3 inside its steps, the
    /// adaptive ones 4. Above 4 the solution is not reproduced, and an adaptive method of <paramref name="tolerance"/> is drawn.
    /// </param>
    /// <param name="tolerance">Relative tolerance; drawn if omitted.</param>
    public static Solver DrawSolver(
        this Random random, double start, double span, double root, int degree, double tolerance = double.NaN)
    {
        double bound = random.Next(4) switch
        {
            0 => span / random.Uniform(2.0, 40.0),
            1 when root > start => (root - start) / random.Next(1, 9),
            _ => double.PositiveInfinity,
        };
        bound = Math.Max(bound, span / 300.0);
        tolerance = double.IsNaN(tolerance) ? random.DrawTolerance() : tolerance;
        int choices = degree switch
        {
            <= 1 => 5,
            <= 3 => 4,
            _ => 3,
        };
        return random.Next(choices) switch
        {
            0 => new DormandPrince5 { RelativeTolerance = tolerance, AbsoluteTolerance = 1e-2 * tolerance, MaximumStep = bound },
            1 => new Tsitouras5 { RelativeTolerance = tolerance, AbsoluteTolerance = 1e-2 * tolerance, MaximumStep = bound },
            2 => new DormandPrince853 { RelativeTolerance = tolerance, AbsoluteTolerance = 1e-2 * tolerance, MaximumStep = bound },
            3 => new RungeKutta4 { Step = Math.Min(bound, span / random.Uniform(1.0, 40.0)) },
            _ => new Euler { Step = Math.Min(bound, span / random.Uniform(1.0, 40.0)) },
        };
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
