using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>A filter that moves covariances with Jacobians, in factor form.</summary>
/// <remarks>Shared by <see cref="KalmanFilter"/> and <see cref="ExtendedKalmanFilter"/>: they do the same arithmetic.</remarks>
public abstract class LinearizedFilter : GaussianFilter
{
    private readonly ArrayPrediction _prediction;
    private readonly ArrayUpdate _update;
    private readonly double[] _jacobian;
    private readonly double[] _noise;
    private readonly LinearizedSensor _sensed;

    /// <inheritdoc cref="GaussianFilter(TransitionModel, MeasurementModel?, GaussianBelief, double)"/>
    private protected LinearizedFilter(TransitionModel transition, MeasurementModel? sensor, GaussianBelief initial, double time)
        : base(transition, sensor, initial, time)
    {
        int n = transition.StateCount;
        _prediction = new ArrayPrediction(n, transition.NoiseCount);
        _update = new ArrayUpdate(n);
        _sensed = new LinearizedSensor(n);
        _jacobian = new double[n * n];
        _noise = new double[n * transition.NoiseCount];
    }

    /// <summary>The Jacobian F of the last prediction, n by n, row-major.</summary>
    public ReadOnlySpan<double> TransitionJacobian => _jacobian;

    /// <inheritdoc/>
    internal override EstimationStatus PredictCore(
        double from, double to, ReadOnlySpan<double> input, GaussianBelief prior, GaussianBelief result)
    {
        if (!Transition.Linearize(from, to, prior.Mean, input, result.MutableMean, _jacobian, _noise))
        {
            return EstimationStatus.FlowFailed;
        }

        _prediction.Apply(_jacobian, _noise, prior.Factor, result.MutableFactor);
        return EstimationStatus.Done;
    }

    /// <inheritdoc/>
    internal override EstimationStatus UpdateCore(
        MeasurementModel sensor, ReadOnlySpan<double> measurement, GaussianBelief prior, GaussianBelief result, Innovation innovation)
    {
        _sensed.Linearize(sensor, Time, prior.Mean, measurement, innovation);
        return _update.Apply(prior, _sensed.Jacobian, _sensed.Noise, sensor.Count, innovation, Transition.Geometry, result);
    }
}
