using HybridControl.Diagnostics;
using HybridControl.Dynamics;

namespace HybridControl.Solvers;

/// <summary>Adams-Bashforth-Moulton of variable order and step: for smooth flows whose right-hand side is expensive, at tight tolerances.</summary>
/// <remarks>
/// Two evaluations a step, at any order. A step of k remembered slopes is predicted with order k and corrected with order k + 1 (local extrapolation); up to 11 are remembered, so
/// orders are 2 to 12. Dense output is the polynomial that the corrector integrates, of degree k + 1, and meets both ends of the step. A past begins
/// with a step of DOP853. Not for stiff flows. Source: L. F. Shampine and M. K. Gordon,
/// Computer Solution of Ordinary Differential Equations (Freeman, 1975); modified divided differences after F. T. Krogh.
/// </remarks>
public sealed record Adams : AdaptiveSolver
{
    /// <inheritdoc/>
    public override string Name => "adams";

    /// <summary>The highest order in use.</summary>
    public override int Order => MaximumOrder;

    /// <summary>The highest order to use, 2 to 12.</summary>
    public int MaximumOrder { get; init; } = AdamsStepper.HighestOrder;

    /// <inheritdoc/>
    internal override object Method => typeof(Adams);

    /// <inheritdoc/>
    internal override MethodCode Compile(OdeFunction function) => new MultistepCode(function, new DormandPrince853());

    /// <inheritdoc/>
    internal override Stepper Start(int dimension, double[] data) => new AdamsStepper(Settings, MaximumOrder, dimension, data);

    /// <inheritdoc/>
    internal override IEnumerable<Finding> Validate()
    {
        foreach (Finding finding in base.Validate())
        {
            yield return finding;
        }

        if (MaximumOrder is < 2 or > AdamsStepper.HighestOrder)
        {
            yield return new($"solver {Name}", $"maximum order {MaximumOrder}", $"Give a number from 2 to {AdamsStepper.HighestOrder}.");
        }
    }
}
