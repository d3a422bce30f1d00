using HybridControl.Diagnostics;

namespace HybridControl.Estimation;

/// <summary>The cubature Kalman filter: 2n points of equal weight at m + sqrt(n) L_i and m - sqrt(n) L_i, in square-root form.</summary>
/// <remarks>
/// Nothing to tune: exact for polynomials of degree three in the mean. With many states its points lie far out, and the
/// unscented filter can keep them closer. I. Arasaratnam and S. Haykin, IEEE Trans. Autom. Control 54 (2009), 1254-1269.
/// </remarks>
public sealed class CubatureKalmanFilter : SigmaPointFilter
{
    /// <summary>Starts a filter.</summary>
    /// <param name="transition">How the states move.</param>
    /// <param name="sensor">The sensor of updates that name none; null if every update names its own.</param>
    /// <param name="initial">The belief at <paramref name="time"/>; copied.</param>
    /// <param name="time">Time of the initial belief, in seconds.</param>
    /// <exception cref="ModelException">The sizes do not fit.</exception>
    public CubatureKalmanFilter(TransitionModel transition, MeasurementModel? sensor, GaussianBelief initial, double time = 0.0)
        : base(transition, sensor, initial, time) => Rule = SigmaPointRule.Cubature(transition.StateCount);

    /// <inheritdoc/>
    private protected override SigmaPointRule Rule { get; }
}
