using HybridControl.Diagnostics;

namespace HybridControl.Estimation;

/// <summary>The extended Kalman filter: the Kalman filter of the model linearised at the mean, in square-root form.</summary>
/// <remarks>
/// Jacobians are exact where models are expressions. With a <see cref="FlowTransition"/> it is the continuous-discrete filter.
/// First order: where curvature matters over one standard deviation it is overconfident, then a sigma-point filter is better.
/// A. H. Jazwinski, Stochastic Processes and Filtering Theory (1970).
/// </remarks>
public sealed class ExtendedKalmanFilter : LinearizedFilter
{
    /// <summary>Starts a filter.</summary>
    /// <param name="transition">How the states move.</param>
    /// <param name="sensor">The sensor of updates that name none; null if every update names its own.</param>
    /// <param name="initial">The belief at <paramref name="time"/>; copied.</param>
    /// <param name="time">Time of the initial belief, in seconds.</param>
    /// <exception cref="ModelException">The sizes do not fit.</exception>
    public ExtendedKalmanFilter(TransitionModel transition, MeasurementModel? sensor, GaussianBelief initial, double time = 0.0)
        : base(transition, sensor, initial, time)
    {
    }
}
