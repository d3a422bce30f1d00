using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>The least-squares problem of a window of M steps, and its Gauss-Newton steps.</summary>
/// <remarks>
/// Unknowns d = (xi, omega_0, ..., omega_(M-1)), all with weight one: x_0 = m + L xi, x_(i+1) = f(x_i) + G omega_i, so that singular
/// covariances need no inverse. A step minimises |d|^2 + sum |A^-1 (z - h(x))|^2 linearised: (I + E'E) d+ = E'(e + E d), with
/// the factor of I + E'E from triangularising [I, E']; bounds make it a projection onto a polyhedron in the coordinates of that factor.
/// Work space of one estimator; grows with the measurements of a window.
/// </remarks>
internal sealed class HorizonProblem
{
    private readonly TransitionModel _transition;
    private readonly int _n;
    private readonly int _q;
    private readonly int _most;
    private readonly double[] _states;
    private readonly double[] _trialStates;
    private readonly double[] _trial;
    private readonly double[] _next;
    private readonly double[] _push;
    private readonly double[] _jacobian;
    private readonly double[] _noise;
    private readonly double[] _slopes;
    private readonly double[] _factor;
    private readonly LinearizedSensor _sensed;
    private readonly NoiseWhitening _whitening = new();
    private readonly HalfSpaceProjection _projection = new();
    private double[] _rows = [];
    private double[] _errors = [];
    private double[] _array = [];
    private double[] _normals = [];
    private double[] _limits = [];
    private int _rowCount;
    private int _constraintCount;
    private EstimationStatus _failure;

    /// <summary>Makes room for windows of up to <paramref name="horizon"/> steps.</summary>
    public HorizonProblem(TransitionModel transition, int horizon)
    {
        _transition = transition;
        (_n, _q) = (transition.StateCount, transition.NoiseCount);
        _most = _n + (horizon * _q);
        _states = new double[(horizon + 1) * _n];
        _trialStates = new double[(horizon + 1) * _n];
        _trial = new double[_most];
        _next = new double[_n];
        _push = new double[_n];
        _jacobian = new double[_n * _n];
        _noise = new double[_n * _q];
        _slopes = new double[(horizon + 1) * _n * _most];
        _factor = new double[_most * _most];
        _sensed = new LinearizedSensor(_n);
        Unknowns = new double[_most];
    }

    /// <summary>The unknowns d; the first n + M q count.</summary>
    public double[] Unknowns { get; }

    /// <summary>Bounds; null for none.</summary>
    public HorizonBounds? Bounds { get; set; }

    /// <summary>The states of all stages, as the unknowns make them.</summary>
    public Span<double> States => _states;

    /// <summary>The state at a stage.</summary>
    public ReadOnlySpan<double> State(int stage) => _states.AsSpan(stage * _n, _n);

    /// <summary>Minimises by Gauss-Newton steps from the present unknowns.</summary>
    /// <returns>Done; or why there is no answer, the unknowns then being as before.</returns>
    public EstimationStatus Minimize(List<HorizonStage> stages, GaussianBelief arrival, int iterations, bool isLinear)
    {
        int count = _n + ((stages.Count - 1) * _q);
        Span<double> unknowns = Unknowns.AsSpan(0, count);
        _failure = EstimationStatus.NotFinite;
        double cost = Cost(stages, arrival, unknowns, _states);
        for (int iteration = 0; iteration < iterations; iteration++)
        {
            if (!double.IsFinite(cost) || !Linearize(stages, arrival, count))
            {
                return _failure;
            }

            Span<double> target = _trial.AsSpan(0, count);
            if (!Step(count, target))
            {
                return EstimationStatus.Contradiction;
            }

            // Shorter steps where the model bends too much for the whole one.
            double scale = 1.0;
            double change = 0.0;
            for (int i = 0; i < count; i++)
            {
                target[i] -= unknowns[i];
                change = Math.Max(change, Math.Abs(target[i]));
            }

            double lower = double.PositiveInfinity;
            for (int halving = 0; halving < 12; halving++)
            {
                Dense.Axpy(scale, target, unknowns);
                lower = Cost(stages, arrival, unknowns, _trialStates);
                if (isLinear || lower <= cost * (1.0 + 1e-12))
                {
                    break;
                }

                Dense.Axpy(-scale, target, unknowns);
                scale *= 0.5;
                lower = double.PositiveInfinity;
            }

            if (double.IsPositiveInfinity(lower))
            {
                break; // no descent left: at rest to rounding
            }

            _trialStates.CopyTo(_states, 0);
            cost = lower;
            if (isLinear || change < 1e-10)
            {
                break;
            }
        }

        return double.IsFinite(cost) ? EstimationStatus.Done : _failure;
    }

