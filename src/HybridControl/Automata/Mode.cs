using System.Collections.Immutable;

namespace HybridControl.Automata;

/// <summary>A mode of an automaton: a flow and what must hold while it is active.</summary>
/// <param name="Name">Name, unique among the modes.</param>
/// <param name="Flow">Its differential equation.</param>
/// <param name="Invariants">What must hold while it is active.</param>
public sealed record Mode(string Name, Flow Flow, ImmutableArray<Invariant> Invariants)
{
    /// <summary>The states that exist in this mode; null, the default, for all of the model.</summary>
    /// <remarks>
    /// Another state has no value while the mode is active: nothing may read it, trajectories give NaN for it, and a
    /// transition to a mode where it exists has to give it one.
    /// </remarks>
    public ImmutableArray<string>? States { get; init; }

    /// <summary>Whether a state exists in this mode.</summary>
    public bool Has(string state) => States is not { } own || own.Contains(state);

    /// <summary>
    /// The region that the mode belongs to: one mode of each region is active at a time. Empty in an automaton of one region.
    /// </summary>
    public string Region { get; init; } = "";

    /// <summary>What Wiener processes add to the flow: dx = f dt + G dW (Ito); empty for an ordinary flow.</summary>
    public ImmutableArray<DiffusionTerm> Diffusion { get; init; } = [];

    /// <summary>The equations of the algebraic variables, one for each that exists in this mode.</summary>
    public ImmutableArray<AlgebraicEquation> Equations { get; init; } = [];

    /// <summary>The entries of the mass matrix M where the flow is M x' = f; empty for the identity.</summary>
    public ImmutableArray<MassEntry> Mass { get; init; } = [];

    /// <inheritdoc/>
    public bool Equals(Mode? other) =>
        other is not null && Name == other.Name && Region == other.Region &&
        States is null == other.States is null && (States ?? []).AsSpan().SequenceEqual((other.States ?? []).AsSpan()) && Flow.Equals(other.Flow) &&
        Equations.AsSpan().SequenceEqual(other.Equations.AsSpan()) && Mass.AsSpan().SequenceEqual(other.Mass.AsSpan()) &&
        Diffusion.AsSpan().SequenceEqual(other.Diffusion.AsSpan()) && Invariants.AsSpan().SequenceEqual(other.Invariants.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Flow, Invariants.Length);
}
