using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>A Kalman filter whose dynamics, noise and gain a network corrects within declared bounds (KPIN).</summary>
/// <remarks>
/// <para>
/// x- = f(x, u) + h G d, d = s tanh(r(z)), F = df/dx + h G dd/dx exactly; Q = (A D)(A D)' with A the nominal factor and
/// D = diag exp(clip(l, -a, a)), R likewise; S = H P- H' + R, K = K0 + g dK, P = (I - K H) P- (I - K H)' + K R K'. h is the length of
/// the step; all is in factor form. Where the gain is Kalman's the array update is used, which equals Joseph's form there.
/// </para>
/// <para>
/// Three things keep it safe: a network that says zero leaves the filter bit for bit what <see cref="ExtendedKalmanFilter"/> is; the
/// bounds hold for any network, |d| at most s; and <see cref="SupervisedKpin"/> weighs it against the plain filter. The
/// Jacobian of d is taken by the states it sees; innovation and correction enter as known numbers. A step allocates nothing
/// after the first of its kind. Not thread-safe.
/// </para>
/// <para>
/// Built after W. Liu, Z. Lai, K. Bacsa and E. Chatzi, arXiv 2210.04165 (a network inside the recursion of a filter), and
/// H. Mortada et al., arXiv 2506.11639 (Joseph's recursion with a learned gain).
/// </para>
/// </remarks>
public sealed class KpinEstimator : GaussianFilter
{
    private readonly ArrayPrediction _prediction;
    private readonly ArrayUpdate _update;
    private readonly LinearizedSensor _sensed;
    private readonly KpinGain _gain;
    private readonly IKpinCorrection _correction;
    private readonly KpinOutput _output;
    private readonly double[] _jacobian;
    private readonly double[] _noise;
    private readonly double[] _measurementNoise;
    private readonly double[] _features;
    private readonly double[] _work;
    private readonly double[] _whitened;
    private readonly double[] _moved;
    private readonly double[] _predicted;
    private readonly double[] _deviations;
    private readonly double[] _physics;
    private readonly double[] _network;
    private readonly double[][] _memory;

    /// <summary>Starts an estimator.</summary>
    /// <param name="transition">How the states move by physics.</param>
    /// <param name="sensor">The sensor that the correction was made for; updates by others are plain Kalman updates.</param>
    /// <param name="initial">The belief at <paramref name="time"/>; copied.</param>
    /// <param name="design">What the correction may do.</param>
    /// <param name="correction">The learned part.</param>
    /// <param name="time">Time of the initial belief, in seconds.</param>
    /// <exception cref="ModelException">The parts do not fit together; with every finding.</exception>
    public KpinEstimator(
        TransitionModel transition, MeasurementModel sensor, GaussianBelief initial, KpinDesign design, IKpinCorrection correction,
        double time = 0.0)
        : base(transition, sensor, initial, time)
    {
        ArgumentNullException.ThrowIfNull(design);
        ArgumentNullException.ThrowIfNull(correction);
        design.Check(transition, sensor);
        (Design, _correction) = (design, correction);
        (int n, int q, int m) = (transition.StateCount, transition.NoiseCount, sensor.Count);
        _prediction = new ArrayPrediction(n, q);
        _update = new ArrayUpdate(n);
        _sensed = new LinearizedSensor(n);
        _gain = new KpinGain(n, m);
        _output = new KpinOutput(design.Residuals, n, q, m);
        _jacobian = new double[n * n];
        _noise = new double[n * q];
        _measurementNoise = new double[m * m];
        _features = new double[design.Features.Count];
        _work = new double[Math.Max(n, design.Features.Count)];
        _whitened = new double[m];
        _moved = new double[n];
        _predicted = new double[n];
        _deviations = new double[n];
        _physics = new double[n];
        _network = new double[n];
        _memory = [_whitened, _predicted, _deviations, _physics, _network, _features];
        Remember(Belief);
    }

    /// <summary>What the correction may do.</summary>
    public KpinDesign Design { get; }

