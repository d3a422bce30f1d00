using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>Estimates the states of the last N steps together by least squares, with bounds if there are any.</summary>
/// <remarks>
/// min |L^-1 (x_0 - m)|^2 + sum |omega_i|^2 + sum |A^-1 (z - h(x))|^2 over the window, where m and L L' are what a Kalman filter makes of
/// everything before it, linearised at the smoothed estimates (arrival cost). Gauss-Newton with exact Jacobians; bounds by an
/// active-set projection. For linear models without bounds it is the Kalman filter for every N; for nonlinear ones
/// measurements correct the points of linearisation of the last N steps. The covariance is that of the problem without bounds.
/// About (n + N q)^2 (n + N (q + m)) multiplications an iteration; nothing is allocated once a window was full. Not thread-safe.
/// C. V. Rao, J. B. Rawlings and D. Q. Mayne, IEEE Trans. Autom. Control 48 (2003), 246-258.
/// </remarks>
public sealed class MovingHorizonEstimator : IRewindable
{
    private readonly TransitionModel _transition;
    private readonly MeasurementModel? _sensor;
    private readonly HorizonWindow _window;
    private readonly HorizonProblem _problem;
    private readonly GaussianBelief _arrival;
    private readonly GaussianBelief _next;
    private readonly GaussianBelief _moved;
    private readonly GaussianBelief _kept;
    private readonly ArrayPrediction _prediction;
    private readonly ArrayUpdate _update;
    private readonly LinearizedSensor _sensed;
    private readonly Innovation _arrivalInnovation = new();
    private readonly double[] _saved;
    private readonly double[] _difference;
    private readonly double[] _mapped;
    private readonly double[] _jacobian;
    private readonly double[] _noise;
    private readonly HorizonBounds? _bounds;

    /// <summary>Starts an estimator.</summary>
    /// <param name="transition">How the states move.</param>
    /// <param name="sensor">The sensor of updates that name none; null if every update names its own.</param>
    /// <param name="initial">The belief at <paramref name="time"/>; copied.</param>
    /// <param name="horizon">The number N of steps in the window, at least 1.</param>
    /// <param name="time">Time of the initial belief, in seconds.</param>
    /// <exception cref="ModelException">
    /// The sizes do not fit, the horizon is not positive, directions of the belief are unknown, the noise of the sensor is singular, or the
    /// time is not finite.
    /// </exception>
    public MovingHorizonEstimator(
        TransitionModel transition, MeasurementModel? sensor, GaussianBelief initial, int horizon, double time = 0.0)
    {
        ArgumentNullException.ThrowIfNull(transition);
        ArgumentNullException.ThrowIfNull(initial);
        CovarianceFactor.CheckCount("estimator.initial", initial.Dimension, transition.StateCount);
        if (horizon < 1 || initial.DiffuseRank > 0)
        {
            throw new ModelException(
                horizon < 1 ? "estimator.horizon" : "estimator.initial",
                horizon < 1 ? $"a horizon of {horizon} steps" : "directions of the belief are unknown",
                horizon < 1 ? "Give at least one step." : "Give a finite covariance.");
        }

        StepTimes.CheckStart(time);
        int n = transition.StateCount;
        (_transition, _sensor, Horizon) = (transition, sensor, horizon);
        _window = new HorizonWindow(transition.InputCount);
        _problem = new HorizonProblem(transition, horizon);
        _arrival = initial.CopyWithRoom();
        _next = GaussianBelief.WithRoom(n);
        _moved = GaussianBelief.WithRoom(n);
        _kept = GaussianBelief.WithRoom(n);
        Belief = initial.CopyWithRoom();
        _prediction = new ArrayPrediction(n, transition.NoiseCount);
        _update = new ArrayUpdate(n);
        _sensed = new LinearizedSensor(n);
        _saved = new double[_problem.Unknowns.Length];
        _difference = new double[n];
        _mapped = new double[n];
        _jacobian = new double[n * n];
        _noise = new double[n * transition.NoiseCount];
        _window.Add(time);
        if (sensor is not null)
        {
            SensorCheck.RequireStates(sensor, n);
            SensorCheck.RequireIndependent(sensor, typeof(MovingHorizonEstimator));
            NoiseWhitening.Require(sensor);
        }

        _problem.Minimize(Stages, _arrival, 0, true);
    }

    /// <summary>The largest number N of steps in the window.</summary>
    public int Horizon { get; }

    /// <summary>The largest number of Gauss-Newton steps for an update.</summary>
    public int MaximumIterations { get; init; } = 20;

