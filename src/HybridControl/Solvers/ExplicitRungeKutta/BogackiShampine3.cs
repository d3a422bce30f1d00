namespace HybridControl.Solvers;

/// <summary>Bogacki and Shampine's pair of orders 3 and 2: for rough answers, and for flows with many kinks.</summary>
/// <remarks>Four stages, the last shared with the next step. Dense output of order 3 from the same stages. Sources stand with <see cref="Tableaus.BogackiShampine3"/>.
/// The estimate vanishes for a decay at h lambda = -1: do not give that as <see cref="AdaptiveSolver.InitialStep"/>.</remarks>
public sealed record BogackiShampine3 : AdaptiveRungeKutta
{
    /// <inheritdoc/>
    public override string Name => "bs3";

    /// <inheritdoc/>
    public override ButcherTableau Tableau => Tableaus.BogackiShampine3;
}
