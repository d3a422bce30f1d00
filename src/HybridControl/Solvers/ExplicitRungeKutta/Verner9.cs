namespace HybridControl.Solvers;

/// <summary>Verner's pair of orders 9 and 8: for smooth flows and errors near the rounding of double precision.</summary>
/// <remarks>
/// Sixteen evaluations a step. Dense output of order 8 costs four more, in steps that need it: where a guard is watched or the
/// whole trajectory is recorded. Sources stand with <see cref="Tableaus.Verner9"/>.
/// </remarks>
public sealed record Verner9 : AdaptiveRungeKutta
{
    /// <inheritdoc/>
    public override string Name => "vern9";

    /// <inheritdoc/>
    public override ButcherTableau Tableau => Tableaus.Verner9;

    /// <inheritdoc/>
    internal override StepControl Control => StepControl.HighOrder;
}
