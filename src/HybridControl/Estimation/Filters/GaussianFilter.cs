using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>A filter whose belief is one Gaussian: what all of them share.</summary>
/// <remarks>
/// Keeps time, belief, innovation and likelihood, checks what comes in, and takes a result over only if it is good: whatever
/// fails leaves the last good belief. A step allocates nothing after the first of its kind. Not thread-safe.
/// </remarks>
public abstract class GaussianFilter : IRewindable
{
    private readonly GaussianBelief _next;
    private readonly ChiSquareGate _gate = new(1.0);
    private ForwardRecord[] _records = [];

    /// <summary>Starts a filter.</summary>
    /// <param name="transition">How the states move.</param>
    /// <param name="sensor">The sensor of updates that name none; null if every update names its own.</param>
    /// <param name="initial">The belief at <paramref name="time"/>; copied.</param>
    /// <param name="time">Time of the initial belief, in seconds.</param>
    /// <exception cref="ModelException">Model, sensor and belief have different numbers of states, or the time is not finite.</exception>
    private protected GaussianFilter(TransitionModel transition, MeasurementModel? sensor, GaussianBelief initial, double time)
    {
        ArgumentNullException.ThrowIfNull(transition);
        ArgumentNullException.ThrowIfNull(initial);
        CovarianceFactor.CheckCount("filter.initial", initial.Dimension, transition.StateCount);
        if (sensor is not null)
        {
            SensorCheck.RequireStates(sensor, transition.StateCount);
            CheckNoise(sensor);
        }

        StepTimes.CheckStart(time);
        CheckUnknown(initial);
        Transition = transition;
        Sensor = sensor;
        Belief = initial.CopyWithRoom();
        Time = time;
        _next = GaussianBelief.WithRoom(initial.Dimension);
    }

    /// <summary>How the states move.</summary>
    public TransitionModel Transition { get; }

    /// <summary>The sensor of updates that name none.</summary>
    public MeasurementModel? Sensor { get; }

    /// <inheritdoc/>
    public int StateCount => Belief.Dimension;

    /// <inheritdoc/>
    public double Time { get; private set; }

    /// <inheritdoc/>
    public GaussianBelief Belief { get; }

    /// <inheritdoc/>
    public Innovation Innovation { get; } = new();

    /// <inheritdoc/>
    public double LogLikelihood { get; private set; }

    /// <summary>The probability with which a right measurement passes the gate; 1, the default, lets all pass.</summary>
    /// <remarks>A measurement whose normalised innovation squared is beyond this quantile of chi-square is not used.</remarks>
    /// <exception cref="ModelException">Not in (0, 1].</exception>
    public double GateProbability
    {
        get => _gate.Probability;
        init => _gate = new ChiSquareGate(value);
    }

    /// <inheritdoc/>
    /// <exception cref="ModelException">The number of inputs is not that of the model.</exception>
    public EstimationStatus Predict(double time, ReadOnlySpan<double> input = default)
    {
        CovarianceFactor.CheckCount("input", input.Length, Transition.InputCount);
        if (StepTimes.EndOf(Time, time) is EstimationStatus end)
        {
            return end;
        }

        EstimationStatus status = PredictCore(Time, time, input, Belief, _next);
        if (status == EstimationStatus.Done && !_next.IsFinite)
        {
            status = EstimationStatus.NotFinite;
        }

        if (status == EstimationStatus.Done)
        {
            foreach (ForwardRecord record in _records)
            {
                record.Add(Time, time, Belief, _next);
            }

            Belief.Swap(_next);
            Time = time;
        }

        return status;
    }

    /// <inheritdoc/>
    /// <exception cref="ModelException">There is no sensor, or measurement, sensor and model do not fit together.</exception>
    public EstimationStatus Update(ReadOnlySpan<double> measurement, MeasurementModel? sensor = null)
    {
        MeasurementModel used = SensorCheck.Choose(sensor, Sensor, StateCount, measurement.Length);
        CheckNoise(used);
        EstimationStatus status = Innovation.Begin(measurement);
        if (status != EstimationStatus.Done)
        {
            return status;
        }

        status = UpdateCore(used, measurement, Belief, _next, Innovation);
        if (status == EstimationStatus.Done)
        {
            status = Innovation.Judge(_gate.At(Innovation.Count));
            status = status == EstimationStatus.Done && !_next.IsFinite ? EstimationStatus.NotFinite : status;
        }

        Innovation.Status = status;
        if (status == EstimationStatus.Done)
        {
            Belief.Swap(_next);
            LogLikelihood += Innovation.LogLikelihood;
        }

        return status;
    }

