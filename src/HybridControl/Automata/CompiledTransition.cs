using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>A transition without names: mode numbers, slots and programs.</summary>
/// <param name="Number">Its place in the declaration; transitions that fire together have numbers after all declared ones.</param>
/// <param name="Source">The declaration.</param>
/// <param name="From">Number of the declared mode it leaves; of several transitions, that of the first.</param>
/// <param name="To">Number of the declared mode it enters; of several transitions, that of the first.</param>
/// <param name="Resets">New values, one output for each target.</param>
/// <param name="Targets">State numbers, or ~slot for discrete variables.</param>
/// <param name="Priority">Priority, one output.</param>
/// <param name="Delay">Delay of a timer; null for other rules.</param>
/// <param name="HasGuard">Whether it has a guard that is not simply true.</param>
/// <param name="IsForced">Whether it fires where the invariant of its mode is left while it is enabled.</param>
internal sealed record CompiledTransition(
    int Number,
    Transition Source,
    int From,
    int To,
    ExprProgram Resets,
    int[] Targets,
    ExprProgram Priority,
    ExprProgram? Delay,
    bool HasGuard,
    bool IsForced)
{
    /// <summary>The declared transitions that fire together, in the order of declaration; null for a single one.</summary>
    public CompiledTransition[]? Members { get; init; }

    /// <summary>Whether it leads back to its own mode without leaving it.</summary>
    public bool IsInternal => From == To && !Source.External;

    /// <summary>The timer rule, if it has one.</summary>
    public AfterRule? Timer { get; } = Source.Rule as AfterRule;

    /// <summary>The clock at whose ticks its guard is looked at, if it has one.</summary>
    public SampledRule? Sampled { get; } = Source.Rule as SampledRule;

    /// <summary>Whether its priority is other than the constant zero.</summary>
    public bool HasPriority { get; } = !Source.Priority.Equals(Expr.Zero);
}
