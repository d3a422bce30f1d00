using System.Collections.Immutable;
using HybridControl.Solvers;

namespace HybridControl.Automata;

/// <summary>What a model file suggests for a first run: how long, which commands, what to plot, by which method.</summary>
/// <remarks>Immutable. Nothing here changes the meaning of the model; every entry can be overridden.</remarks>
public sealed record Experiment
{
    /// <summary>End time in seconds; null where the file says nothing.</summary>
    public double? Until { get; init; }

    /// <summary>Timed commands and settings, in order of declaration.</summary>
    public ImmutableArray<TimedCommand> Commands { get; init; } = [];

    /// <summary>Names of the variables worth plotting over time; empty for all states.</summary>
    public ImmutableArray<string> Plot { get; init; } = [];

    /// <summary>Integration method and settings that suit the model; null where the file says nothing.</summary>
    public Solver? Solver { get; init; }

    /// <inheritdoc/>
    public bool Equals(Experiment? other) =>
        other is not null && Nullable.Equals(Until, other.Until) && Equals(Solver, other.Solver) &&
        Commands.AsSpan().SequenceEqual(other.Commands.AsSpan()) && Plot.AsSpan().SequenceEqual(other.Plot.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Until, Commands.Length, Plot.Length);
}
