using HybridControl.Diagnostics;

namespace HybridControl.Estimation;

/// <summary>The interacting multiple model estimator: one filter for each mode, mixed before every prediction.</summary>
/// <remarks>
/// <para>
/// A prediction divides the belief of each mode among the modes it may go on in (<see cref="ModeSwitching"/>), gives each
/// filter the Gaussian of the same mean and covariance as what came to its mode, and lets it predict. An update weighs
/// the modes by the likelihoods of their filters, summed as logarithms, so that none underflows. The belief is the
/// Gaussian with the moments of the mixture. All in factor form; differences and means are those of the geometry.
/// </para>
/// <para>
/// A filter that fails loses its weight for that step and comes back with the next mixing, see <see cref="ModeStatus"/>;
/// the estimator fails only if all do. A step allocates nothing after the first of its kind. Not thread-safe; it owns its filters.
/// H. A. P. Blom and Y. Bar-Shalom, IEEE Trans. Autom. Control 33 (1988), 780-783.
/// </para>
/// </remarks>
public sealed class InteractingMultipleModel : IModeEstimator, IRewindable
{
    private readonly GaussianFilter[] _filters;
    private readonly GaussianBelief[] _beliefs;
    private readonly GaussianBelief[] _mixed;
    private readonly GaussianBelief[] _arrivals;
    private readonly GaussianBelief[] _parts;
    private readonly EstimationStatus[] _statuses;
    private readonly BeliefMixture _mixture;
    private readonly InnovationMixture _innovations;
    private readonly Innovation[] _ofFilters;
    private readonly StateGeometry _geometry;
    private readonly int _inputs;
    private readonly double[] _probabilities;
    private readonly double[] _predicted;
    private readonly double[] _transitions;
    private readonly double[] _weights;
    private readonly GaussianBelief _belief;
    private readonly Innovation _innovation = new();
    private readonly double[] _sensedWeights;
    private bool _beliefIsStale;
    private StateGeometry? _sensed; // of the sensor of an innovation that is not computed yet

    /// <summary>Starts an estimator.</summary>
    /// <param name="filters">One filter for each mode, all of the same states, at the same time; they keep their own beliefs.</param>
    /// <param name="switching">How the modes follow each other.</param>
    /// <param name="initial">Probabilities of the modes at the start; all the same if omitted.</param>
    /// <exception cref="ModelException">Filters, switching and probabilities do not fit together; with every finding.</exception>
    public InteractingMultipleModel(
        IReadOnlyList<GaussianFilter> filters, ModeSwitching switching, ReadOnlySpan<double> initial = default)
    {
        ArgumentNullException.ThrowIfNull(filters);
        ArgumentNullException.ThrowIfNull(switching);
        int modes = filters.Count;
        ModeChecks.Check(filters, switching, initial);
        foreach (GaussianFilter filter in filters)
        {
            ModeChecks.CheckForgetful(filter.Sensor);
        }

        _filters = [.. filters];
        Switching = switching;
        int n = filters[0].StateCount;
        _geometry = filters[0].Transition.Geometry;
        _inputs = filters[0].Transition.InputCount;
        _beliefs = [.. filters.Select(filter => filter.Belief)];
        _mixed = NewBeliefs(modes, n);
        _arrivals = new GaussianBelief[modes];
        _parts = switching.DependsOnState ? NewBeliefs(modes * modes, n) : [];
        _statuses = new EstimationStatus[modes];
        _mixture = new BeliefMixture(n, modes);
        _innovations = new InnovationMixture(modes);
        _ofFilters = [.. filters.Select(filter => filter.Innovation)];
        _probabilities = new double[modes];
        _predicted = new double[modes];
        _transitions = new double[modes * modes];
        _weights = new double[modes];
        _sensedWeights = new double[modes];
        for (int i = 0; i < modes; i++)
        {
            _probabilities[i] = initial.IsEmpty ? 1.0 / modes : initial[i];
            _transitions[i * (modes + 1)] = 1.0;
        }

        Normalize(_probabilities);
        _probabilities.CopyTo(_predicted, 0);
        Time = filters[0].Time;
        _belief = GaussianBelief.WithRoom(n);
        _beliefIsStale = true;
    }

    /// <summary>The filters, one for each mode; each holds the belief of its mode.</summary>
    public IReadOnlyList<GaussianFilter> Filters => _filters;

    /// <summary>How the modes follow each other.</summary>
    public ModeSwitching Switching { get; }

    /// <inheritdoc/>
    public int StateCount => _belief.Dimension;

    /// <inheritdoc/>
    public double Time { get; private set; }

