using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>Corrects members by the symmetric square root in their own space, one for all states or one for each. Work space of one filter.</summary>
/// <remarks>
/// With Y and d whitened by the noise, M = I + Y' Y / (N - 1), w = M^-1 Y' d / (N - 1) and T = M^-1/2, members become
/// mean + A (w 1' + T). T keeps the vector of ones, so it keeps the mean. With fewer components than members the same comes
/// from the eigenvalues of Y Y' / (N - 1) = U diag(l) U': T = I + Y' U diag(((1 + l)^-1/2 - 1) / l) U' Y / (N - 1). Localised, a component counts for a state with
/// its weight: the sums over components in Y' Y and Y' d are weighted. Components without noise come first, see <see cref="ExactComponents"/>;
/// no weight makes them less exact, so they count wholly for every state that they reach.
/// </remarks>
internal sealed class TransformUpdate
{
    private readonly int _count;
    private double[] _matrix = [];
    private double[] _vectors = [];
    private double[] _scaled = [];
    private double[] _transform = [];
    private readonly double[] _pull;
    private readonly double[] _row;
    private double[] _white = [];
    private double[] _local = [];
    private double[] _innovation = [];
    private bool[] _isExact = [];
    private bool[] _isExactLocally = [];
    private double[] _shifts = [];
    private readonly ExactComponents _exact = new();

    /// <summary>Makes room for N members.</summary>
    public TransformUpdate(int count)
    {
        _count = count;
        _pull = new double[count];
        _row = new double[count];
    }

    /// <summary>Replaces the corrected members.</summary>
    /// <returns>Done, or why not: <see cref="EstimationStatus.UnsuitableNoise"/> if noise is correlated where a localisation takes components apart.</returns>
    public EstimationStatus Apply(EnsembleAnomalies ensemble, MemberSensor sensed, Innovation innovation, EnsembleLocalization? localization)
    {
        int k = ensemble.SensorCount;
        if (!Whiten(ensemble, sensed.NoiseFactor, innovation, localization is not null))
        {
            return EstimationStatus.UnsuitableNoise;
        }

        if (localization is null)
        {
            return Correct(_white.AsSpan(0, k * _count), _innovation.AsSpan(0, k), _isExact.AsSpan(0, k), ensemble.States, ensemble.Corrected);
        }

        for (int i = 0; i < ensemble.StateCount; i++)
        {
            int used = Select(localization, i, innovation.Components);
            if (used == 0)
            {
                continue; // no component reaches this state
            }

            EstimationStatus status = Correct(
                _local.AsSpan(0, used * _count), _local.AsSpan(k * _count, used), _isExactLocally.AsSpan(0, used),
                ensemble.States.Slice(i * _count, _count), ensemble.Corrected.Slice(i * _count, _count));
            if (status != EstimationStatus.Done)
            {
                return status;
            }
        }

        return EstimationStatus.Done;
    }

    // Y and d in units of the noise, where there is any; false if what belongs together has to be taken apart.
    private bool Whiten(EnsembleAnomalies ensemble, ReadOnlySpan<double> factor, Innovation innovation, bool apart)
    {
        int k = ensemble.SensorCount;
        if (_white.Length < k * _count)
        {
            _white = new double[k * _count];
            _local = new double[k * (_count + 1)];
            _innovation = new double[k];
            _isExact = new bool[k];
            _isExactLocally = new bool[k];
        }

        if (_shifts.Length < ensemble.StateCount)
        {
            _shifts = new double[ensemble.StateCount];
        }

        ensemble.Sensed.CopyTo(_white);
        innovation.Value.CopyTo(_innovation);
        for (int i = 0; i < k; i++)
        {
            Span<double> row = _white.AsSpan(i * _count, _count);
            for (int j = 0; j < i; j++)
            {
                double weight = factor[(i * k) + j];
                if (weight != 0.0)
                {
                    if (apart)
                    {
                        return false;
                    }

                    Dense.Axpy(-weight, _white.AsSpan(j * _count, _count), row);
                    _innovation[i] -= weight * _innovation[j];
                }
            }

            double pivot = factor[(i * k) + i];
            _isExact[i] = pivot == 0.0;
            if (_isExact[i])
            {
                continue;
            }

            foreach (ref double value in row)
            {
                value /= pivot;
            }

            _innovation[i] /= pivot;
        }

        return true;
    }

    // Components that reach a state, weighted: rows first, then the innovations from k rows on.
    private int Select(EnsembleLocalization localization, int state, ReadOnlySpan<int> components)
    {
        int k = components.Length;
        int used = 0;
        for (int j = 0; j < k; j++)
        {
            double weight = localization.StateToSensor(state, components[j]);
            if (weight <= 0.0)
            {
                continue;
            }

            _isExactLocally[used] = _isExact[j];
            double root = _isExact[j] ? 1.0 : Math.Sqrt(weight);
            ReadOnlySpan<double> source = _white.AsSpan(j * _count, _count);
            Span<double> target = _local.AsSpan(used * _count, _count);
            for (int member = 0; member < source.Length; member++)
            {
                target[member] = root * source[member];
            }

            _local[(k * _count) + used] = root * _innovation[j];
            used++;
        }

        return used;
    }

