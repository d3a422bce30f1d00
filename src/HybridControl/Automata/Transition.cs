using System.Collections.Immutable;
using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>A jump from one mode to another, or back to the same.</summary>
/// <remarks>Immutable. The meaning of every option stands in the semantics section of the documentation.</remarks>
public sealed record Transition
{
    /// <summary>Name for event lists and messages.</summary>
    public required string Name { get; init; }

    /// <summary>Name of the mode it leaves.</summary>
    public required string From { get; init; }

    /// <summary>Name of the mode it enters.</summary>
    public required string To { get; init; }

    /// <summary>
    /// What it fires together with: one transition of this label in every region that has any. Null for a transition that
    /// fires alone.
    /// </summary>
    public string? Label { get; init; }

    /// <summary>When it is enabled; always, if absent.</summary>
    public Condition Guard { get; init; } = Condition.True;

    /// <summary>When it fires while enabled.</summary>
    public FiringRule Rule { get; init; } = FiringRule.Urgent;

    /// <summary>What it writes; variables not named keep their value.</summary>
    public ImmutableArray<Assignment> Resets { get; init; } = [];

    /// <summary>Order among transitions due at one instant: the highest goes first. An expression, evaluated there.</summary>
    public Expr Priority { get; init; } = Expr.Zero;

    /// <summary>Whether it stays due when another jump at the same instant disables its guard.</summary>
    public bool Persistent { get; init; } = true;

    /// <summary>Whether a self-loop leaves and re-enters its mode: timers restart, other due transitions are dropped.</summary>
    public bool External { get; init; }

    /// <summary>Whether a guard that touches zero without crossing fires it.</summary>
    public bool FireOnTouch { get; init; }

    /// <summary>When its reset expressions are evaluated.</summary>
    public ResetValues Values { get; init; } = ResetValues.AtExecution;

    /// <inheritdoc/>
    public bool Equals(Transition? other) =>
        other is not null && Name == other.Name && From == other.From && To == other.To && Label == other.Label && Guard.Equals(other.Guard) &&
        Rule.Equals(other.Rule) && Resets.AsSpan().SequenceEqual(other.Resets.AsSpan()) &&
        Priority.Equals(other.Priority) && Persistent == other.Persistent && External == other.External &&
        FireOnTouch == other.FireOnTouch && Values == other.Values;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, From, To, Guard, Rule, Resets.Length, Priority);
}
