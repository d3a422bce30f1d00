using System.Collections.Immutable;

namespace HybridControl.Estimation;

/// <summary>The answer of <see cref="ExpectationMaximization"/>.</summary>
public sealed record EmFit
{
    /// <summary>How it ended: <see cref="FitStatus.Converged"/>, <see cref="FitStatus.NotConverged"/> or <see cref="FitStatus.NoLikelihood"/>.</summary>
    public required FitStatus Status { get; init; }

    /// <summary>The transition with the estimated F and Q.</summary>
    public required LinearTransition Transition { get; init; }

    /// <summary>The sensor with the estimated H and R.</summary>
    public required LinearMeasurement Sensor { get; init; }

    /// <summary>F, n by n.</summary>
    public required double[,] F { get; init; }

    /// <summary>Q, n by n.</summary>
    public required double[,] Q { get; init; }

    /// <summary>H, m by n.</summary>
    public required double[,] H { get; init; }

    /// <summary>R, m by m.</summary>
    public required double[,] R { get; init; }

    /// <summary>The log-likelihood before each iteration and of the answer; it never falls.</summary>
    public required ImmutableArray<double> LogLikelihoods { get; init; }
}
