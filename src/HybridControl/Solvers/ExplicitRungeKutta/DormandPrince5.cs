namespace HybridControl.Solvers;

/// <summary>Dormand and Prince's pair of orders 5 and 4: the default for smooth, non-stiff flows.</summary>
/// <remarks>Seven stages, the last shared with the next step. Dense output of order 4 from the same stages. Sources stand with <see cref="Tableaus.DormandPrince5"/>.</remarks>
public sealed record DormandPrince5 : AdaptiveRungeKutta
{
    /// <inheritdoc/>
    public override string Name => "dp5";

    /// <inheritdoc/>
    public override ButcherTableau Tableau => Tableaus.DormandPrince5;
}
