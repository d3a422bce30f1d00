using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>May fire while the guard is enabled; a policy chooses when.</summary>
/// <param name="Policy">The choice.</param>
/// <param name="Mean">
/// Mean waiting time in seconds of <see cref="PermissivePolicy.Random"/>, evaluated when the guard becomes enabled; null for
/// the other policies. The waiting time is exponential, the law of a choice that does not depend on how long it has waited.
/// </param>
public sealed record PermissiveRule(PermissivePolicy Policy, Expr? Mean = null) : FiringRule
{
    /// <summary>Whether leaving the invariant makes it fire.</summary>
    internal bool IsForced => Policy is PermissivePolicy.Alap or PermissivePolicy.Random;
}