    /// <summary>Bounds of states and noise; null for none.</summary>
    /// <exception cref="ModelException">Counts do not fit the model, or bounds exclude each other.</exception>
    public HorizonBounds? Bounds
    {
        get => _bounds;
        init
        {
            value?.Check(StateCount, _transition.NoiseCount);
            _bounds = value;
            _problem.Bounds = value;
        }
    }

    /// <inheritdoc/>
    public int StateCount => _transition.StateCount;

    /// <inheritdoc/>
    public double Time => _window.Last.Time;

    /// <inheritdoc/>
    public GaussianBelief Belief { get; }

    /// <inheritdoc/>
    /// <remarks>Relative to the prediction from the window before the update.</remarks>
    public Innovation Innovation { get; } = new();

    /// <inheritdoc/>
    public double LogLikelihood { get; private set; }

    /// <summary>The number of steps in the window at present.</summary>
    public int Steps => Stages.Count - 1;

    /// <inheritdoc/>
    public bool CanDivideSteps => _transition.CanDivideSteps;

    /// <inheritdoc/>
    /// <remarks>Holds the whole window; allocates nothing once a window of that many measurements was taken.</remarks>
    public EstimatorSnapshot Snapshot() => new WindowSnapshot(this);

    /// <summary>The estimate of a state of the window given everything since.</summary>
    /// <param name="stage">0 for the oldest up to <see cref="Steps"/> for the present.</param>
    public ReadOnlySpan<double> Smoothed(int stage) => _problem.State(stage);

    /// <inheritdoc/>
    /// <exception cref="ModelException">The number of inputs is not that of the model.</exception>
    public EstimationStatus Predict(double time, ReadOnlySpan<double> input = default)
    {
        CovarianceFactor.CheckCount("input", input.Length, _transition.InputCount);
        if (StepTimes.EndOf(Time, time) is EstimationStatus end)
        {
            return end;
        }

        HorizonStage last = _window.Last;
        if (!_transition.Linearize(Time, time, Belief.Mean, input, _next.MutableMean, _jacobian, _noise))
        {
            return _transition.Failure;
        }

        _prediction.Apply(_jacobian, _noise, Belief, _next);
        if (!_next.IsFinite)
        {
            return EstimationStatus.NotFinite;
        }

        if (Steps == Horizon)
        {
            EstimationStatus moved = MoveArrival();
            if (moved != EstimationStatus.Done)
            {
                return moved;
            }
        }

        input.CopyTo(last.Input);
        int q = _transition.NoiseCount;
        _window.Add(time);
        _problem.Unknowns.AsSpan(StateCount + ((Steps - 1) * q), q).Clear();
        Belief.Swap(_next);
        EstimationStatus status = _problem.Minimize(Stages, _arrival, Bounds is null ? 0 : MaximumIterations, IsLinear);
        if (status != EstimationStatus.Done)
        {
            _window.RemoveAt(Steps);
            Belief.Swap(_next);
            _problem.Minimize(Stages, _arrival, 0, true);
            return status;
        }

        _problem.State(Steps).CopyTo(Belief.MutableMean);
        return status;
    }

    /// <inheritdoc/>
    /// <exception cref="ModelException">There is no sensor, or measurement, sensor and model do not fit together.</exception>
    public EstimationStatus Update(ReadOnlySpan<double> measurement, MeasurementModel? sensor = null)
    {
        MeasurementModel used = SensorCheck.Choose(sensor, _sensor, StateCount, measurement.Length);
        SensorCheck.RequireIndependent(used, typeof(MovingHorizonEstimator));
        EstimationStatus status = Innovation.Begin(measurement);
        if (status != EstimationStatus.Done)
        {
            return status;
        }

        _sensed.Linearize(used, Time, Belief.Mean, measurement, Innovation);
        status = _update.Apply(Belief, _sensed.Jacobian, _sensed.Noise, used.Count, Innovation, _transition.Geometry, _next);
        status = status == EstimationStatus.Done ? Innovation.Judge(double.PositiveInfinity) : status;
        if (status != EstimationStatus.Done || !_next.IsFinite)
        {
            return Innovation.Status = status == EstimationStatus.Done ? EstimationStatus.NotFinite : status;
        }

        _arrivalInnovation.Reserve(measurement.Length);
        HorizonStage stage = _window.Last;
        stage.Add().Set(used, measurement);
        _problem.Unknowns.CopyTo(_saved, 0);
        status = _problem.Minimize(Stages, _arrival, MaximumIterations, IsLinear);
        if (status == EstimationStatus.Done)
        {
            _problem.State(Steps).CopyTo(_next.MutableMean);
            _problem.WriteFactor(Stages, _arrival, _next.MutableFactor);
            status = _next.IsFinite ? EstimationStatus.Done : EstimationStatus.NotFinite;
        }

        if (status != EstimationStatus.Done)
        {
            stage.RemoveLast();
            _saved.CopyTo(_problem.Unknowns, 0);
            _problem.Minimize(Stages, _arrival, 0, true);
            return Innovation.Status = status;
        }

        Belief.Swap(_next);
        LogLikelihood += Innovation.LogLikelihood;
        return status;
    }

