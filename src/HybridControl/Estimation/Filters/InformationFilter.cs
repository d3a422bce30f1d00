using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>The Kalman filter in square-root information form: it can start from no information at all.</summary>
/// <remarks>
/// Keeps V and s with belief proportional to exp(-|V' x - s|^2 / 2): V V' is the inverse of the covariance and may be singular. An update
/// triangularises [[V, H' A^-T], [s', (A^-1 z)']] with R = A A'; a prediction stacks the noise sources below x = F^-1 (x+ - c - G omega)
/// and eliminates them. Equal to <see cref="KalmanFilter"/> where both exist; F must be invertible and R positive definite, Q may be
/// singular. Likelihood: the integral over all states, so that started from
/// <see cref="GaussianBelief.Unknown"/> it is the exact diffuse one. A step allocates nothing after the first of its kind. Not thread-safe.
/// G. J. Bierman, Factorization Methods for Discrete Sequential Estimation (1977), chapter VI.
/// </remarks>
public sealed class InformationFilter : IRewindable
{
    private const double LogTwoPi = 1.8378770664093454836;

    // Pivots of V are told from rounding by this fraction of their row.
    private const double Resolution = 1e-10;

    private readonly int _n;
    private readonly int _q;
    private readonly double[] _zero;
    private readonly double[] _factor;
    private readonly double[] _vector;
    private readonly double[] _offset;
    private readonly double[] _jacobian;
    private readonly double[] _noise;
    private readonly double[] _moved;
    private readonly double[] _prediction;
    private readonly LinearizedSensor _sensed;
    private readonly NoiseWhitening _whitening = new();
    private readonly GaussianBelief _belief;
    private readonly GaussianBelief _unknown;
    private double[] _update = [];
    private double[] _root = [];
    private double _logScale;
    private bool _isCurrent;

    /// <summary>Starts a filter.</summary>
    /// <param name="transition">How the states move; linear and invertible.</param>
    /// <param name="sensor">The sensor of updates that name none, linear; null if every update names its own.</param>
    /// <param name="initial">The belief at <paramref name="time"/>: a regular covariance, or <see cref="GaussianBelief.Unknown"/> for no information.</param>
    /// <param name="time">Time of the initial belief, in seconds.</param>
    /// <exception cref="ModelException">
    /// A model is not linear, the sizes do not fit, the covariance or the noise of the sensor is singular, or the time is not finite.
    /// </exception>
    public InformationFilter(TransitionModel transition, MeasurementModel? sensor, GaussianBelief initial, double time = 0.0)
    {
        ArgumentNullException.ThrowIfNull(transition);
        ArgumentNullException.ThrowIfNull(initial);
        CovarianceFactor.CheckCount("filter.initial", initial.Dimension, transition.StateCount);
        if (!transition.IsLinear)
        {
            throw new ModelException("filter.transition", "the model is not linear in its states", "Use ExtendedKalmanFilter.");
        }

        StepTimes.CheckStart(time);
        (Transition, Sensor, Time) = (transition, sensor, time);
        (_n, _q) = (transition.StateCount, transition.NoiseCount);
        _zero = new double[_n];
        _factor = new double[_n * _n];
        _vector = new double[_n];
        _offset = new double[_n];
        _jacobian = new double[_n * _n];
        _noise = new double[_n * _q];
        _moved = new double[_n * _n];
        _prediction = new double[(_q + _n + 1) * (_q + _n)];
        _sensed = new LinearizedSensor(_n);
        _belief = new GaussianBelief(_n);
        _unknown = GaussianBelief.Unknown(_n);
        if (sensor is not null)
        {
            SensorCheck.RequireStates(sensor, _n);
            CheckSensor(sensor);
            NoiseWhitening.Require(sensor);
        }

        if (initial.DiffuseRank < _n)
        {
            Start(initial);
        }
    }

    /// <summary>How the states move.</summary>
    public TransitionModel Transition { get; }

    /// <summary>The sensor of updates that name none.</summary>
    public MeasurementModel? Sensor { get; }

    /// <inheritdoc/>
    public int StateCount => _n;

    /// <inheritdoc/>
    public double Time { get; private set; }

