using HybridControl.Numerics;
using HybridControl.Symbolics.Emission;

namespace HybridControl.Automata;

/// <summary>What a watched function of a mode belongs to.</summary>
internal enum GuardRole
{
    /// <summary>The guard of a transition.</summary>
    Transition,

    /// <summary>An invariant; the function is positive where it is violated.</summary>
    Invariant,

    /// <summary>A branch of the flow or of a guard.</summary>
    Branch,

    /// <summary>A condition that is watched without consequences.</summary>
    Monitor,
}

/// <summary>One watched function of a mode: what it belongs to, and its code on the three number types.</summary>
/// <param name="Role">What it belongs to.</param>
/// <param name="Owner">Number of the transition, invariant, branch or monitor.</param>
/// <param name="Name">Name for messages.</param>
/// <param name="Graph">The graph that it is part of.</param>
/// <param name="Node">Its node there.</param>
/// <param name="States">The states that occur in it.</param>
/// <param name="IsStatic">Whether it depends on the data block only, so that it changes at instants only.</param>
/// <param name="IsOpaque">Whether it depends on a delegate, so that it has values but no enclosures.</param>
/// <param name="Value">The function.</param>
/// <param name="Enclosure">Its enclosure.</param>
/// <param name="Jet">Enclosures of the function, its slope and its half curvature.</param>
internal sealed record CompiledGuard(
    GuardRole Role,
    int Owner,
    string Name,
    Symbolics.ExprGraph Graph,
    int Node,
    int[] States,
    bool IsStatic,
    bool IsOpaque,
    PointFunction<double> Value,
    PointFunction<Ball> Enclosure,
    PointFunction<Jet> Jet);
