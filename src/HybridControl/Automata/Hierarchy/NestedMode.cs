using System.Collections.Immutable;

namespace HybridControl.Automata.Hierarchy;

/// <summary>A mode that may have modes inside it.</summary>
internal sealed class NestedMode(Mode mode, ImmutableArray<NestedMode> children)
{
    /// <summary>Its full name, and what it adds to the modes inside it: flow, diffusion and invariants.</summary>
    public Mode Mode { get; } = mode;

    /// <summary>The modes inside it; empty for a plain mode.</summary>
    public ImmutableArray<NestedMode> Children { get; } = children;

    /// <summary>What is written when it is entered, after the jump's own reset and the entries of the modes around it.</summary>
    public ImmutableArray<Assignment> Entry { get; init; } = [];

    /// <summary>What is written when it is left, before the jump's own reset and the exits of the modes around it.</summary>
    public ImmutableArray<Assignment> Exit { get; init; } = [];

    /// <summary>Full name of the mode inside that is entered first; null for the first declared.</summary>
    public string? Initial { get; init; }

    /// <summary>Whether it is entered where it was left, rather than in its initial mode.</summary>
    public bool HasHistory { get; init; }

    /// <summary>The mode around it; set where modes are collected.</summary>
    public NestedMode? Parent { get; set; }

    /// <summary>Its full name.</summary>
    public string Name => Mode.Name;

    /// <summary>Whether it says anything that a plain mode cannot say.</summary>
    public bool IsPlain => Children.IsEmpty && Entry.IsEmpty && Exit.IsEmpty && !HasHistory && Initial is null;

    /// <summary>The discrete variable that remembers which mode inside was active, counted from zero.</summary>
    public string HistoryName => $"{Name}.history";

    /// <summary>The state that counts the seconds since it was entered.</summary>
    public string ClockName => $"{Name}.clock";

    /// <summary>The place of the initial mode among the modes inside.</summary>
    public int InitialChild => Math.Max(0, Children.ToList().FindIndex(child => child.Name == Initial));

    /// <summary>It and the modes around it, from the inside out.</summary>
    public IEnumerable<NestedMode> Path
    {
        get
        {
            for (NestedMode? mode = this; mode is not null; mode = mode.Parent)
            {
                yield return mode;
            }
        }
    }

    /// <summary>The plain modes in it; itself, if it is plain.</summary>
    public IEnumerable<NestedMode> Leaves => Children.IsEmpty ? [this] : Children.SelectMany(child => child.Leaves);

    /// <summary>Whether another mode lies in it, however deep; not itself.</summary>
    public bool Contains(NestedMode other) => other != this && other.Path.Contains(this);
}