    // Rows of A, corrected by rows of Y and entries of d, in the smaller of both spaces.
    private EstimationStatus Correct(Span<double> y, Span<double> d, ReadOnlySpan<bool> isExact, Span<double> states, Span<double> corrected)
    {
        int n = states.Length / _count;
        Span<double> shifts = _shifts.AsSpan(0, n);
        int noisy = _exact.Condition(y, d, isExact, states, shifts);
        EstimationStatus status = Correct(y[..(noisy * _count)], d[..noisy], states, corrected);
        for (int i = 0; i < n && status == EstimationStatus.Done; i++)
        {
            foreach (ref double value in corrected.Slice(i * _count, _count))
            {
                value += shifts[i];
            }
        }

        return status;
    }

    private EstimationStatus Correct(ReadOnlySpan<double> y, ReadOnlySpan<double> d, ReadOnlySpan<double> states, Span<double> corrected)
    {
        int n = states.Length / _count;
        int least = Math.Min(d.Length, _count);
        Reserve(least * least, least * _count);
        if (d.Length < _count)
        {
            return CorrectBySensors(y, d, states, corrected);
        }

        if (!Prepare(y, d))
        {
            return EstimationStatus.NotFinite;
        }

        Dense.Multiply(states, _transform, corrected, n, _count, _count);
        return EstimationStatus.Done;
    }

    // corrected = A + A Y' W / (N - 1) with W = U diag(1 / (1 + l)) U' d 1' + U diag(((1 + l)^-1/2 - 1) / l) U' Y.
    private EstimationStatus CorrectBySensors(ReadOnlySpan<double> y, ReadOnlySpan<double> d, ReadOnlySpan<double> states, Span<double> corrected)
    {
        (int n, int k) = (states.Length / _count, d.Length);
        double scale = 1.0 / (_count - 1.0);
        Span<double> matrix = _matrix.AsSpan(0, k * k);
        Span<double> vectors = _vectors.AsSpan(0, k * k);
        Dense.MultiplyTransposed(y, y, matrix, k, _count, k);
        foreach (ref double entry in matrix)
        {
            entry *= scale;
        }

        if (!SymmetricEigen.Decompose(matrix, vectors, k))
        {
            return EstimationStatus.NotFinite;
        }

        Span<double> turned = _scaled.AsSpan(0, k * _count);
        Dense.Multiply(vectors, y, turned, k, k, _count);
        for (int r = 0; r < k; r++)
        {
            double eigenvalue = Math.Max(0.0, matrix[r * (k + 1)]);
            double root = Math.Sqrt(1.0 + eigenvalue);
            double shrink = -1.0 / (root * (1.0 + root)); // (1 / root - 1) / eigenvalue without cancellation
            double pull = Dense.Dot(vectors.Slice(r * k, k), d) / (1.0 + eigenvalue);
            foreach (ref double entry in turned.Slice(r * _count, _count))
            {
                entry = (shrink * entry) + pull;
            }
        }

        Span<double> weights = _transform.AsSpan(0, k * _count);
        Dense.TransposedMultiply(vectors, turned, weights, k, k, _count);
        states.CopyTo(corrected);
        for (int i = 0; i < n; i++)
        {
            ReadOnlySpan<double> row = states.Slice(i * _count, _count);
            for (int j = 0; j < k; j++)
            {
                Dense.Axpy(scale * Dense.Dot(row, y.Slice(j * _count, _count)), weights.Slice(j * _count, _count), corrected.Slice(i * _count, _count));
            }
        }

        return EstimationStatus.Done;
    }

    // w 1' + T for the given rows of Y and entries of d.
    private bool Prepare(ReadOnlySpan<double> y, ReadOnlySpan<double> d)
    {
        int n = _count;
        double scale = 1.0 / (n - 1.0);
        Dense.TransposedMultiply(y, y, _matrix, n, d.Length, n);
        for (int i = 0; i < n * n; i++)
        {
            _matrix[i] *= scale;
        }

        for (int i = 0; i < n; i++)
        {
            _matrix[i * (n + 1)] += 1.0;
        }

        if (!SymmetricEigen.Decompose(_matrix, _vectors, n))
        {
            return false;
        }

        Dense.TransposedMultiply(y, d, _row, n, d.Length, 1);
        _pull.AsSpan().Clear();
        for (int r = 0; r < n; r++)
        {
            double eigenvalue = Math.Max(1.0, _matrix[r * (n + 1)]);
            ReadOnlySpan<double> vector = _vectors.AsSpan(r * n, n);
            Dense.Axpy(scale * Dense.Dot(vector, _row) / eigenvalue, vector, _pull);
            Span<double> scaled = _scaled.AsSpan(r * n, n);
            double root = 1.0 / Math.Sqrt(eigenvalue);
            for (int i = 0; i < n; i++)
            {
                scaled[i] = root * vector[i];
            }
        }

        Dense.TransposedMultiply(_vectors, _scaled, _transform, n, n, n);
        for (int i = 0; i < n; i++)
        {
            double pull = _pull[i];
            foreach (ref double entry in _transform.AsSpan(i * n, n))
            {
                entry += pull;
            }
        }

        return true;
    }

    private void Reserve(int square, int table)
    {
        if (_matrix.Length < square)
        {
            _matrix = new double[square];
            _vectors = new double[square];
        }

        if (_scaled.Length < table)
        {
            _scaled = new double[table];
            _transform = new double[table];
        }
    }
}
