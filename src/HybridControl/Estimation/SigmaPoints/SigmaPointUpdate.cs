using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>Updates a belief with what its sigma points would have been measured as.</summary>
/// <remarks>
/// With deviations [A, B] of the measurement, [X, Y] of the state at the same points and R = N N', the array
/// [[A, B, N, 0], [X, Y, 0, G]] is triangularised to [[S^1/2, 0], [K S^1/2, L+]]. Points that were just drawn have X = L
/// and Y = 0; then [B, N] is reduced to a square first, or <see cref="GramUpdate"/> does it all. Work space of one filter.
/// </remarks>
internal sealed class SigmaPointUpdate
{
    private readonly int _n;
    private readonly SigmaPointMoments _moments;
    private readonly GramUpdate _gram;
    private WorkMatrix _transposed;
    private int _m = -1;
    private double[] _values = [];
    private double[] _mean = [];
    private double[] _difference = [];
    private double[] _noise = [];
    private double[] _surplus = [];
    private double[] _deviations = [];
    private double[] _array = [];
    private double[] _lengths = [];

    /// <summary>Makes room for n states; the room for measurements grows when it must.</summary>
    public SigmaPointUpdate(int n, SigmaPointMoments moments)
    {
        _n = n;
        _moments = moments;
        _gram = new GramUpdate(n);
    }

    /// <summary>Updates a belief.</summary>
    /// <param name="rule">The rule the points were drawn by.</param>
    /// <param name="points">A row of n states for each point.</param>
    /// <param name="spread">Deviations of the states, n by <paramref name="spreadColumns"/>: L, or [X, Y, G].</param>
    /// <param name="spreadColumns">n, or 2n and more.</param>
    /// <param name="stateSurplus">The dyad to take away of the states, n numbers; none if they are new.</param>
    /// <param name="sensor">What was measured.</param>
    /// <param name="time">When, in seconds.</param>
    /// <param name="measurement">The measurement.</param>
    /// <param name="prior">The belief before.</param>
    /// <param name="innovation">Has the components in use; receives everything else.</param>
    /// <param name="geometry">How a state is corrected.</param>
    /// <param name="posterior">Receives the belief after.</param>
    public EstimationStatus Apply(
        SigmaPointRule rule, ReadOnlySpan<double> points, ReadOnlySpan<double> spread, int spreadColumns, ReadOnlySpan<double> stateSurplus,
        MeasurementModel sensor, double time, ReadOnlySpan<double> measurement, GaussianBelief prior, Innovation innovation,
        StateGeometry geometry, GaussianBelief posterior)
    {
        int n = _n;
        int m = sensor.Count;
        int k = innovation.Count;
        int columns = m + (2 * n);
        Reserve(rule.Count, m, spreadColumns);
        Span<double> values = _values.AsSpan(0, rule.Count * m);
        Span<double> mean = _mean.AsSpan(0, m);
        Span<double> surplus = _surplus.AsSpan(0, m + n);
        for (int i = 0; i < rule.Count; i++)
        {
            sensor.Predict(time, points.Slice(i * n, n), values.Slice(i * m, m));
        }

        _moments.Mean(rule, values, sensor.Geometry, mean);
        _moments.Deviations(rule, values, sensor.Geometry, mean, _transposed, surplus);
        sensor.Noise(time, prior.Mean, _noise);
        sensor.Geometry.Subtract(measurement, mean, _difference.AsSpan(0, m));
        bool isNew = spreadColumns == n;
        if (isNew && k == m && rule.Surplus == 0.0)
        {
            _difference.AsSpan(0, m).CopyTo(innovation.MutableValue);
            if (_gram.TryApply(prior, _transposed, 2 * n, _noise, m, innovation, geometry, posterior) && IsResolved(innovation, mean))
            {
                return EstimationStatus.Done;
            }
        }

        BlockTranspose.Apply(_transposed.Span, _transposed.Width, _deviations, columns, 2 * n, m);
        for (int i = 0; i < k; i++)
        {
            int component = innovation.Components[i];
            innovation.MutableValue[i] = _difference[component];
            surplus[i] = surplus[component];
            Span<double> row = _deviations.AsSpan(component * columns, columns);
            _noise.AsSpan(component * m, m).CopyTo(row[(2 * n)..]);
            _lengths[i] = Math.Sqrt(Dense.Dot(row, row)) + Math.Abs(mean[component]);
            row.CopyTo(_deviations.AsSpan(i * columns));
        }

        if (!Dense.IsFinite(_deviations.AsSpan(0, k * columns)))
        {
            return EstimationStatus.NotFinite;
        }

        int width = isNew ? FillNew(k, columns, spread) : FillMoved(k, columns, spread, spreadColumns);
        if (rule.Surplus > 0.0)
        {
            surplus.Slice(k, n).Clear();
            stateSurplus.CopyTo(surplus[k..]);
            if (!TakeAway(k, width, surplus[..(k + n)]))
            {
                return EstimationStatus.Indefinite;
            }
        }

        return ArrayUpdate.Complete(
            _array.AsSpan(0, (k + n) * width), k, width, _lengths, prior.Mean, innovation, geometry, posterior);
    }