    /// <summary>Sets belief and time, as a mixture does before it predicts.</summary>
    /// <param name="belief">The new belief; copied.</param>
    /// <param name="time">Its time, in seconds; earlier times are allowed.</param>
    /// <exception cref="ModelException">The number of states is another one, or the time is not finite.</exception>
    public void Restart(GaussianBelief belief, double time)
    {
        ArgumentNullException.ThrowIfNull(belief);
        CovarianceFactor.CheckCount("belief", belief.Dimension, StateCount);
        StepTimes.CheckStart(time);
        CheckUnknown(belief);
        Belief.CopyFrom(belief);
        Time = time;
    }

    /// <summary>Sets belief and time, and hands out the belief that it had: twice is as if never.</summary>
    internal void Exchange(GaussianBelief belief, double time)
    {
        Belief.Swap(belief);
        Time = time;
    }

    /// <inheritdoc/>
    public bool CanDivideSteps => Transition.CanDivideSteps;

    /// <inheritdoc/>
    public virtual EstimatorSnapshot Snapshot() => new FilterSnapshot(this);

    /// <summary>Moves a belief; every way of failing has a status.</summary>
    internal abstract EstimationStatus PredictCore(
        double from, double to, ReadOnlySpan<double> input, GaussianBelief prior, GaussianBelief result);

    /// <summary>Updates a belief with the components that <paramref name="innovation"/> has listed, and fills it in.</summary>
    internal abstract EstimationStatus UpdateCore(
        MeasurementModel sensor, ReadOnlySpan<double> measurement, GaussianBelief prior, GaussianBelief result, Innovation innovation);

    /// <summary>Columns of the deviations of a prediction; zero if the filter has none to tell.</summary>
    internal virtual int DeviationColumns => 0;

    /// <summary>Writes the deviations D of the prediction that was just made: P^- = D D', and cov(x, x^-) = L D_n' with its first n columns D_n.</summary>
    /// <param name="prior">The belief before.</param>
    /// <param name="predicted">The belief after.</param>
    /// <param name="deviations">Receives n by <see cref="DeviationColumns"/>.</param>
    /// <param name="lengths">Receives for each row what its rounding errors are relative to.</param>
    internal virtual void WriteDeviations(
        GaussianBelief prior, GaussianBelief predicted, Span<double> deviations, Span<double> lengths) => throw new NotSupportedException();

    /// <summary>Sources of the noise of a step that measurements after it may feel, so that a smoother needs them beside the state.</summary>
    internal virtual int RememberedSources => 0;

    /// <summary>Writes where the prediction that was just made has moved the directions of which nothing is known.</summary>
    /// <param name="prior">The belief before, with d such directions B.</param>
    /// <param name="moved">Receives F B, n by d.</param>
    /// <param name="lengths">Receives for each row what its rounding errors are relative to.</param>
    internal virtual void WriteUnknown(GaussianBelief prior, Span<double> moved, Span<double> lengths) => throw new NotSupportedException();

    /// <summary>Lets a record have every prediction from now on.</summary>
    internal void Attach(ForwardRecord record) => _records = [.. _records, record];

    /// <summary>Lets a record have no more predictions.</summary>
    internal void Detach(ForwardRecord record) => _records = [.. _records.Where(other => other != record)];

    /// <summary>Whether the filter can start with directions of which nothing is known.</summary>
    internal virtual bool TakesUnknown => false;

    /// <summary>Whether the filter takes sensors whose noise is correlated with that of the transition.</summary>
    internal virtual bool TakesCorrelatedNoise => false;

    private void CheckUnknown(GaussianBelief belief)
    {
        if (belief.DiffuseRank > 0 && !TakesUnknown)
        {
            throw new ModelException(
                "filter.initial",
                $"{belief.DiffuseRank} directions of the belief are unknown, which {GetType().Name} cannot start from",
                "Use KalmanFilter, ExtendedKalmanFilter or InformationFilter, or give a finite covariance.");
        }
    }

    private void CheckNoise(MeasurementModel sensor)
    {
        if (!TakesCorrelatedNoise)
        {
            SensorCheck.RequireIndependent(sensor, GetType());
        }
    }

    private sealed class FilterSnapshot(GaussianFilter filter) : EstimatorSnapshot
    {
        private readonly GaussianBelief _belief = GaussianBelief.WithRoom(filter.StateCount);
        private double _time;
        private double _logLikelihood;

        public override void Take()
        {
            _belief.CopyFrom(filter.Belief);
            (_time, _logLikelihood) = (filter.Time, filter.LogLikelihood);
        }

        public override void Restore()
        {
            filter.Belief.CopyFrom(_belief);
            (filter.Time, filter.LogLikelihood) = (_time, _logLikelihood);
        }
    }
}