    /// <summary>The Gaussian with the mean and covariance of the mixture of all modes, computed when it is asked for. Copy it to keep it.</summary>
    public GaussianBelief Belief
    {
        get
        {
            if (_beliefIsStale)
            {
                _beliefIsStale = false;
                _mixture.Match(_probabilities, _beliefs, _geometry, _belief);
            }

            return _belief;
        }
    }

    /// <summary>The last update, with mean and covariance of the mixture of all modes, and its exact likelihood.</summary>
    public Innovation Innovation
    {
        get
        {
            if (_sensed is not null)
            {
                double logLikelihood = _innovation.LogLikelihood;
                _innovations.Match(_sensedWeights, _ofFilters, _sensed, _innovation);
                _innovation.LogLikelihood = logLikelihood;
                _sensed = null;
            }

            return _innovation;
        }
    }

    /// <inheritdoc/>
    public double LogLikelihood { get; private set; }

    /// <inheritdoc/>
    public ReadOnlySpan<double> ModeProbabilities => _probabilities;

    /// <summary>The probability of each mode before the last update; a live view.</summary>
    public ReadOnlySpan<double> PredictedProbabilities => _predicted;

    /// <summary>Probabilities of the last step, N by N, row-major: entry (i, j) from mode i to mode j; a live view.</summary>
    public ReadOnlySpan<double> TransitionProbabilities => _transitions;

    /// <summary>The mode of the largest probability.</summary>
    public int MostLikelyMode
    {
        get
        {
            int best = 0;
            for (int i = 1; i < _probabilities.Length; i++)
            {
                best = _probabilities[i] > _probabilities[best] ? i : best;
            }

            return best;
        }
    }

    /// <summary>How the last prediction or update of one mode ended. A mode whose filter failed has probability zero until the next step.</summary>
    public EstimationStatus ModeStatus(int mode) => _statuses[mode];

    /// <inheritdoc/>
    /// <exception cref="ModelException">The number of inputs is not that of the models.</exception>
    public EstimationStatus Predict(double time, ReadOnlySpan<double> input = default)
    {
        CovarianceFactor.CheckCount("input", input.Length, _inputs);
        if (StepTimes.EndOf(Time, time) is EstimationStatus end)
        {
            return end;
        }

        Mix(time);
        bool isGood = false;
        for (int j = 0; j < _filters.Length; j++)
        {
            _filters[j].Exchange(_mixed[j], Time);
            _statuses[j] = _filters[j].Predict(time, input);
            _weights[j] = _statuses[j] == EstimationStatus.Done ? _predicted[j] : 0.0;
            isGood |= _weights[j] > 0.0;
        }

        if (!isGood)
        {
            for (int j = 0; j < _filters.Length; j++)
            {
                _filters[j].Exchange(_mixed[j], Time);
            }

            _probabilities.CopyTo(_predicted, 0);
            return FirstFailure();
        }

        Normalize(_weights);
        _weights.CopyTo(_predicted, 0);
        _weights.CopyTo(_probabilities, 0);
        _beliefIsStale = true;
        Time = time;
        for (int j = 0; j < _filters.Length; j++)
        {
            if (_statuses[j] != EstimationStatus.Done)
            {
                _filters[j].Restart(Belief, time);
            }
        }

        return EstimationStatus.Done;
    }

    /// <inheritdoc/>
    /// <exception cref="ModelException">There is no sensor, or measurement, sensor and model do not fit together.</exception>
    public EstimationStatus Update(ReadOnlySpan<double> measurement, MeasurementModel? sensor = null)
    {
        MeasurementModel used = ModeChecks.Sensor(_filters, sensor, measurement.Length);
        ModeChecks.CheckForgetful(sensor);
        _sensed = null;
        EstimationStatus status = _innovation.Begin(measurement);
        if (status != EstimationStatus.Done)
        {
            _statuses.AsSpan().Fill(status);
            return status;
        }

        double largest = double.NegativeInfinity;
        bool isDone = false;
        for (int j = 0; j < _filters.Length; j++)
        {
            // A mode that gates the measurement out keeps its belief; how unlikely the measurement was still counts.
            _statuses[j] = _filters[j].Update(measurement, sensor);
            bool counts = _statuses[j] is EstimationStatus.Done or EstimationStatus.Gated && double.IsFinite(_filters[j].Innovation.LogLikelihood);
            isDone |= _statuses[j] == EstimationStatus.Done && _probabilities[j] > 0.0;
            _predicted[j] = counts ? _probabilities[j] : 0.0;
            _weights[j] = counts ? Math.Log(_probabilities[j]) + _filters[j].Innovation.LogLikelihood : double.NegativeInfinity;
            largest = Math.Max(largest, _weights[j]);
        }

        if (double.IsNegativeInfinity(largest))
        {
            _probabilities.CopyTo(_predicted, 0);
            return _innovation.Status = FirstFailure();
        }

        double sum = 0.0;
        for (int j = 0; j < _weights.Length; j++)
        {
            sum += _weights[j] = Math.Exp(_weights[j] - largest);
        }

        Normalize(_predicted);
        _predicted.CopyTo(_sensedWeights, 0);
        _sensed = used.Geometry;
        _innovation.LogLikelihood = largest + Math.Log(sum);
        _innovation.Status = isDone ? EstimationStatus.Done : EstimationStatus.Gated;
        if (isDone)
        {
            LogLikelihood += _innovation.LogLikelihood;
            _weights.CopyTo(_probabilities, 0);
            Normalize(_probabilities);
            _beliefIsStale = true;
        }

        return _innovation.Status;
    }

