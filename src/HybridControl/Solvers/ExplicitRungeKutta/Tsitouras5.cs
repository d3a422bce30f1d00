namespace HybridControl.Solvers;

/// <summary>Tsitouras' pair of orders 5 and 4: as costly as Dormand and Prince's, with a smaller error on many problems.</summary>
/// <remarks>Seven stages, the last shared with the next step. Dense output of order 4 from the same stages. Sources stand with <see cref="Tableaus.Tsitouras5"/>.</remarks>
public sealed record Tsitouras5 : AdaptiveRungeKutta
{
    /// <inheritdoc/>
    public override string Name => "tsit5";

    /// <inheritdoc/>
    public override ButcherTableau Tableau => Tableaus.Tsitouras5;
}
