using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Simulation;

namespace HybridControl.Estimation;

/// <summary>A particle filter over modes only: each particle is a history of modes with a Gaussian belief given it.</summary>
/// <remarks>
/// <para>
/// A prediction draws each particle's next mode from the switching, conditions its belief on that (guards, resets), and moves it by
/// the filter of the mode; an update weighs particles by the likelihoods of their innovations. With linear models and a Markov
/// chain it converges to the exact posterior with the number of particles, where the interacting multiple model estimator merges
/// histories; with many modes, or where a Gaussian for each mode is too coarse, it is the better of the two.
/// </para>
/// <para>
/// The filters are workers: they keep nothing of a particle, so one for each mode serves all. A step that is refused may leave the
/// particles resampled: the same belief, drawn anew. A step allocates nothing after the
/// first of its kind. Not thread-safe; it owns its filters. A. Doucet, N. de Freitas, K. Murphy and S. Russell, Proc. UAI (2000),
/// 176-183; R. Chen and J. S. Liu, J. R. Stat. Soc. B 62 (2000), 493-508.
/// </para>
/// </remarks>
public sealed class RaoBlackwellizedFilter : IModeEstimator
{
    private readonly GaussianFilter[] _filters;
    private readonly ParticleWeights _weights;
    private readonly BeliefMixture _mixture;
    private readonly ParticleInnovation _innovation;
    private readonly Innovation _one = new();
    private readonly GaussianBelief[] _parts;
    private readonly double[] _probabilities;
    private readonly double[] _modeProbabilities;
    private readonly double[] _logDensities;
    private readonly double[] _cumulative;
    private readonly int[] _parents;
    private readonly double _threshold = 0.5;
    private readonly ChiSquareGate _gate = new(1.0);
    private GaussianBelief[] _beliefs;
    private GaussianBelief[] _spare;
    private int[] _modes;
    private int[] _spareModes;
    private long _step;

    /// <summary>Starts a filter.</summary>
    /// <param name="filters">One filter for each mode, all of the same states, at the same time, with the belief of its mode at the start.</param>
    /// <param name="switching">How the modes follow each other.</param>
    /// <param name="count">The number N of particles.</param>
    /// <param name="seed">Seed of every random number.</param>
    /// <param name="initial">Probabilities of the modes at the start; all the same if omitted.</param>
    /// <exception cref="ModelException">Filters, switching and probabilities do not fit together; with every finding.</exception>
    public RaoBlackwellizedFilter(
        IReadOnlyList<GaussianFilter> filters, ModeSwitching switching, int count, ulong seed, ReadOnlySpan<double> initial = default)
    {
        ArgumentNullException.ThrowIfNull(filters);
        ArgumentNullException.ThrowIfNull(switching);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ModeChecks.Check(filters, switching, initial);
        CheckKeepsNothing(filters);
        (_filters, Switching, Seed, Time) = ([.. filters], switching, seed, filters[0].Time);
        int n = filters[0].StateCount;
        _weights = new ParticleWeights(count);
        _mixture = new BeliefMixture(n, count);
        _innovation = new ParticleInnovation(count);
        _parts = NewBeliefs(filters.Count, n);
        _probabilities = new double[filters.Count];
        _modeProbabilities = new double[filters.Count];
        _logDensities = new double[count];
        _cumulative = new double[count];
        _parents = new int[count];
        _beliefs = NewBeliefs(count, n);
        _spare = NewBeliefs(count, n);
        _modes = new int[count];
        _spareModes = new int[count];
        Belief = GaussianBelief.WithRoom(n);
        for (int mode = 0; mode < filters.Count; mode++)
        {
            _probabilities[mode] = initial.IsEmpty ? 1.0 / filters.Count : initial[mode];
        }

        double offset = new EnsembleNoise(seed, 0).For(FilterStreams.Initial).Uniform(0);
        for (int i = 0; i < count; i++)
        {
            _modes[i] = TransitionPropagator.Draw(_probabilities, (i + offset) / count);
            _beliefs[i].CopyFrom(filters[_modes[i]].Belief);
        }

        Summarize();
    }

