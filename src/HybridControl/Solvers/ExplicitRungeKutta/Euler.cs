namespace HybridControl.Solvers;

/// <summary>Euler's method of order 1, with a fixed step: for comparison and teaching.</summary>
/// <remarks>One evaluation a step. Dense output is the cubic Hermite polynomial. Sources stand with <see cref="Tableaus.Euler"/>.</remarks>
public sealed record Euler : FixedStepRungeKutta
{
    /// <inheritdoc/>
    public override string Name => "euler";

    /// <inheritdoc/>
    public override ButcherTableau Tableau => Tableaus.Euler;
}
