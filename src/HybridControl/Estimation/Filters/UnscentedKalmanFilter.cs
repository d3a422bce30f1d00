using HybridControl.Diagnostics;

namespace HybridControl.Estimation;

/// <summary>The unscented Kalman filter: 2n + 1 points at the mean and at m + s L_i and m - s L_i, in square-root form.</summary>
/// <remarks>
/// <para>
/// s^2 = alpha^2 (n + kappa). Points weigh 1/(2 s^2); the centre weighs 1 - n/s^2 in means and 2 - n/s^2 - alpha^2 + beta in
/// covariances. A negative weight of the centre is harmless here: the covariance has a real factor for every function as long as
/// kappa is at least -n beta/alpha^2, and is told to be indefinite (<see cref="EstimationStatus.Indefinite"/>) beyond, where it is.
/// </para>
/// <para>
/// A very small alpha makes differences of nearly equal numbers: alpha = 1e-3 costs six digits of the mean. L is the lower
/// triangular factor; another factor gives other points. S. J. Julier and J. K. Uhlmann, Proc. IEEE 92 (2004), 401-422;
/// E. A. Wan and R. van der Merwe, in S. Haykin, Kalman Filtering and Neural Networks (2001), chapter 7.
/// </para>
/// </remarks>
public sealed class UnscentedKalmanFilter : SigmaPointFilter
{
    private readonly SigmaPointRule _rule;
    private readonly SigmaPointSpread _spread = new();

    /// <summary>Starts a filter.</summary>
    /// <param name="transition">How the states move.</param>
    /// <param name="sensor">The sensor of updates that name none; null if every update names its own.</param>
    /// <param name="initial">The belief at <paramref name="time"/>; copied.</param>
    /// <param name="time">Time of the initial belief, in seconds.</param>
    /// <exception cref="ModelException">The sizes do not fit.</exception>
    public UnscentedKalmanFilter(TransitionModel transition, MeasurementModel? sensor, GaussianBelief initial, double time = 0.0)
        : base(transition, sensor, initial, time) => _rule = _spread.Rule(transition.StateCount);

    /// <summary>Where the points lie and what they weigh; alpha = 1, beta = 2, kappa = 0 by default.</summary>
    /// <exception cref="ModelException">The numbers make no points.</exception>
    public SigmaPointSpread Spread
    {
        get => _spread;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            _spread = value;
            _rule = value.Rule(StateCount);
        }
    }

    /// <inheritdoc/>
    private protected override SigmaPointRule Rule => _rule;
}