    /// <summary>How the modes follow each other.</summary>
    public ModeSwitching Switching { get; }

    /// <summary>Seed of every random number.</summary>
    public ulong Seed { get; }

    /// <summary>The number N of particles.</summary>
    public int Count => _weights.Count;

    /// <inheritdoc/>
    public int StateCount => Belief.Dimension;

    /// <inheritdoc/>
    public double Time { get; private set; }

    /// <summary>Mean and covariance over all particles. A live view: copy it to keep it.</summary>
    public GaussianBelief Belief { get; }

    /// <summary>The last update, with mean and covariance of the mixture of all particles, and its likelihood.</summary>
    public Innovation Innovation { get; } = new();

    /// <inheritdoc/>
    public double LogLikelihood { get; private set; }

    /// <inheritdoc/>
    public ReadOnlySpan<double> ModeProbabilities => _modeProbabilities;

    /// <summary>The weight of each particle; they add up to one. A live view.</summary>
    public ReadOnlySpan<double> Weights => _weights.Values;

    /// <summary>How many particles of equal weight would be worth as much, from 1 to N.</summary>
    public double EffectiveCount => _weights.EffectiveCount;

    /// <summary>The mode of a particle.</summary>
    public int ModeOf(int particle) => _modes[particle];

    /// <summary>The belief of a particle, given its modes. A live view: copy it to keep it.</summary>
    public GaussianBelief BeliefOf(int particle) => _beliefs[particle];

    /// <summary>How parents are drawn.</summary>
    public ResamplingScheme Resampling { get; init; } = ResamplingScheme.Systematic;

    /// <summary>Particles are resampled when the effective count is below this part of N: 0 for never, 1 for always. One half by default.</summary>
    /// <exception cref="ModelException">Not between 0 and 1.</exception>
    public double ResampleBelow
    {
        get => _threshold;
        init => _threshold = value is >= 0.0 and <= 1.0 ? value : throw new ModelException(
            "filter.resampleBelow", FormattableString.Invariant($"{value}"), "Give a number from 0 (never) to 1 (always).");
    }

    /// <summary>The probability with which a right measurement passes the gate; 1, the default, lets all pass.</summary>
    /// <exception cref="ModelException">Not in (0, 1].</exception>
    public double GateProbability
    {
        get => _gate.Probability;
        init => _gate = new ChiSquareGate(value);
    }

    /// <inheritdoc/>
    /// <exception cref="ModelException">The number of inputs is not that of the models.</exception>
    public EstimationStatus Predict(double time, ReadOnlySpan<double> input = default)
    {
        CovarianceFactor.CheckCount("input", input.Length, _filters[0].Transition.InputCount);
        if (StepTimes.EndOf(Time, time) is EstimationStatus end)
        {
            return end;
        }

        ResampleIfUneven();
        EnsembleNoise noise = new EnsembleNoise(Seed, ++_step).For(FilterStreams.Modes);
        EstimationStatus failure = EstimationStatus.Done;
        for (int i = 0; i < _beliefs.Length; i++)
        {
            Switching.Divide(_modes[i], Time, time, _beliefs[i], _probabilities, _parts);
            int mode = TransitionPropagator.Draw(_probabilities, noise.Uniform(i));
            GaussianBelief start = Switching.DependsOnState ? _parts[mode] : _beliefs[i];
            EstimationStatus status = _filters[mode].PredictCore(Time, time, input, start, _spare[i]);
            status = status == EstimationStatus.Done && !_spare[i].IsFinite ? EstimationStatus.NotFinite : status;
            _spareModes[i] = mode;
            _logDensities[i] = 0.0;
            if (status != EstimationStatus.Done)
            {
                failure = status;
                _logDensities[i] = double.NegativeInfinity;
                _spare[i].CopyFrom(_beliefs[i]);
            }
        }

        if (failure != EstimationStatus.Done && !_weights.TryMultiply(_logDensities, out _))
        {
            return failure;
        }

        Commit();
        (_modes, _spareModes) = (_spareModes, _modes);
        Time = time;
        foreach (GaussianFilter filter in _filters)
        {
            filter.Restart(_beliefs[0], time); // for the time that their sensors see
        }

        Summarize();
        return EstimationStatus.Done;
    }

