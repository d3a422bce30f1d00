using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>Follows the process noise while a filter runs: Q = G Omega G', with Omega learned from what innovations say of each step.</summary>
/// <remarks>
/// <para>
/// G says where noise comes in and how it grows with the step, Omega (one at the start) how strong it is. Once
/// <see cref="Lag"/> predictions and their measurements have followed, the noise of a step is known as N(w, W), and Omega becomes
/// (1 - d) Omega + d (w w' + W) with d = 1 / <see cref="Memory"/>: a step of expectation and maximisation. For one prediction w is K nu
/// in the directions of G, so that w w' is the K C K' of covariance matching; W is what that leaves out, and makes the true
/// Omega a fixed point for any lag. In factor form, so that Q is positive semidefinite whatever happens. A step without measurements teaches
/// nothing. R is taken as given: <see cref="AdaptiveNoise"/> follows that instead.
/// </para>
/// <para>
/// A lag of 1 learns noise that the next measurement sees; noise that reaches a sensor only after some steps (a force behind a
/// position) needs as many. Where measurements say little of the noise beside their own, Omega moves slower than Memory says. Costs
/// about 4 n^3 multiplications for each prediction of the lag, and allocates nothing after start. Not thread-safe.
/// R. K. Mehra, Approaches to adaptive filtering, IEEE Trans. Autom. Control 17 (1972), for matching; R. H. Shumway and D. S. Stoffer, J. Time Series Analysis 3
/// (1982), 253-264, for expectation and maximisation, here over a fixed lag and an exponential window.
/// </para>
/// </remarks>
/// <example><code>
/// var adaptive = new AdaptiveProcessNoise(cart, noisy => new KalmanFilter(noisy, position, start), lag: 3) { Memory = 100 };
/// </code></example>
public sealed class AdaptiveProcessNoise : IEstimator
{
    private readonly GaussianFilter _filter;
    private readonly TransitionModel _transition;
    private readonly ForwardRecord _record;
    private readonly BackwardStep _back;
    private readonly SourcePosterior[] _sources;
    private readonly double[] _factor;
    private readonly double[] _deviations;
    private readonly double[] _lengths;
    private readonly double[] _joint;
    private readonly double[] _shift;
    private readonly double[] _array;
    private readonly int _jointColumns;
    private readonly GaussianBelief _before;
    private GaussianBelief _smoothed;
    private GaussianBelief _spare;
    private int _oldest;
    private bool _hasLearned; // from the oldest step, which stays where a prediction fails

    /// <summary>Makes a filter whose process noise is followed; it is predicted and updated through this only.</summary>
    /// <param name="transition">How the states move, with the noise to start from.</param>
    /// <param name="make">Makes the filter of the transition that it is given, whose noise changes.</param>
    /// <param name="lag">After how many predictions a step is judged; positive.</param>
    /// <exception cref="ModelException">The filter has another transition, tells nothing of its predictions, or its sensor feels the process noise.</exception>
    public AdaptiveProcessNoise(TransitionModel transition, Func<TransitionModel, GaussianFilter> make, int lag)
    {
        ArgumentNullException.ThrowIfNull(transition);
        ArgumentNullException.ThrowIfNull(make);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(lag);
        (int n, int q) = (transition.StateCount, transition.NoiseCount);
        _transition = transition;
        _factor = new double[q * q];
        for (int j = 0; j < q; j++)
        {
            _factor[j * (q + 1)] = 1.0;
        }

        var adapted = new TransitionWithNoise(transition, _factor);
        _filter = make(adapted);
        if (_filter.Transition != adapted)
        {
            throw new ModelException(
                "adaptive.filter", "the filter was made with another transition, whose noise cannot be followed", "Give the filter the transition that the function receives.");
        }

        CheckSensor(_filter.Sensor);
        Lag = lag;
        _record = new ForwardRecord(_filter, lag);
        _back = new BackwardStep(_record);
        _sources = [.. Enumerable.Range(0, lag).Select(_ => new SourcePosterior(n, q))];
        _deviations = new double[n * _filter.DeviationColumns];
        _lengths = new double[n];
        _jointColumns = Math.Max(n + q, _filter.DeviationColumns);
        _joint = new double[(n + q) * _jointColumns];
        _shift = new double[n];
        _array = new double[q * (q + 1 + n + q)];
        _before = new GaussianBelief(n);
        _smoothed = new GaussianBelief(n);
        _spare = new GaussianBelief(n);
    }

    /// <summary>After how many predictions a step is judged.</summary>
    public int Lag { get; }

    /// <summary>Over how many steps Omega is averaged; 100 by default. The newest counts by one part in so many.</summary>
    /// <exception cref="ModelException">Not at least 1.</exception>
    public double Memory
    {
        get;
        init => field = value >= 1.0 ? value : throw new ModelException(
            "adaptive.memory", FormattableString.Invariant($"a memory of {value} steps"), "Give a number of at least 1, such as 100.");
    } = 100.0;

