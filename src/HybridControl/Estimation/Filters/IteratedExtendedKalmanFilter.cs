using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>The iterated extended Kalman filter: linearises the sensor again where the update has led to, in square-root form.</summary>
/// <remarks>
/// Each pass is a Gauss-Newton step for the most probable state: z - h(x_i) - H_i (m - x_i) is used as the innovation, with H_i at
/// x_i. Mean and covariance are those of the last pass; innovation, gate and likelihood those of the first, before the measurement
/// was used: the first pass alone is the extended filter. Worth it for precise and curved sensors. Predictions are those of the extended filter.
/// B. M. Bell and F. W. Cathey, IEEE Trans. Autom. Control 38 (1993), 294-297.
/// </remarks>
public sealed class IteratedExtendedKalmanFilter : LinearizedFilter
{
    private readonly double[] _point;
    private readonly double[] _shift;
    private readonly Innovation _inner = new();
    private int _maximumPasses = 20;
    private double _tolerance = 1e-9;

    /// <summary>Starts a filter.</summary>
    /// <param name="transition">How the states move.</param>
    /// <param name="sensor">The sensor of updates that name none; null if every update names its own.</param>
    /// <param name="initial">The belief at <paramref name="time"/>; copied.</param>
    /// <param name="time">Time of the initial belief, in seconds.</param>
    /// <exception cref="ModelException">The sizes do not fit.</exception>
    public IteratedExtendedKalmanFilter(TransitionModel transition, MeasurementModel? sensor, GaussianBelief initial, double time = 0.0)
        : base(transition, sensor, initial, time)
    {
        _point = new double[transition.StateCount];
        _shift = new double[transition.StateCount];
    }

    /// <summary>The largest number of passes of an update; 20 by default.</summary>
    /// <exception cref="ModelException">Not positive.</exception>
    public int MaximumPasses
    {
        get => _maximumPasses;
        init => _maximumPasses = value > 0
            ? value
            : throw new ModelException("filter.passes", $"{value} passes", "Give a positive number.");
    }

    /// <summary>Passes end when no state moves by more than this part of its standard deviation; 1e-9 by default, 0 to make all passes.</summary>
    /// <exception cref="ModelException">Negative or not finite.</exception>
    public double Tolerance
    {
        get => _tolerance;
        init => _tolerance = value >= 0.0 && double.IsFinite(value)
            ? value
            : throw new ModelException(
                "filter.tolerance", FormattableString.Invariant($"the tolerance {value}"), "Give zero or a small positive number.");
    }

    /// <summary>Passes of the last update.</summary>
    public int Passes { get; private set; }

    /// <summary>Whether the last update came to rest within its passes.</summary>
    public bool Converged { get; private set; }

    /// <inheritdoc/>
    internal override EstimationStatus UpdateCore(
        MeasurementModel sensor, ReadOnlySpan<double> measurement, GaussianBelief prior, GaussianBelief result, Innovation innovation)
    {
        StateGeometry geometry = Transition.Geometry;
        prior.Mean.CopyTo(_point);
        Converged = false;
        _inner.Begin(measurement);
        for (Passes = 1; ; Passes++)
        {
            Innovation seen = Passes == 1 ? innovation : _inner;
            Sensed.Linearize(sensor is CorrelatedMeasurement correlated ? correlated.Own : sensor, Time, _point, measurement, seen);
            geometry.Subtract(prior.Mean, _point, _shift);
            for (int i = 0; i < seen.Count; i++)
            {
                seen.MutableValue[i] -= Dense.Dot(Sensed.Jacobian.Slice(i * StateCount, StateCount), _shift);
            }

            EstimationStatus status = Correct(sensor, prior, result, seen);
            if (status != EstimationStatus.Done || !result.IsFinite)
            {
                return status;
            }

            geometry.Subtract(result.Mean, _point, _shift);
            result.Mean.CopyTo(_point);
            Converged = IsAtRest(result);
            if (Passes == MaximumPasses || (Converged && Tolerance > 0.0))
            {
                return status;
            }
        }
    }

    private bool IsAtRest(GaussianBelief belief)
    {
        for (int i = 0; i < StateCount; i++)
        {
            if (!(Math.Abs(_shift[i]) <= (Tolerance * belief.Deviation(i)) + (1e-14 * Math.Abs(belief.Mean[i]))))
            {
                return false;
            }
        }

        return true;
    }
}