    /// <summary>Writes a factor of the covariance of the last state: its slopes times the inverse factor of I + E'E.</summary>
    public void WriteFactor(List<HorizonStage> stages, GaussianBelief arrival, Span<double> result)
    {
        int count = _n + ((stages.Count - 1) * _q);
        Linearize(stages, arrival, count);
        Factor(count);
        Span<double> rows = _array.AsSpan(0, _n * count);
        for (int i = 0; i < _n; i++)
        {
            Slope(stages.Count - 1, i, count).CopyTo(rows[(i * count)..]);
            LowerTriangular.Solve(_factor.AsSpan(0, count * count), rows.Slice(i * count, count));
        }

        LowerTriangularization.Apply(rows, _n, count);
        LowerTriangularization.CopyTriangle(rows, count, 0, result, _n);
    }

    /// <summary>Sets the first n unknowns so that the first state is as near to <paramref name="state"/> as the arrival belief allows.</summary>
    public void StartFrom(ReadOnlySpan<double> state, GaussianBelief arrival)
    {
        Span<double> first = Unknowns.AsSpan(0, _n);
        _transition.Geometry.Subtract(state, arrival.Mean, first);
        LowerTriangular.Solve(arrival.Factor, first);
    }

    private double Cost(List<HorizonStage> stages, GaussianBelief arrival, ReadOnlySpan<double> unknowns, double[] states)
    {
        double cost = Dense.Dot(unknowns, unknowns);
        First(arrival, unknowns, states);
        for (int i = 0; i < stages.Count; i++)
        {
            ReadOnlySpan<double> x = states.AsSpan(i * _n, _n);
            for (int r = 0; r < stages[i].Count; r++)
            {
                HorizonReading reading = stages[i][r];
                _sensed.Linearize(reading.Sensor, stages[i].Time, x, reading.Values, reading.Innovation);
                if (!_whitening.TryLoad(_sensed.Noise, reading.Innovation.Count, reading.Sensor.Count))
                {
                    _failure = EstimationStatus.UnsuitableNoise;
                    return double.NaN;
                }

                _whitening.Apply(reading.Innovation.MutableValue);
                cost += Dense.Dot(reading.Innovation.Value, reading.Innovation.Value);
            }

            if (i + 1 < stages.Count && !Advance(stages, i, unknowns, states))
            {
                return double.NaN;
            }
        }

        return cost + (Bounds is null ? 0.0 : 1e6 * Bounds.Violation(states.AsSpan(0, stages.Count * _n), unknowns[_n..], _n, _q));
    }

    private void First(GaussianBelief arrival, ReadOnlySpan<double> unknowns, double[] states)
    {
        Dense.MultiplyVector(arrival.Factor, unknowns[.._n], _push);
        arrival.Mean.CopyTo(states);
        _transition.Geometry.Add(states.AsSpan(0, _n), _push);
    }

    private bool Advance(List<HorizonStage> stages, int i, ReadOnlySpan<double> unknowns, double[] states)
    {
        (double from, double to) = (stages[i].Time, stages[i + 1].Time);
        Span<double> next = states.AsSpan((i + 1) * _n, _n);
        if (!_transition.Propagate(from, to, states.AsSpan(i * _n, _n), stages[i].Input, next) ||
            !_transition.Noise(from, to, states.AsSpan(i * _n, _n), stages[i].Input, _noise))
        {
            _failure = _transition.Failure;
            return false;
        }

        Dense.MultiplyVector(_noise, unknowns.Slice(_n + (i * _q), _q), _push);
        _transition.Geometry.Add(next, _push);
        return Dense.IsFinite(next);
    }

    // Slopes of all states, rows E and errors e of all measurements at the present states.
    private bool Linearize(List<HorizonStage> stages, GaussianBelief arrival, int count)
    {
        _rowCount = 0;
        for (int i = 0; i < _n; i++)
        {
            Span<double> slope = Slope(0, i, count);
            slope.Clear();
            arrival.Factor.Slice(i * _n, i + 1).CopyTo(slope);
        }

        for (int i = 0; i < stages.Count; i++)
        {
            for (int r = 0; r < stages[i].Count; r++)
            {
                if (!AddRows(stages[i], stages[i][r], i, count))
                {
                    return false;
                }
            }

            if (i + 1 == stages.Count)
            {
                break;
            }

            if (!_transition.Linearize(stages[i].Time, stages[i + 1].Time, State(i), stages[i].Input, _next, _jacobian, _noise))
            {
                _failure = _transition.Failure;
                return false;
            }

            Dense.Multiply(_jacobian, _slopes.AsSpan(i * _n * count, _n * count), _slopes.AsSpan((i + 1) * _n * count), _n, _n, count);
            for (int j = 0; j < _n; j++)
            {
                _noise.AsSpan(j * _q, _q).CopyTo(Slope(i + 1, j, count)[(_n + (i * _q))..]);
            }
        }

        return true;
    }