    // Whether the spread of every component is more than rounding errors of its mean.
    private static bool IsResolved(Innovation innovation, ReadOnlySpan<double> mean)
    {
        for (int i = 0; i < mean.Length; i++)
        {
            if (!(innovation.Factor[i * (mean.Length + 1)] > 1e-12 * Math.Abs(mean[i])))
            {
                return false;
            }
        }

        return true;
    }

    // [[T, A], [0, L]] with the triangle T of [B, N]; its columns are k + n.
    private int FillNew(int k, int columns, ReadOnlySpan<double> factor)
    {
        int n = _n;
        int width = k + n;
        int rest = columns - n;
        Span<double> bends = _values.AsSpan(0, k * rest);
        Span<double> array = _array.AsSpan(0, (k + n) * width);
        array.Clear();
        for (int i = 0; i < k; i++)
        {
            _deviations.AsSpan((i * columns) + n, rest).CopyTo(bends[(i * rest)..]);
            _deviations.AsSpan(i * columns, n).CopyTo(array[((i * width) + k)..]);
        }

        LowerTriangularization.Apply(bends, k, rest);
        for (int i = 0; i < k; i++)
        {
            bends.Slice(i * rest, i + 1).CopyTo(array[(i * width)..]);
        }

        for (int i = 0; i < n; i++)
        {
            factor.Slice(i * n, i + 1).CopyTo(array[(((k + i) * width) + k)..]);
        }

        return width;
    }

    // [[A, B, N, 0], [X, Y, 0, G]].
    private int FillMoved(int k, int columns, ReadOnlySpan<double> spread, int spreadColumns)
    {
        int n = _n;
        int q = spreadColumns - (2 * n);
        int width = Math.Max(columns + q, k + n);
        Span<double> array = _array.AsSpan(0, (k + n) * width);
        array.Clear();
        for (int i = 0; i < k; i++)
        {
            _deviations.AsSpan(i * columns, columns).CopyTo(array[(i * width)..]);
        }

        for (int i = 0; i < n; i++)
        {
            Span<double> row = array.Slice((k + i) * width, width);
            spread.Slice(i * spreadColumns, 2 * n).CopyTo(row);
            spread.Slice((i * spreadColumns) + (2 * n), q).CopyTo(row[columns..]);
        }

        return width;
    }

    // Replaces the array by the factor of its square less the dyad of the surplus.
    private bool TakeAway(int k, int width, Span<double> surplus)
    {
        int rows = k + _n;
        Span<double> array = _array.AsSpan(0, rows * width);
        LowerTriangularization.Apply(array, rows, width);
        return CholeskyDowndate.Apply(array, width, surplus);
    }

    private void Reserve(int points, int m, int spreadColumns)
    {
        int n = _n;
        if (_mean.Length < m)
        {
            _values = new double[Math.Max(points * m, m * (n + m))];
            _mean = new double[m];
            _difference = new double[m];
            _noise = new double[m * m];
            _surplus = new double[m + n];
            _deviations = new double[m * (m + (2 * n))];
            _lengths = new double[Math.Max(m, n)];
        }

        if (m != _m)
        {
            _m = m;
            _transposed = _transposed.Reshape(2 * n, m);
        }

        int width = m + (2 * n) + spreadColumns;
        if (_array.Length < (m + n) * width)
        {
            _array = new double[(m + n) * width];
        }
    }
}