    /// <summary>Number of the present mode, for a correction that sees it.</summary>
    /// <exception cref="ModelException">The correction does not know the mode.</exception>
    public int Mode
    {
        get;
        set => field = value >= 0 && value < Design.Features.Modes ? value : throw new ModelException(
            "kpin.mode", $"mode {value}", $"Modes are numbered from 0 to {Design.Features.Modes - 1}.");
    }

    /// <summary>What the correction saw at the last prediction.</summary>
    public ReadOnlySpan<double> Features => _features;

    /// <summary>Squared Mahalanobis distance of these features from those of training; NaN if no envelope is known.</summary>
    public double FeatureDistance { get; private set; } = double.NaN;

    /// <summary>Why the estimate is where it is since the last prediction. Allocates; for reports, not for the loop.</summary>
    public KpinExplanation Explain()
    {
        int n = StateCount;
        var step = new double[n];
        Transition.Geometry.Subtract(Belief.Mean, _predicted, step);
        int k = Innovation.Count;
        var covariance = new double[k * k];
        Dense.LowerSquare(Innovation.Factor, covariance, k);
        bool isUsed = Innovation.Status is EstimationStatus.Done or EstimationStatus.Gated;
        return new()
        {
            PhysicsStep = [.. _physics],
            NetworkStep = [.. _network],
            InnovationStep = [.. step],
            NetworkShare = ShareOf(_network, _physics),
            ProcessLogScales = Clipped(_output.ProcessScales, Design.ProcessClip),
            MeasurementLogScales = Clipped(_output.MeasurementScales, Design.MeasurementClip),
            Innovation = [.. Innovation.Value],
            InnovationCovariance = [.. covariance],
            NormalizedSquare = Innovation.NormalizedSquare,
            KalmanGain = isUsed ? [.. _gain.Kalman] : [],
            Gain = isUsed ? [.. _gain.Used] : [],
            FeatureDistance = FeatureDistance,
        };
    }

    /// <inheritdoc/>
    public override EstimatorSnapshot Snapshot() => new KpinSnapshot(this, base.Snapshot());

    /// <summary>Goes on from another belief, as if it had been predicted.</summary>
    internal void Realign(GaussianBelief belief, double time)
    {
        Restart(belief, time);
        Remember(Belief);
        Array.Clear(_physics);
        Array.Clear(_network);
        Array.Clear(_whitened);
    }

    /// <inheritdoc/>
    internal override EstimationStatus PredictCore(
        double from, double to, ReadOnlySpan<double> input, GaussianBelief prior, GaussianBelief result)
    {
        if (!Transition.Linearize(from, to, prior.Mean, input, result.MutableMean, _jacobian, _noise))
        {
            return Transition.Failure;
        }

        See(prior.Mean, input, to - from);
        _correction.Evaluate(_features, _output);
        Transition.Geometry.Subtract(result.Mean, prior.Mean, _physics);
        AddResidual(to - from, result);
        KpinBounds.ScaleColumns(_noise, _output.ProcessScales, Design.ProcessClip, Design.ProcessFactor);
        _prediction.Apply(_jacobian, _noise, prior, result);
        if (!result.IsFinite)
        {
            return EstimationStatus.NotFinite;
        }

        Remember(result);
        Array.Clear(_whitened);
        return EstimationStatus.Done;
    }

    /// <inheritdoc/>
    internal override EstimationStatus UpdateCore(
        MeasurementModel sensor, ReadOnlySpan<double> measurement, GaussianBelief prior, GaussianBelief result, Innovation innovation)
    {
        _sensed.Linearize(sensor, Time, prior.Mean, measurement, innovation);
        if (sensor != Sensor)
        {
            _gain.Forget();
            return _update.Apply(prior, _sensed.Jacobian, _sensed.Noise, sensor.Count, innovation, Transition.Geometry, result);
        }

        Span<double> noise = _measurementNoise.AsSpan(0, _sensed.Noise.Length);
        _sensed.Noise.CopyTo(noise);
        KpinBounds.ScaleColumns(noise, _output.MeasurementScales, Design.MeasurementClip, Design.MeasurementFactor);
        EstimationStatus status = _update.Apply(
            prior, _sensed.Jacobian, noise, sensor.Count, innovation, Transition.Geometry, result);
        if (status != EstimationStatus.Done)
        {
            return status;
        }

        _gain.Correct(Design, _output, prior, _sensed.Jacobian, noise, innovation, Transition.Geometry, result);
        for (int entry = 0; entry < innovation.Count; entry++)
        {
            _whitened[innovation.Component(entry)] = innovation.Whitened[entry];
        }

        return EstimationStatus.Done;
    }

