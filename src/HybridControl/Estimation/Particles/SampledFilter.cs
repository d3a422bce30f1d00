using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Simulation;

namespace HybridControl.Estimation;

/// <summary>A filter whose belief is a set of states: what particle and ensemble filters share.</summary>
/// <remarks>
/// Keeps time, members, innovation and likelihood, checks what comes in, and takes a result over only if it is good. Random
/// numbers are functions of (seed, member, source, step): a run repeats bit for bit. A step allocates nothing after the
/// first of its kind, as long as the propagator does not. Not thread-safe.
/// </remarks>
public abstract class SampledFilter : IEstimator
{
    private readonly GaussianBelief _belief;
    private readonly StateGeometry _geometry;
    private StateEnsemble _members;
    private StateEnsemble _next;
    private WeightedMoments? _moments;
    private readonly ChiSquareGate _gate = new(1.0);
    private bool _isStale = true;

    private protected SampledFilter(
        IEnsemblePropagator propagator, MeasurementModel? sensor, StateEnsemble initial, ulong seed, double time)
    {
        ArgumentNullException.ThrowIfNull(propagator);
        ArgumentNullException.ThrowIfNull(initial);
        int n = propagator.StateNames.Count;
        CovarianceFactor.CheckCount("filter.initial: states", initial.StateCount, n);
        if (initial.CountLost() > 0)
        {
            throw new ModelException("filter.initial", "a state is NaN or infinite", "Give finite states for all members.");
        }

        foreach (int mode in initial.Modes)
        {
            if (mode < 0 || mode >= propagator.ModeNames.Count)
            {
                throw new ModelException(
                    "filter.initial", $"mode {mode}", $"Modes are numbered from 0 to {propagator.ModeNames.Count - 1}.");
            }
        }

        if (sensor is not null)
        {
            SensorCheck.RequireStates(sensor, n);
        }

        StepTimes.CheckStart(time);
        (Propagator, Sensor, Seed, Time) = (propagator, sensor, seed, time);
        _geometry = (propagator as TransitionPropagator)?.Geometry ?? StateGeometry.Flat(n);
        _belief = new GaussianBelief(n);
        _members = new StateEnsemble(n, initial.Count);
        _members.CopyFrom(initial);
        _next = new StateEnsemble(n, initial.Count);
    }

    /// <summary>What moves the members.</summary>
    public IEnsemblePropagator Propagator { get; }

    /// <summary>The sensor of updates that name none.</summary>
    public MeasurementModel? Sensor { get; }

    /// <summary>Seed of every random number.</summary>
    public ulong Seed { get; }

    /// <summary>How states are subtracted and averaged; that of the transition model, or plain vectors.</summary>
    /// <exception cref="ModelException">Its dimension is not that of the model.</exception>
    public StateGeometry Geometry
    {
        get => _geometry;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            CovarianceFactor.CheckCount("filter.geometry", value.Dimension, StateCount);
            _geometry = value;
        }
    }

    /// <summary>The probability with which a right measurement passes the gate; 1, the default, lets all pass.</summary>
    /// <remarks>A measurement whose normalised innovation squared is beyond this quantile of chi-square is not used.</remarks>
    /// <exception cref="ModelException">Not in (0, 1].</exception>
    public double GateProbability
    {
        get => _gate.Probability;
        init => _gate = new ChiSquareGate(value);
    }

    /// <summary>The members now. A live view: it changes with the filter, and another object may take its place.</summary>
    public StateEnsemble Members => _members;

    /// <inheritdoc/>
    public int StateCount => Propagator.StateNames.Count;

    /// <inheritdoc/>
    public double Time { get; private set; }

    /// <summary>Mean and covariance of the members. A live view: copy it to keep it.</summary>
    public GaussianBelief Belief
    {
        get
        {
            if (_isStale)
            {
                WriteMoments(_belief);
                _isStale = false;
            }

            return _belief;
        }
    }

    /// <inheritdoc/>
    public Innovation Innovation { get; } = new();

    /// <inheritdoc/>
    public double LogLikelihood { get; private set; }

    /// <summary>The number of members that had no result in the last prediction.</summary>
    public int LostCount { get; private set; }

    /// <summary>Bounds of the innovation.</summary>
    private protected ChiSquareGate Gate => _gate;

    /// <summary>Addresses of the random numbers of the step that is being taken.</summary>
    internal EnsembleNoise Noise => new(Seed, StepNumber);

    /// <summary>The number of predictions and updates so far.</summary>
    internal long StepNumber { get; private set; }

    /// <inheritdoc/>
    /// <exception cref="ModelException">The number of inputs is not that of the model.</exception>
    public EstimationStatus Predict(double time, ReadOnlySpan<double> input = default)
    {
        CovarianceFactor.CheckCount("input", input.Length, Propagator.InputCount);
        if (StepTimes.EndOf(Time, time) is EstimationStatus end)
        {
            return end;
        }

        BeforeStep();
        StepNumber++;
        _next.CopyFrom(Members);
        int lost = Propagator.Propagate(_next, Time, time, input, Noise);
        if (lost == _next.Count || (lost > 0 && !TakeLosses(_next)))
        {
            return (Propagator as TransitionPropagator)?.Failure ?? EstimationStatus.FlowFailed;
        }

        Commit();
        LostCount = lost;
        Time = time;
        return EstimationStatus.Done;
    }

    /// <inheritdoc/>
    /// <exception cref="ModelException">There is no sensor, or measurement, sensor and model do not fit together.</exception>
    public EstimationStatus Update(ReadOnlySpan<double> measurement, MeasurementModel? sensor = null)
    {
        MeasurementModel used = SensorCheck.Choose(sensor, Sensor, StateCount, measurement.Length);
        SensorCheck.RequireIndependent(used, GetType());
        EstimationStatus status = Innovation.Begin(measurement);
        if (status != EstimationStatus.Done)
        {
            return status;
        }

        BeforeStep();
        StepNumber++;
        status = UpdateCore(used, measurement, Members, _next);
        Innovation.Status = status;
        if (status == EstimationStatus.Done)
        {
            LogLikelihood += Innovation.LogLikelihood;
            _isStale = true;
        }

        return status;
    }

    /// <summary>Makes the members that an update has written those of the filter.</summary>
    internal void Commit()
    {
        (_members, _next) = (_next, _members);
        _isStale = true;
        MembersChanged();
    }

    /// <summary>The filter has other members than before.</summary>
    internal virtual void MembersChanged()
    {
    }

    /// <summary>What is done before a prediction or an update.</summary>
    internal virtual void BeforeStep()
    {
    }

    /// <summary>Room for members that <see cref="Commit"/> takes over.</summary>
    internal StateEnsemble Spare => _next;

    /// <summary>Deals with members that have no result; false to refuse the prediction.</summary>
    internal abstract bool TakeLosses(StateEnsemble moved);

    /// <summary>Writes mean and covariance.</summary>
    internal abstract void WriteMoments(GaussianBelief belief);

    /// <summary>Updates with the components that the innovation has listed, and fills it in.</summary>
    internal abstract EstimationStatus UpdateCore(
        MeasurementModel sensor, ReadOnlySpan<double> measurement, StateEnsemble members, StateEnsemble spare);

    /// <summary>Work space for means and covariances.</summary>
    private protected WeightedMoments Moments => _moments ??= new WeightedMoments(Geometry);

    /// <summary>Whether every state is finite.</summary>
    private protected static bool IsFinite(StateEnsemble members)
    {
        for (int i = 0; i < members.StateCount; i++)
        {
            if (!Dense.IsFinite(members.Component(i)))
            {
                return false;
            }
        }

        return true;
    }
}