    /// <inheritdoc/>
    public bool CanDivideSteps => Switching.CanDivideSteps && Array.TrueForAll(_filters, filter => filter.CanDivideSteps);

    /// <inheritdoc/>
    public EstimatorSnapshot Snapshot() => new ModesSnapshot(this);

    // Where each mode starts from, and with what probability.
    private void Mix(double time)
    {
        int modes = _filters.Length;
        for (int i = 0; i < modes; i++)
        {
            Switching.Divide(
                i, Time, time, _beliefs[i], _transitions.AsSpan(i * modes, modes),
                Switching.DependsOnState ? _parts.AsSpan(i * modes, modes) : default);
        }

        for (int j = 0; j < modes; j++)
        {
            double arriving = 0.0;
            for (int i = 0; i < modes; i++)
            {
                arriving += _weights[i] = _probabilities[i] * _transitions[(i * modes) + j];
            }

            _predicted[j] = arriving;
            if (arriving > 0.0)
            {
                Normalize(_weights);
                _mixture.Match(_weights, Arrivals(j), _geometry, _mixed[j]);
            }
            else
            {
                _mixed[j].CopyFrom(_beliefs[j]); // no way leads here in this step
            }
        }
    }

    // What comes to a mode from each of the modes.
    private ReadOnlySpan<GaussianBelief> Arrivals(int mode)
    {
        if (!Switching.DependsOnState)
        {
            return _beliefs;
        }

        for (int i = 0; i < _arrivals.Length; i++)
        {
            _arrivals[i] = _parts[(i * _arrivals.Length) + mode];
        }

        return _arrivals;
    }

    private EstimationStatus FirstFailure()
    {
        bool isGated = false;
        foreach (EstimationStatus status in _statuses)
        {
            if (status is not (EstimationStatus.Done or EstimationStatus.Gated))
            {
                return status;
            }

            isGated |= status == EstimationStatus.Gated;
        }

        return isGated ? EstimationStatus.Gated : EstimationStatus.NotFinite;
    }

    private static void Normalize(Span<double> weights)
    {
        double sum = 0.0;
        foreach (double weight in weights)
        {
            sum += weight;
        }

        foreach (ref double weight in weights)
        {
            weight /= sum;
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

    private sealed class ModesSnapshot(InteractingMultipleModel modes) : EstimatorSnapshot
    {
        private readonly EstimatorSnapshot[] _filters = [.. modes._filters.Select(filter => filter.Snapshot())];
        private readonly EstimationStatus[] _statuses = new EstimationStatus[modes._filters.Length];
        private readonly double[] _probabilities = new double[modes._filters.Length];
        private readonly double[] _predicted = new double[modes._filters.Length];
        private readonly double[] _transitions = new double[modes._transitions.Length];
        private double _time;
        private double _logLikelihood;

        public override void Take()
        {
            foreach (EstimatorSnapshot filter in _filters)
            {
                filter.Take();
            }

            modes._statuses.CopyTo(_statuses, 0);
            modes._probabilities.CopyTo(_probabilities, 0);
            modes._predicted.CopyTo(_predicted, 0);
            modes._transitions.CopyTo(_transitions, 0);
            (_time, _logLikelihood) = (modes.Time, modes.LogLikelihood);
        }

        public override void Restore()
        {
            foreach (EstimatorSnapshot filter in _filters)
            {
                filter.Restore();
            }

            _statuses.CopyTo(modes._statuses, 0);
            _probabilities.CopyTo(modes._probabilities, 0);
            _predicted.CopyTo(modes._predicted, 0);
            _transitions.CopyTo(modes._transitions, 0);
            (modes.Time, modes.LogLikelihood) = (_time, _logLikelihood);
            modes._beliefIsStale = true;
        }
    }
}