    private bool AddRows(HorizonStage stage, HorizonReading reading, int index, int count)
    {
        Innovation innovation = reading.Innovation;
        _sensed.Linearize(reading.Sensor, stage.Time, State(index), reading.Values, innovation);
        int k = innovation.Count;
        if (!_whitening.TryLoad(_sensed.Noise, k, reading.Sensor.Count))
        {
            _failure = EstimationStatus.UnsuitableNoise;
            return false;
        }

        if (_errors.Length < _rowCount + k)
        {
            Array.Resize(ref _errors, 2 * (_rowCount + k));
            Array.Resize(ref _rows, 2 * (_rowCount + k) * _most);
        }

        Span<double> rows = _rows.AsSpan(_rowCount * count, k * count);
        Dense.Multiply(_sensed.Jacobian, _slopes.AsSpan(index * _n * count, _n * count), rows, k, _n, count);
        Span<double> column = stackalloc double[k];
        for (int j = 0; j < count; j++)
        {
            for (int i = 0; i < k; i++)
            {
                column[i] = rows[(i * count) + j];
            }

            _whitening.Apply(column);
            for (int i = 0; i < k; i++)
            {
                rows[(i * count) + j] = column[i];
            }
        }

        innovation.Value.CopyTo(_errors.AsSpan(_rowCount));
        _whitening.Apply(_errors.AsSpan(_rowCount, k));
        _rowCount += k;
        return true;
    }

    // The factor of I + E'E.
    private void Factor(int count)
    {
        int columns = count + _rowCount;
        if (_array.Length < count * columns)
        {
            _array = new double[_most * (_most + _rowCount)];
        }

        Span<double> array = _array.AsSpan(0, count * columns);
        array.Clear();
        for (int i = 0; i < count; i++)
        {
            array[(i * columns) + i] = 1.0;
            for (int r = 0; r < _rowCount; r++)
            {
                array[(i * columns) + count + r] = _rows[(r * count) + i];
            }
        }

        LowerTriangularization.Apply(array, count, columns);
        LowerTriangularization.CopyTriangle(array, columns, 0, _factor, count);
    }

    // The minimum of the linearised problem.
    private bool Step(int count, Span<double> target)
    {
        target.Clear();
        ReadOnlySpan<double> unknowns = Unknowns.AsSpan(0, count);
        for (int r = 0; r < _rowCount; r++)
        {
            ReadOnlySpan<double> row = _rows.AsSpan(r * count, count);
            Dense.Axpy(_errors[r] + Dense.Dot(row, unknowns), row, target);
        }

        Factor(count);
        ReadOnlySpan<double> factor = _factor.AsSpan(0, count * count);
        LowerTriangular.Solve(factor, target);
        if (Bounds is not null)
        {
            Constrain(count, factor);
            if (!_projection.Apply(target, _normals.AsSpan(0, _constraintCount * count), _limits.AsSpan(0, _constraintCount)))
            {
                return false;
            }
        }

        LowerTriangular.SolveTransposed(factor, target);
        return true;
    }

    private void Constrain(int count, ReadOnlySpan<double> factor)
    {
        _constraintCount = 0;
        ReadOnlySpan<double> unknowns = Unknowns.AsSpan(0, count);
        int stages = 1 + ((count - _n) / Math.Max(1, _q));
        if (_limits.Length < 2 * ((stages * _n) + count))
        {
            int most = 2 * ((_states.Length) + _most);
            _limits = new double[most];
            _normals = new double[most * _most];
        }

        for (int i = 0; i < stages * _n; i++)
        {
            ReadOnlySpan<double> slope = _slopes.AsSpan(i * count, count);
            double offset = _states[i] - Dense.Dot(slope, unknowns);
            AddPair(
                slope,
                HorizonBounds.At(Bounds!.StateLower, i % _n, double.NegativeInfinity) - offset,
                HorizonBounds.At(Bounds.StateUpper, i % _n, double.PositiveInfinity) - offset,
                factor,
                count);
        }

        Span<double> unit = stackalloc double[count];
        for (int i = _n; i < count; i++)
        {
            unit.Clear();
            unit[i] = 1.0;
            AddPair(
                unit,
                HorizonBounds.At(Bounds!.NoiseLower, (i - _n) % _q, double.NegativeInfinity),
                HorizonBounds.At(Bounds.NoiseUpper, (i - _n) % _q, double.PositiveInfinity),
                factor,
                count);
        }
    }

    private void AddPair(ReadOnlySpan<double> normal, double low, double high, ReadOnlySpan<double> factor, int count)
    {
        for (int side = -1; side <= 1; side += 2)
        {
            double limit = side < 0 ? -high : low;
            if (double.IsNegativeInfinity(limit))
            {
                continue;
            }

            Span<double> row = _normals.AsSpan(_constraintCount * count, count);
            row.Clear();
            Dense.Axpy(side, normal, row);
            LowerTriangular.Solve(factor, row);
            _limits[_constraintCount++] = limit;
        }
    }

    private Span<double> Slope(int stage, int state, int count) => _slopes.AsSpan(((stage * _n) + state) * count, count);
}
