using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Simulation;

namespace HybridControl.Benchmarks.Precision;

/// <summary>A stiff problem with a reference.</summary>
/// <param name="Name">Name, as peers.cpp knows it.</param>
/// <param name="Title">What it is, for tables.</param>
/// <param name="Model">The problem as an automaton.</param>
/// <param name="Until">End time in seconds.</param>
/// <param name="Names">Variables whose values at the end are compared.</param>
/// <param name="Reference">Their values.</param>
/// <param name="Scale">Ratio of the absolute to the relative tolerance.</param>
/// <param name="Floor">Values are compared relative to their size, or to this where it is larger.</param>
internal sealed record StiffProblem(
    string Name,
    string Title,
    HybridAutomaton Model,
    double Until,
    ImmutableArray<string> Names,
    ImmutableArray<double> Reference,
    double Scale,
    double Floor = 0.0)
{
    /// <summary>Times in seconds of the jumps that are compared instead, if there are any.</summary>
    public ImmutableArray<double> Events { get; init; } = [];

    /// <summary>The largest relative error of a run; NaN if it did not reach its end.</summary>
    public double ErrorOf(Trajectory run)
    {
        if (run.Status != RunStatus.Completed || run.Jumps.Length != Events.Length)
        {
            return double.NaN;
        }

        return Events.IsEmpty
            ? ErrorOf([.. Names.Select(name => run.Value(name, Until))])
            : Events.Select((time, k) => Math.Abs(run.Jumps[k].Time - time) / time).Max();
    }

    /// <summary>The largest relative error of values.</summary>
    public double ErrorOf(IReadOnlyList<double> values) =>
        Reference.Select((exact, i) => Math.Abs(values[i] - exact) / Math.Max(Floor, Math.Abs(exact))).Max();
}