    private List<HorizonStage> Stages => _window.Stages;

    private bool IsLinear => _transition.IsLinear && Stages.TrueForAll(stage => stage.IsLinear);

    // The first stage leaves: its measurements and its step go into the arrival belief, linearised at its smoothed state.
    private EstimationStatus MoveArrival()
    {
        HorizonStage first = Stages[0];
        _kept.CopyFrom(_arrival);
        EstimationStatus status = Absorb(first);
        if (status != EstimationStatus.Done)
        {
            _arrival.CopyFrom(_kept);
            return status;
        }

        _problem.StartFrom(_problem.State(1), _arrival);
        int q = _transition.NoiseCount;
        _problem.Unknowns.AsSpan(StateCount + q).CopyTo(_problem.Unknowns.AsSpan(StateCount));
        _window.RemoveAt(0);
        return EstimationStatus.Done;
    }

    private EstimationStatus Absorb(HorizonStage first)
    {
        ReadOnlySpan<double> x = _problem.State(0);
        for (int r = 0; r < first.Count; r++)
        {
            HorizonReading reading = first[r];
            _arrivalInnovation.Begin(reading.Values);
            _sensed.Linearize(reading.Sensor, first.Time, x, reading.Values, _arrivalInnovation);
            _transition.Geometry.Subtract(_arrival.Mean, x, _difference);
            for (int i = 0; i < _arrivalInnovation.Count; i++)
            {
                _arrivalInnovation.MutableValue[i] -= Dense.Dot(_sensed.Jacobian.Slice(i * StateCount, StateCount), _difference);
            }

            EstimationStatus status = _update.Apply(
                _arrival, _sensed.Jacobian, _sensed.Noise, reading.Sensor.Count, _arrivalInnovation, _transition.Geometry, _moved);
            if (status != EstimationStatus.Done)
            {
                return status;
            }

            _arrival.CopyFrom(_moved);
        }

        if (!_transition.Linearize(first.Time, Stages[1].Time, x, first.Input, _moved.MutableMean, _jacobian, _noise))
        {
            return _transition.Failure;
        }

        _transition.Geometry.Subtract(_arrival.Mean, x, _difference);
        Dense.MultiplyVector(_jacobian, _difference, _mapped);
        _transition.Geometry.Add(_moved.MutableMean, _mapped);
        _prediction.Apply(_jacobian, _noise, _arrival, _moved);
        _arrival.CopyFrom(_moved);
        return _arrival.IsFinite ? EstimationStatus.Done : EstimationStatus.NotFinite;
    }

    private sealed class WindowSnapshot(MovingHorizonEstimator estimator) : EstimatorSnapshot
    {
        private readonly HorizonWindow _window = new(estimator._transition.InputCount);
        private readonly GaussianBelief _arrival = new(estimator.StateCount);
        private readonly GaussianBelief _belief = new(estimator.StateCount);
        private readonly double[] _unknowns = new double[estimator._problem.Unknowns.Length];
        private readonly double[] _states = new double[estimator._problem.States.Length];
        private double _logLikelihood;

        public override void Take()
        {
            _window.CopyFrom(estimator._window);
            _arrival.CopyFrom(estimator._arrival);
            _belief.CopyFrom(estimator.Belief);
            estimator._problem.Unknowns.CopyTo(_unknowns, 0);
            estimator._problem.States.CopyTo(_states);
            _logLikelihood = estimator.LogLikelihood;
        }

        public override void Restore()
        {
            estimator._window.CopyFrom(_window);
            estimator._arrival.CopyFrom(_arrival);
            estimator.Belief.CopyFrom(_belief);
            _unknowns.CopyTo(estimator._problem.Unknowns, 0);
            _states.CopyTo(estimator._problem.States);
            estimator.LogLikelihood = _logLikelihood;
        }
    }
}
