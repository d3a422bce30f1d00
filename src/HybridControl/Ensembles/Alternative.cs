using System.Collections.Immutable;

namespace HybridControl.Ensembles;

/// <summary>One of several settings that are compared on the same samples.</summary>
/// <param name="Name">Its name in results.</param>
/// <param name="Values">Values that replace those of the plan: parameters, initial states, discrete variables, constant inputs.</param>
public sealed record Alternative(string Name, ImmutableDictionary<string, double> Values)
{
    /// <inheritdoc/>
    public bool Equals(Alternative? other) =>
        other is not null && Name == other.Name && Values.Count == other.Values.Count &&
        Values.All(entry => other.Values.TryGetValue(entry.Key, out double value) && value.Equals(entry.Value));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Values.Count);
}
