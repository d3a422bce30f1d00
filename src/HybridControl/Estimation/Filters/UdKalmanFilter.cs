using HybridControl.Diagnostics;

namespace HybridControl.Estimation;

/// <summary>The Kalman filter in U D U' form: Thornton's prediction and Bierman's update. The extended filter where models are nonlinear.</summary>
/// <remarks>
/// The same beliefs as <see cref="KalmanFilter"/> by other arithmetic: unit triangles and pivots instead of reflections, one component of
/// a measurement after the other. Zero pivots are handled, so that semidefinite priors, Q and R are fine. Between steps the belief
/// is held as the Cholesky factor U sqrt(D), which costs n^2 to convert. About 1.5 n^3 multiplications a prediction with q = n and 2 m n^2 an
/// update; nothing is allocated after the first of each. G. J. Bierman, Factorization Methods for Discrete Sequential Estimation (1977).
/// </remarks>
public sealed class UdKalmanFilter : GaussianFilter
{
    private readonly ThorntonPrediction _prediction;
    private readonly BiermanUpdate _update;
    private readonly LinearizedSensor _sensed;
    private readonly double[] _jacobian;
    private readonly double[] _noise;

    /// <summary>Starts a filter.</summary>
    /// <param name="transition">How the states move.</param>
    /// <param name="sensor">The sensor of updates that name none; null if every update names its own.</param>
    /// <param name="initial">The belief at <paramref name="time"/>; copied.</param>
    /// <param name="time">Time of the initial belief, in seconds.</param>
    /// <exception cref="ModelException">The sizes do not fit.</exception>
    public UdKalmanFilter(TransitionModel transition, MeasurementModel? sensor, GaussianBelief initial, double time = 0.0)
        : base(transition, sensor, initial, time)
    {
        int n = transition.StateCount;
        _prediction = new ThorntonPrediction(n, transition.NoiseCount);
        _update = new BiermanUpdate(n);
        _sensed = new LinearizedSensor(n);
        _jacobian = new double[n * n];
        _noise = new double[n * transition.NoiseCount];
    }

    /// <inheritdoc/>
    internal override EstimationStatus PredictCore(
        double from, double to, ReadOnlySpan<double> input, GaussianBelief prior, GaussianBelief result)
    {
        if (!Transition.Linearize(from, to, prior.Mean, input, result.MutableMean, _jacobian, _noise))
        {
            return Transition.Failure;
        }

        _prediction.Apply(_jacobian, _noise, prior, result.MutableFactor);
        return EstimationStatus.Done;
    }

    /// <inheritdoc/>
    internal override EstimationStatus UpdateCore(
        MeasurementModel sensor, ReadOnlySpan<double> measurement, GaussianBelief prior, GaussianBelief result, Innovation innovation)
    {
        _sensed.Linearize(sensor, Time, prior.Mean, measurement, innovation);
        return _update.Apply(prior, _sensed, sensor.Count, innovation, Transition.Geometry, result);
    }

    /// <inheritdoc/>
    internal override int DeviationColumns => StateCount + Transition.NoiseCount;

    /// <inheritdoc/>
    internal override void WriteDeviations(GaussianBelief prior, GaussianBelief predicted, Span<double> deviations, Span<double> lengths) =>
        LinearDeviations.Write(_jacobian, _noise, prior, deviations, lengths);
}
