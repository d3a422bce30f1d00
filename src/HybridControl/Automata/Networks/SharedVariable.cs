using System.Collections.Immutable;

namespace HybridControl.Automata.Networks;

/// <summary>One variable that several components have in common.</summary>
/// <param name="Name">Its name in the network.</param>
/// <param name="Members">
/// What the components call it, such as <c>tank.h</c>. The first is the owner: it gives the kind, the initial value, the
/// flow and sampled updates. The others may read it, and write it in resets.
/// </param>
public sealed record SharedVariable(string Name, ImmutableArray<string> Members)
{
    /// <inheritdoc/>
    public bool Equals(SharedVariable? other) =>
        other is not null && Name == other.Name && Members.AsSpan().SequenceEqual(other.Members.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Members.Length);
}
