namespace HybridControl.Neural.Identification;

/// <summary>What an identification makes small: a weighted sum.</summary>
public sealed record SsmLoss
{
    /// <summary>Weight of the negative log-likelihood of multi-step predictions: outputs followed from the inputs alone, from the first row to the last.</summary>
    public double Prediction { get; init; } = 1.0;

    /// <summary>Weight of the negative log-likelihood of innovations: one-step predictions of the system with a learned gain.</summary>
    public double Innovation { get; init; } = 1.0;

    /// <summary>
    /// Weight of the mean square residual of dx/dt = f(x, u) at the collocation points of <see cref="SsmIdentification.Physics"/>, in units of the
    /// usual rate of each state. With 100, a tenth of the usual rate weighs as much as an output that is off by one standard deviation.
    /// </summary>
    public double Physics { get; init; } = 100.0;
}
