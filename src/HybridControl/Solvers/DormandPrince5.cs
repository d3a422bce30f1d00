namespace HybridControl.Solvers;

/// <summary>Dormand and Prince's pair of orders 5 and 4: the default for smooth, non-stiff flows.</summary>
public sealed record DormandPrince5 : Solver
{
    /// <inheritdoc/>
    public override string Name => "dp5";

    /// <inheritdoc/>
    public override int Order => 5;

    /// <summary>Relative error tolerance.</summary>
    public double RelativeTolerance { get; init; } = 1e-6;

    /// <summary>Absolute error tolerance.</summary>
    public double AbsoluteTolerance { get; init; } = 1e-9;
}
