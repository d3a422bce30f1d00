using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>Fires at a tick of a clock, if the guard is then enabled: it is looked at nowhere else and never located.</summary>
/// <param name="Period">Period of the clock in seconds, positive; a formula of parameters, evaluated at the start.</param>
/// <param name="Offset">First tick after the start, in seconds, not negative; a formula of parameters, zero if null.</param>
/// <remarks>
/// Ticks are at t0 + offset + k * period with an integer k. Sampled updates and blocks that are due at the same instant run
/// first; then all sampled guards of the mode that is then active are looked at, once for this instant.
/// </remarks>
public sealed record SampledRule(Expr Period, Expr? Offset = null) : FiringRule
{
    /// <summary>First tick after the start, in seconds.</summary>
    public Expr Offset { get; init; } = Offset ?? Expr.Zero;
}
