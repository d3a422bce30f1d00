namespace HybridControl.Solvers;

/// <summary>Dormand and Prince's method of order 8 with Hairer's error estimate: for smooth flows and errors below 1e-7 or so.</summary>
/// <remarks>
/// Twelve evaluations a step. Dense output of order 7 costs three more, in steps that need it: where a guard is watched or the
/// whole trajectory is recorded. Sources stand with <see cref="Tableaus.DormandPrince853"/>.
/// </remarks>
public sealed record DormandPrince853 : AdaptiveRungeKutta
{
    /// <inheritdoc/>
    public override string Name => "dop853";

    /// <inheritdoc/>
    public override ButcherTableau Tableau => Tableaus.DormandPrince853;

    /// <inheritdoc/>
    internal override StepControl Control => StepControl.HighOrder;
}
