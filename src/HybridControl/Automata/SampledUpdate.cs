using System.Collections.Immutable;
using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>Discrete variables that are computed anew at the ticks of a clock: a sampled controller as part of the model.</summary>
/// <param name="Name">Name, unique among the sampled updates.</param>
/// <param name="Period">Period in seconds, positive; an expression of parameters, evaluated at the start.</param>
/// <param name="Offset">Time of the first tick after the start, in seconds, not negative; an expression of parameters.</param>
/// <param name="Assignments">What each tick writes. All read the values before any of them is written.</param>
public sealed record SampledUpdate(
    string Name, Expr Period, Expr Offset, ImmutableArray<Assignment> Assignments)
{
    /// <inheritdoc/>
    public bool Equals(SampledUpdate? other) =>
        other is not null && Name == other.Name && Period.Equals(other.Period) && Offset.Equals(other.Offset) &&
        Assignments.AsSpan().SequenceEqual(other.Assignments.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Period, Offset, Assignments.Length);
}