    /// <inheritdoc/>
    /// <exception cref="ModelException">There is no sensor, or measurement, sensor and model do not fit together.</exception>
    public EstimationStatus Update(ReadOnlySpan<double> measurement, MeasurementModel? sensor = null)
    {
        MeasurementModel first = ModeChecks.Sensor(_filters, sensor, measurement.Length);
        SensorCheck.RequireIndependent(first, GetType());
        EstimationStatus status = Innovation.Begin(measurement);
        if (status != EstimationStatus.Done)
        {
            return status;
        }

        ResampleIfUneven();
        _innovation.Begin(Innovation.Count);
        EstimationStatus failure = EstimationStatus.Degenerate;
        for (int i = 0; i < _beliefs.Length; i++)
        {
            GaussianFilter filter = _filters[_modes[i]];
            _one.Begin(measurement);
            status = filter.UpdateCore(sensor ?? filter.Sensor!, measurement, _beliefs[i], _spare[i], _one);
            status = status == EstimationStatus.Done ? _one.Judge(double.PositiveInfinity) : status;
            bool isGood = status == EstimationStatus.Done && _spare[i].IsFinite;
            _logDensities[i] = isGood ? _one.LogLikelihood : double.NegativeInfinity;
            _innovation.Add(i, isGood ? _weights.Values[i] : 0.0, _one);
            if (!isGood)
            {
                failure = status == EstimationStatus.Done ? EstimationStatus.NotFinite : status;
                _spare[i].CopyFrom(_beliefs[i]);
            }
        }

        bool isRegular = _innovation.TryWrite(first.Geometry, Innovation);
        if (isRegular && Innovation.NormalizedSquare > _gate.At(Innovation.Count))
        {
            return Innovation.Status = EstimationStatus.Gated;
        }

        if (!_weights.TryMultiply(_logDensities, out double logSum))
        {
            return Innovation.Status = failure;
        }

        Commit();
        Innovation.LogLikelihood = logSum;
        LogLikelihood += logSum;
        Summarize();
        return Innovation.Status = EstimationStatus.Done;
    }

    private static void CheckKeepsNothing(IReadOnlyList<GaussianFilter> filters)
    {
        for (int i = 0; i < filters.Count; i++)
        {
            if (filters[i] is SigmaPointFilter { RedrawBeforeUpdate: false })
            {
                throw new ModelException(
                    FormattableString.Invariant($"filters[{i}]"), "the filter keeps its points from prediction to update, but serves many particles",
                    "Let it redraw its points (RedrawBeforeUpdate = true).");
            }
        }
    }

    private static GaussianBelief[] NewBeliefs(int count, int n)
    {
        var beliefs = new GaussianBelief[count];
        for (int i = 0; i < count; i++)
        {
            beliefs[i] = GaussianBelief.WithRoom(n);
        }

        return beliefs;
    }

    private void Commit() => (_beliefs, _spare) = (_spare, _beliefs);

    private void ResampleIfUneven()
    {
        if (!_weights.AreUneven(ResampleBelow))
        {
            return;
        }

        EnsembleNoise noise = new EnsembleNoise(Seed, ++_step).For(FilterStreams.Resampling);
        Resampler.Draw(Resampling, _weights.Values, noise, _cumulative, _parents);
        for (int i = 0; i < _parents.Length; i++)
        {
            _spare[i].CopyFrom(_beliefs[_parents[i]]);
            _spareModes[i] = _modes[_parents[i]];
        }

        Commit();
        (_modes, _spareModes) = (_spareModes, _modes);
        _weights.SetEqual();
    }

    private void Summarize()
    {
        _modeProbabilities.AsSpan().Clear();
        for (int i = 0; i < _modes.Length; i++)
        {
            _modeProbabilities[_modes[i]] += _weights.Values[i];
        }

        _mixture.Match(_weights.Values, _beliefs, _filters[0].Transition.Geometry, Belief);
    }
}
