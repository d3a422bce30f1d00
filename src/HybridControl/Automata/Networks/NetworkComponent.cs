using System.Collections.Immutable;

namespace HybridControl.Automata.Networks;

/// <summary>One automaton of a network. The same model may serve any number of components.</summary>
/// <param name="Name">Name, unique in the network: a letter or underscore, then letters, digits and underscores.</param>
/// <param name="Model">The automaton.</param>
public sealed record NetworkComponent(string Name, HybridAutomaton Model)
{
    /// <summary>Values of its own: parameters, initial values of states and discrete variables, constants for inputs.</summary>
    public ImmutableArray<(string Name, double Value)> Values { get; init; } = [];

    /// <summary>Other names for its labels, so that copies of one model can meet different partners.</summary>
    public ImmutableArray<(string Label, string Name)> Labels { get; init; } = [];

    /// <inheritdoc/>
    public bool Equals(NetworkComponent? other) =>
        other is not null && Name == other.Name && Model.Equals(other.Model) &&
        Values.AsSpan().SequenceEqual(other.Values.AsSpan()) && Labels.AsSpan().SequenceEqual(other.Labels.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Values.Length, Labels.Length);
}
