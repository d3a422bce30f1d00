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
    private bool _isLinearized;
    private SharedNoise? _shared;
    private DiffuseStart? _diffuse;

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
        if (sensor is CorrelatedMeasurement correlated)
        {
            ShareNoise(correlated);
        }
    }

    /// <summary>The Jacobian F of the last prediction, n by n, row-major.</summary>
    public ReadOnlySpan<double> TransitionJacobian => _jacobian;

    /// <summary>The sensor of the present update.</summary>
    private protected LinearizedSensor Sensed => _sensed;

    /// <inheritdoc/>
    internal override EstimationStatus PredictCore(
        double from, double to, ReadOnlySpan<double> input, GaussianBelief prior, GaussianBelief result)
    {
        bool isSame = _isLinearized && Transition.HasConstantLinearization;
        if (!(isSame
            ? Transition.Propagate(from, to, prior.Mean, input, result.MutableMean)
            : Transition.Linearize(from, to, prior.Mean, input, result.MutableMean, _jacobian, _noise)))
        {
            return Transition.Failure;
        }

        _isLinearized = true;
        if (_shared is not null)
        {
            _shared.Predict(_jacobian, _noise, prior, Transition.Geometry, result);
        }
        else
        {
            _prediction.Apply(_jacobian, _noise, prior, result, isSame);
        }

        result.MutableDiffuse(0);
        if (prior.DiffuseRank > 0)
        {
            _diffuse ??= new DiffuseStart(StateCount);
            _diffuse.Predict(_jacobian, prior, result);
        }

        return EstimationStatus.Done;
    }

    /// <inheritdoc/>
    internal override EstimationStatus UpdateCore(
        MeasurementModel sensor, ReadOnlySpan<double> measurement, GaussianBelief prior, GaussianBelief result, Innovation innovation)
    {
        _sensed.Linearize(sensor is CorrelatedMeasurement correlated ? correlated.Own : sensor, Time, prior.Mean, measurement, innovation);
        return Correct(sensor, prior, result, innovation);
    }

    /// <summary>Updates a belief with the innovation and the linearised sensor.</summary>
    private protected EstimationStatus Correct(MeasurementModel sensor, GaussianBelief prior, GaussianBelief result, Innovation innovation)
    {
        var correlated = sensor as CorrelatedMeasurement;
        if (correlated is not null)
        {
            ShareNoise(correlated);
        }

        if (prior.DiffuseRank > 0)
        {
            _diffuse ??= new DiffuseStart(StateCount);
            return _shared is null
                ? _diffuse.Update(prior, _sensed, sensor.Count, innovation, Transition.Geometry, result)
                : throw new ModelException(
                    "filter.initial", "directions of the belief are unknown while a sensor feels the process noise", "Give a finite covariance.");
        }

        result.MutableDiffuse(0);
        if (_shared is not null && (correlated is not null || prior.Memory is { IsActive: true }))
        {
            return _shared.Update(prior, _sensed, sensor, innovation, Transition.Geometry, result);
        }

        result.Memory?.Forget();
        return _update.Apply(
            prior, _sensed.Jacobian, _sensed.Noise, sensor.Count, innovation, Transition.Geometry, result, _sensed.Version);
    }

    /// <inheritdoc/>
    internal override int DeviationColumns => StateCount + Transition.NoiseCount;

    /// <inheritdoc/>
    internal override int RememberedSources => _shared is { Step: CorrelatedStep.Ending } ? Transition.NoiseCount : 0;

    /// <inheritdoc/>
    /// <remarks>[F L, G], or [F L + G C, G D] of sources that a sensor has felt before the step.</remarks>
    internal override void WriteDeviations(GaussianBelief prior, GaussianBelief predicted, Span<double> deviations, Span<double> lengths)
    {
        LinearDeviations.Write(_jacobian, _noise, prior, deviations, lengths);
        if (_shared is { Step: CorrelatedStep.Starting } && prior.Memory is { IsActive: true } felt)
        {
            LinearDeviations.ClearNoise(deviations, StateCount);
            SharedNoise.AddFelt(_noise, felt, deviations, StateCount);
        }
    }

    /// <inheritdoc/>
    internal override void WriteUnknown(GaussianBelief prior, Span<double> moved, Span<double> lengths) =>
        UnknownDirections.Move(_jacobian, prior.DiffuseFactor, moved, lengths);

    /// <inheritdoc/>
    internal override bool TakesUnknown => true;

    /// <inheritdoc/>
    internal override bool TakesCorrelatedNoise => true;

    private void ShareNoise(CorrelatedMeasurement sensor)
    {
        if (sensor.SourceCount != Transition.NoiseCount)
        {
            CovarianceFactor.CheckCount("correlation.loading: columns", sensor.SourceCount, Transition.NoiseCount);
        }

        if (_shared is null ? sensor.Step == CorrelatedStep.Ending && sensor != Sensor : _shared.Step != sensor.Step)
        {
            throw new ModelException(
                SensorCheck.NameOf(sensor),
                $"it feels the noise of the {(sensor.Step == CorrelatedStep.Ending ? "ending" : "starting")} step, which the filter was not made for",
                "Make the filter with this sensor; sensors of one filter must all feel the starting or all the ending step.");
        }

        _shared ??= new SharedNoise(StateCount, Transition.NoiseCount, sensor.Step);
    }
}
