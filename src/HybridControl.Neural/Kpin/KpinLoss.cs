namespace HybridControl.Neural.Kpin;

/// <summary>What a training makes small: a weighted sum of terms, each a mean over steps.</summary>
/// <remarks>
/// The default learns from measurements alone: the negative logarithm of the likelihood of each measurement given those before
/// it. Squared errors of states say nothing of covariances, so that they come beside the likelihood of the states only.
/// </remarks>
public sealed record KpinLoss
{
    /// <summary>Weight of 1/2 (log |2 pi S| + nu' S^-1 nu): innovations; needs measurements only.</summary>
    public double Innovation { get; init; } = 1.0;

    /// <summary>Weight of 1/2 (log |2 pi P| + e' P^-1 e): errors of the states; needs true states.</summary>
    public double State { get; init; }

    /// <summary>Weight of |e|^2 beside it.</summary>
    public double SquaredError { get; init; }

    /// <summary>Weight of the likelihood of measurements foretold over several steps without updates, so that the model alone is good.</summary>
    public double Overshoot { get; init; }

    /// <summary>The most steps to foretell; each iteration draws from 1 to this.</summary>
    public int Horizon { get; init; } = 10;

    /// <summary>Weight of |d / s|^2: residuals stay small where data do not ask for them.</summary>
    public double Residual { get; init; }

    /// <summary>Weight of the squared logarithms of the noise factors: noise stays that of the model where data do not ask for more.</summary>
    public double NoiseScale { get; init; } = 0.01;

    /// <summary>Weight of |dd/dx|^2 in scaled units: residuals stay smooth.</summary>
    public double Jacobian { get; init; }
}