    private void See(ReadOnlySpan<double> x, ReadOnlySpan<double> input, double step)
    {
        Transition.Geometry.Subtract(x, _predicted, _moved);
        for (int i = 0; i < _moved.Length; i++)
        {
            _moved[i] = _deviations[i] > 0.0 ? _moved[i] / _deviations[i] : 0.0;
        }

        Design.Features.Write(x, input, _whitened, _moved, step, Mode, _features);
        FeatureDistance = Design.Envelope is { } envelope
            ? envelope.SquaredDistance(_features, _work.AsSpan(0, _features.Length))
            : double.NaN;
    }

    // Zeros are not added: -0 + 0 is +0, and a correction of nothing must leave every bit.
    private void AddResidual(double step, GaussianBelief result)
    {
        int n = StateCount;
        int p = Design.Residuals;
        Array.Clear(_network);
        for (int j = 0; j < p; j++)
        {
            double bounded = Math.Tanh(_output.Residual[j]);
            double slope = 1.0 - (bounded * bounded);
            for (int i = 0; i < n; i++)
            {
                double weight = step * Design.Influence[(i * p) + j] * Design.Bounds[j];
                if (weight == 0.0)
                {
                    continue;
                }

                _network[i] += weight * bounded;
                for (int k = 0; k < n; k++)
                {
                    double change = weight * slope * _output.ResidualJacobian[(j * n) + k] / Design.Features.StateScale[k];
                    _jacobian[(i * n) + k] += change == 0.0 ? -0.0 : change;
                }
            }
        }

        if (_network.AsSpan().ContainsAnyExcept(0.0))
        {
            Transition.Geometry.Add(result.MutableMean, _network);
        }
    }

    private void Remember(GaussianBelief predicted)
    {
        predicted.Mean.CopyTo(_predicted);
        for (int i = 0; i < _deviations.Length; i++)
        {
            _deviations[i] = predicted.Deviation(i);
        }
    }

    private static double ShareOf(ReadOnlySpan<double> part, ReadOnlySpan<double> whole)
    {
        double length = Math.Sqrt(Dense.Dot(part, part));
        return length == 0.0 ? 0.0 : length / Math.Sqrt(Dense.Dot(whole, whole));
    }

    private static ImmutableArray<double> Clipped(ReadOnlySpan<double> scales, double clip)
    {
        var clipped = new double[scales.Length];
        for (int i = 0; i < clipped.Length; i++)
        {
            clipped[i] = Math.Clamp(scales[i], -clip, clip);
        }

        return [.. clipped];
    }

    /// <summary>What a step leaves behind beside the belief: what the network remembers, and what it said for the next update.</summary>
    private sealed class KpinSnapshot(KpinEstimator estimator, EstimatorSnapshot belief) : EstimatorSnapshot
    {
        private readonly double[][] _kept = [.. estimator._memory.Select(array => new double[array.Length])];
        private readonly KpinOutput _output = estimator._output.Copy();
        private int _mode;
        private double _distance;

        public override void Take()
        {
            belief.Take();
            for (int i = 0; i < _kept.Length; i++)
            {
                estimator._memory[i].CopyTo(_kept[i], 0);
            }

            _output.CopyFrom(estimator._output);
            (_mode, _distance) = (estimator.Mode, estimator.FeatureDistance);
        }

        public override void Restore()
        {
            belief.Restore();
            for (int i = 0; i < _kept.Length; i++)
            {
                _kept[i].CopyTo(estimator._memory[i], 0);
            }

            estimator._output.CopyFrom(_output);
            (estimator.Mode, estimator.FeatureDistance) = (_mode, _distance);
        }
    }
}