    /// <summary>Whether what was measured determines all states, so that there is a belief.</summary>
    public bool IsDetermined
    {
        get
        {
            for (int i = 0; i < _n; i++)
            {
                ReadOnlySpan<double> row = _factor.AsSpan(i * _n, i + 1);
                if (!(row[i] > Resolution * Math.Sqrt(Dense.Dot(row, row))))
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>The factor V of the information V V', n by n, row-major, lower triangular.</summary>
    public ReadOnlySpan<double> Factor => _factor;

    /// <summary>The vector s, n numbers: the mean solves V' x = s.</summary>
    public ReadOnlySpan<double> Vector => _vector;

    /// <inheritdoc/>
    /// <remarks>Solved for when it is asked for. Wholly unknown until the states are determined.</remarks>
    public GaussianBelief Belief
    {
        get
        {
            if (!_isCurrent)
            {
                Solve();
                _isCurrent = true;
            }

            return _belief;
        }
    }

    /// <inheritdoc/>
    /// <remarks>Empty while the states were not determined before the update.</remarks>
    public Innovation Innovation { get; } = new();

    /// <inheritdoc/>
    /// <remarks>Zero until the measurements determine the states; then of all measurements, those included.</remarks>
    public double LogLikelihood =>
        IsDetermined ? _logScale + (0.5 * _n * LogTwoPi) - (0.5 * Cholesky.LogDeterminant(_factor, _n)) : 0.0;

    /// <inheritdoc/>
    public bool CanDivideSteps => Transition.CanDivideSteps;

    /// <inheritdoc/>
    /// <exception cref="ModelException">The number of inputs is not that of the model.</exception>
    public EstimationStatus Predict(double time, ReadOnlySpan<double> input = default)
    {
        CovarianceFactor.CheckCount("input", input.Length, Transition.InputCount);
        if (StepTimes.EndOf(Time, time) is EstimationStatus end)
        {
            return end;
        }

        if (!Transition.Linearize(Time, time, _zero, input, _offset, _jacobian, _noise))
        {
            return Transition.Failure;
        }

        if (!Dense.IsFinite(_jacobian))
        {
            return EstimationStatus.NotFinite;
        }

        // Rows of F^-T V, solved through the transpose of F.
        _factor.CopyTo(_moved, 0);
        Transpose(_jacobian);
        if (!GaussianElimination.Solve(_jacobian, _moved, _n, _n, out double logDeterminant))
        {
            return EstimationStatus.NotInvertible;
        }

        Eliminate();
        if (!Dense.IsFinite(_prediction))
        {
            return EstimationStatus.NotFinite;
        }

        int columns = _q + _n;
        LowerTriangularization.CopyTriangle(_prediction, columns, _q, _factor, _n);
        _prediction.AsSpan((columns * columns) + _q, _n).CopyTo(_vector);
        for (int i = 0; i < _q; i++)
        {
            _logScale -= Math.Log(_prediction[i * (columns + 1)]);
        }

        _logScale -= logDeterminant;
        Time = time;
        _isCurrent = false;
        return EstimationStatus.Done;
    }

    /// <inheritdoc/>
    /// <exception cref="ModelException">There is no sensor, it is not linear, or measurement, sensor and model do not fit together.</exception>
    public EstimationStatus Update(ReadOnlySpan<double> measurement, MeasurementModel? sensor = null)
    {
        MeasurementModel used = SensorCheck.Choose(sensor, Sensor, _n, measurement.Length);
        CheckSensor(used);
        EstimationStatus status = Innovation.Begin(measurement);
        if (status != EstimationStatus.Done)
        {
            return status;
        }

        _sensed.Linearize(used, Time, _zero, measurement, Innovation);
        int k = Innovation.Count;
        int columns = _n + k;
        Reserve(k, columns, used.Count);
        if (!_whitening.TryLoad(_sensed.Noise, k, used.Count))
        {
            return Innovation.Status = EstimationStatus.UnsuitableNoise;
        }

        Whiten(k);
        Span<double> array = _update.AsSpan(0, (_n + 1) * columns);
        for (int i = 0; i < _n; i++)
        {
            _factor.AsSpan(i * _n, _n).CopyTo(array[(i * columns)..]);
        }

        _vector.CopyTo(array[(_n * columns)..]);
        LowerTriangularization.Apply(array, _n + 1, columns);
        double left = array[(_n * columns) + _n];
        if (!Dense.IsFinite(array[..(_n * columns)]) || !Dense.IsFinite(Innovation.Value))
        {
            return Innovation.Status = EstimationStatus.NotFinite;
        }

        if (!Dense.IsFinite(array) || !double.IsFinite(left * left))
        {
            return Innovation.Status = EstimationStatus.OutOfRange;
        }

        Report(k, used.Count);
        LowerTriangularization.CopyTriangle(array, columns, 0, _factor, _n);
        array.Slice(_n * columns, _n).CopyTo(_vector);
        _logScale -= (0.5 * ((k * LogTwoPi) + (left * left))) + _whitening.LogDeterminant;
        _isCurrent = false;
        return EstimationStatus.Done;
    }

    /// <inheritdoc/>
    public EstimatorSnapshot Snapshot() => new InformationSnapshot(this);

    private void Start(GaussianBelief initial)
    {
        for (int i = 0; i < _n; i++)
        {
            if (initial.DiffuseRank > 0 || initial.Factor[i * (_n + 1)] == 0.0)
            {
                throw new ModelException(
                    "filter.initial",
                    initial.DiffuseRank > 0 ? "some directions are unknown and some are not" : "the covariance is singular, which is infinite information",
                    "Give a regular covariance or GaussianBelief.Unknown, or use KalmanFilter.");
            }
        }

        InvertTransposed(initial.Factor, _factor);
        Dense.TransposedMultiply(_factor, initial.Mean, _vector, _n, _n, 1);
        _logScale = -0.5 * ((_n * LogTwoPi) + Cholesky.LogDeterminant(initial.Factor, _n));
    }

    private static void CheckSensor(MeasurementModel sensor)
    {
        SensorCheck.RequireIndependent(sensor, typeof(InformationFilter));
        if (!sensor.IsLinear)
        {
            throw new ModelException(SensorCheck.NameOf(sensor), "it is not linear", "Use ExtendedKalmanFilter.");
        }
    }

    // Rows: sources, states after the step, what is known; triangularised so that the sources stand apart.
    private void Eliminate()
    {
        int columns = _q + _n;
        Span<double> array = _prediction;
        array.Clear();
        for (int i = 0; i < _n; i++)
        {
            ReadOnlySpan<double> row = _moved.AsSpan(i * _n, _n);
            row.CopyTo(array[((_q + i) * columns)..]);
            Dense.Axpy(_offset[i], row, array.Slice(columns * columns, _n));
            for (int j = 0; j < _q; j++)
            {
                Dense.Axpy(-_noise[(i * _q) + j], row, array.Slice(j * columns, _n));
            }
        }

        Dense.Axpy(1.0, _vector, array.Slice(columns * columns, _n));
        for (int j = 0; j < _q; j++)
        {
            array[(j * columns) + _n + j] = 1.0;
        }

        LowerTriangularization.Apply(array, columns + 1, columns);
    }

    // Writes H' A^-T and (A^-1 z)' into the right part of the array.
    private void Whiten(int k)
    {
        int columns = _n + k;
        for (int i = 0; i <= _n; i++)
        {
            Span<double> row = _update.AsSpan((i * columns) + _n, k);
            for (int j = 0; j < k; j++)
            {
                row[j] = i < _n ? _sensed.Jacobian[(j * _n) + i] : Innovation.Value[j];
            }

            _whitening.Apply(row);
        }
    }

    // The innovation in the words of a Kalman filter: nu = z - H m, S from [A, H L].
    private void Report(int k, int noiseColumns)
    {
        GaussianBelief prior = Belief;
        if (prior.DiffuseRank > 0)
        {
            Innovation.KeepIndependent(0);
            return;
        }

        int columns = noiseColumns + _n;
        Span<double> array = _root.AsSpan(0, k * columns);
        Dense.MultiplyLower(_sensed.Jacobian, prior.Factor, array[noiseColumns..], k, _n, columns);
        for (int i = 0; i < k; i++)
        {
            _sensed.Noise.Slice(i * noiseColumns, noiseColumns).CopyTo(array[(i * columns)..]);
            Innovation.MutableValue[i] -= Dense.Dot(_sensed.Jacobian.Slice(i * _n, _n), prior.Mean);
        }

        LowerTriangularization.Apply(array, k, columns);
        LowerTriangularization.CopyTriangle(array, columns, 0, Innovation.MutableFactor, k);
        Innovation.Weigh();
    }

    private void Solve()
    {
        if (!IsDetermined)
        {
            _belief.CopyFrom(_unknown);
            return;
        }

        _belief.MutableDiffuse(0);
        _vector.CopyTo(_belief.MutableMean);
        LowerTriangular.SolveTransposed(_factor, _belief.MutableMean);
        InvertTransposed(_factor, _belief.MutableFactor);
    }

    // The triangular factor of (L L')^-1 = L^-T L^-1; rows of L^-T are columns of L^-1.
    private void InvertTransposed(ReadOnlySpan<double> lower, Span<double> result)
    {
        result.Clear();
        for (int i = 0; i < _n; i++)
        {
            result[i * (_n + 1)] = 1.0;
            LowerTriangular.Solve(lower, result.Slice(i * _n, _n));
        }

        LowerTriangularization.Apply(result, _n, _n);
    }

    private void Transpose(Span<double> square)
    {
        for (int i = 0; i < _n; i++)
        {
            for (int j = 0; j < i; j++)
            {
                (square[(i * _n) + j], square[(j * _n) + i]) = (square[(j * _n) + i], square[(i * _n) + j]);
            }
        }
    }

    private void Reserve(int k, int columns, int m)
    {
        if (_update.Length < (_n + 1) * columns)
        {
            _update = new double[(_n + 1) * columns];
        }

        if (_root.Length < k * (m + _n))
        {
            _root = new double[k * (m + _n)];
        }
    }

    private sealed class InformationSnapshot(InformationFilter filter) : EstimatorSnapshot
    {
        private readonly double[] _factor = new double[filter._factor.Length];
        private readonly double[] _vector = new double[filter._vector.Length];
        private double _time;
        private double _logScale;

        public override void Take()
        {
            filter._factor.CopyTo(_factor, 0);
            filter._vector.CopyTo(_vector, 0);
            (_time, _logScale) = (filter.Time, filter._logScale);
        }

        public override void Restore()
        {
            _factor.CopyTo(filter._factor, 0);
            _vector.CopyTo(filter._vector, 0);
            (filter.Time, filter._logScale, filter._isCurrent) = (_time, _logScale, false);
        }
    }
}
