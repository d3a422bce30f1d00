using HybridControl.Diagnostics;

namespace HybridControl.Estimation;

/// <summary>The Kalman filter for linear models, in square-root form.</summary>
/// <remarks>
/// Mean and Cholesky factor of the covariance; prediction and update triangularise arrays. About 2 n^3 multiplications a
/// prediction and (n + m)^2 n an update; nothing is allocated after the first of each. R. E. Kalman, J. Basic Eng. 82 (1960), 35-45;
/// T. Kailath, A. H. Sayed and B. Hassibi, Linear Estimation (2000), chapter 12.
/// </remarks>
public sealed class KalmanFilter : LinearizedFilter
{
    /// <summary>Starts a filter.</summary>
    /// <param name="transition">How the states move; linear.</param>
    /// <param name="sensor">The sensor of updates that name none, linear; null if every update names its own.</param>
    /// <param name="initial">The belief at <paramref name="time"/>; copied.</param>
    /// <param name="time">Time of the initial belief, in seconds.</param>
    /// <exception cref="ModelException">A model is not linear, or the sizes do not fit.</exception>
    public KalmanFilter(TransitionModel transition, MeasurementModel? sensor, GaussianBelief initial, double time = 0.0)
        : base(transition, sensor, initial, time)
    {
        if (!transition.IsLinear || sensor is { IsLinear: false })
        {
            throw new ModelException(
                transition.IsLinear ? "filter.sensor" : "filter.transition",
                "the model is not linear in its states",
                "Use ExtendedKalmanFilter, UnscentedKalmanFilter or another filter for nonlinear models.");
        }
    }
}
