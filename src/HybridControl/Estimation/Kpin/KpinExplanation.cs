using System.Collections.Immutable;

namespace HybridControl.Estimation;

/// <summary>Why an estimate is where it is: what physics, network and measurement have each contributed since the last step.</summary>
public sealed record KpinExplanation
{
    /// <summary>What the nominal model did, n numbers: f(x) - x.</summary>
    public required ImmutableArray<double> PhysicsStep { get; init; }

    /// <summary>What the network added, n numbers: G d times the length of the step.</summary>
    public required ImmutableArray<double> NetworkStep { get; init; }

    /// <summary>What the measurement added, n numbers: K nu; zero if none was used.</summary>
    /// <remarks>The three steps add up to the new estimate minus the one before.</remarks>
    public required ImmutableArray<double> InnovationStep { get; init; }

    /// <summary>Length of the network's step relative to that of physics; infinite if physics stood still.</summary>
    public required double NetworkShare { get; init; }

    /// <summary>Logarithms of the factors of process noise in use, q numbers, after clipping.</summary>
    public required ImmutableArray<double> ProcessLogScales { get; init; }

    /// <summary>Logarithms of the factors of measurement noise in use, m numbers, after clipping.</summary>
    public required ImmutableArray<double> MeasurementLogScales { get; init; }

    /// <summary>The innovation nu of the components that were measured, k numbers.</summary>
    public required ImmutableArray<double> Innovation { get; init; }

    /// <summary>Its covariance S, k by k, row-major.</summary>
    public required ImmutableArray<double> InnovationCovariance { get; init; }

    /// <summary>The normalised innovation squared.</summary>
    public required double NormalizedSquare { get; init; }

    /// <summary>The Kalman gain K0 for the noise in use, n by k, row-major; empty after an update by another sensor.</summary>
    public required ImmutableArray<double> KalmanGain { get; init; }

    /// <summary>The gain K in use, n by k, row-major: that of Kalman plus the gated correction.</summary>
    public required ImmutableArray<double> Gain { get; init; }

    /// <summary>Squared Mahalanobis distance of the features from those of training; NaN if no envelope is known.</summary>
    public required double FeatureDistance { get; init; }
}
