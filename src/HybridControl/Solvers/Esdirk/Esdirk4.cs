namespace HybridControl.Solvers;

/// <summary>Kennedy and Carpenter's ESDIRK method of order 4(3): an expensive right-hand side, a Jacobian that may grow old.</summary>
/// <remarks>Five implicit stages, dense output of order 4 from the same stages. Sources stand with <see cref="EsdirkTableaus.KennedyCarpenter4"/>.</remarks>
public sealed record Esdirk4 : EsdirkMethod
{
    /// <inheritdoc/>
    public override string Name => "esdirk4";

    /// <inheritdoc/>
    public override EsdirkTableau Tableau => EsdirkTableaus.KennedyCarpenter4;
}