    /// <summary>Whether only the scale of Q is followed, Omega = s I; false by default. For sensors too few to tell all of Omega.</summary>
    public bool ScaleOnly { get; init; }

    /// <inheritdoc/>
    public int StateCount => _filter.StateCount;

    /// <inheritdoc/>
    public double Time => _filter.Time;

    /// <inheritdoc/>
    public GaussianBelief Belief => _filter.Belief;

    /// <inheritdoc/>
    public Innovation Innovation => _filter.Innovation;

    /// <inheritdoc/>
    public double LogLikelihood => _filter.LogLikelihood;

    /// <summary>Omega as it is believed now, q by q, row-major; a new array.</summary>
    public double[] SourceCovariance() => Square(_factor, _transition.NoiseCount, _transition.NoiseCount);

    /// <summary>Q = G Omega G' of a step from now, n by n, row-major; a new array.</summary>
    /// <param name="stepSeconds">Length of the step; a transition in discrete time does not ask for it.</param>
    /// <param name="input">The inputs; none if the model has none.</param>
    /// <exception cref="ModelException">The number of inputs is not that of the model, or it has no noise to tell there.</exception>
    public double[] NoiseCovariance(double stepSeconds, ReadOnlySpan<double> input = default)
    {
        (int n, int q) = (StateCount, _transition.NoiseCount);
        CovarianceFactor.CheckCount("input", input.Length, _transition.InputCount);
        double[] noise = new double[n * q];
        return _filter.Transition.Noise(Time, Time + stepSeconds, Belief.Mean, input, noise)
            ? Square(noise, n, q)
            : throw new ModelException("adaptive.noise", "the flow could not be integrated over the step", "Ask for a shorter step.");
    }

    /// <inheritdoc/>
    /// <exception cref="ModelException">The number of inputs is not that of the model.</exception>
    public EstimationStatus Predict(double time, ReadOnlySpan<double> input = default)
    {
        double from = Time;
        _before.CopyFrom(Belief);
        if (_record.Count == Lag && time > from && !_hasLearned)
        {
            _hasLearned = true;
            Learn();
        }

        EstimationStatus status = _filter.Predict(time, input);
        if (status != EstimationStatus.Done || Time == from)
        {
            return status;
        }

        _hasLearned = false;
        if (_before.DiffuseRank > 0)
        {
            // Nothing is learned from a step while directions are unknown.
            _record.Clear();
            return status;
        }

        _filter.WriteDeviations(_before, Belief, _deviations, _lengths);
        _sources[_oldest].Fill(_deviations, _filter.DeviationColumns, _factor, _lengths, _joint, _jointColumns);
        _oldest = (_oldest + 1) % Lag;
        return status;
    }

    /// <inheritdoc/>
    /// <exception cref="ModelException">There is no sensor, it feels the process noise, or measurement, sensor and model do not fit together.</exception>
    public EstimationStatus Update(ReadOnlySpan<double> measurement, MeasurementModel? sensor = null)
    {
        CheckSensor(sensor);
        return _filter.Update(measurement, sensor);
    }

    // The oldest prediction of the lag, with all that was measured since.
    private void Learn()
    {
        _smoothed.CopyFrom(Belief);
        for (int k = Lag - 1; k > 0; k--)
        {
            _back.Apply(k, _smoothed, _spare);
            (_smoothed, _spare) = (_spare, _smoothed);
        }

        (int n, int q) = (StateCount, _transition.NoiseCount);
        int columns = q + 1 + n + q;
        _transition.Geometry.Subtract(_smoothed.Mean, _record[0].After.Mean, _shift);
        _sources[_oldest].Write(_shift, _smoothed.Factor, _array.AsSpan(q), columns);
        double kept = Math.Sqrt(1.0 - (1.0 / Memory));
        double added = Math.Sqrt(1.0 / Memory);
        double squares = 0.0;
        for (int j = 0; j < q; j++)
        {
            Span<double> row = _array.AsSpan(j * columns, columns);
            for (int i = 0; i < columns; i++)
            {
                row[i] = i < q ? kept * _factor[(j * q) + i] : added * row[i];
            }

            squares += Dense.Dot(row, row);
        }

        if (!double.IsFinite(squares))
        {
            return;
        }

        if (ScaleOnly)
        {
            for (int j = 0; j < q; j++)
            {
                _factor[j * (q + 1)] = Math.Sqrt(squares / q);
            }

            return;
        }

        LowerTriangularization.Apply(_array, q, columns);
        LowerTriangularization.CopyTriangle(_array, columns, 0, _factor, q);
    }

    private static double[] Square(double[] factor, int rows, int columns)
    {
        double[] covariance = new double[rows * rows];
        Dense.MultiplyTransposed(factor, factor, covariance, rows, columns, rows);
        return covariance;
    }

    private static void CheckSensor(MeasurementModel? sensor)
    {
        if (sensor is CorrelatedMeasurement)
        {
            throw new ModelException(
                SensorCheck.NameOf(sensor),
                "it feels the process noise, whose scale is being followed",
                "Use a sensor with noise of its own.");
        }
    }
}
