using HybridControl.Diagnostics;

namespace HybridControl.Estimation;

/// <summary>The predictions of a filter, written down while it runs, for a smoother to go back through.</summary>
/// <remarks>
/// <para>
/// Make it before the filter runs; every <see cref="GaussianFilter.Predict"/> that succeeds adds an entry. Measurements need no
/// entry: what they taught is in the belief before the next prediction. A filter that is set back, for a late measurement,
/// overwrites what it had predicted from there on. Directions of which nothing is known yet are smoothed exactly, and so are sensors
/// that feel the process noise, after the filters that take them.
/// </para>
/// <para>
/// Costs an array of 2n rows a prediction, about 5 n^3 multiplications more, and 5 n^2 numbers an entry. With a capacity, entries are used
/// again and nothing is allocated once it is full. Not thread-safe.
/// </para>
/// </remarks>
public sealed class ForwardRecord
{
    private readonly List<RecordedPrediction> _entries = [];
    private readonly double[] _array;
    private readonly double[] _deviations;
    private readonly double[] _lengths;
    private readonly int _sources;
    private readonly int _columns;
    private readonly int _capacity;
    private UnknownElimination? _elimination;
    private int _first;

    /// <summary>Starts to write down what a filter predicts.</summary>
    /// <param name="filter">The filter.</param>
    /// <param name="capacity">How many predictions are kept, the latest; zero for all.</param>
    /// <exception cref="ModelException">The filter cannot tell how the states before and after a prediction are correlated.</exception>
    public ForwardRecord(GaussianFilter filter, int capacity = 0)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        if (filter.DeviationColumns == 0)
        {
            throw new ModelException(
                "record.filter",
                $"{filter.GetType().Name} does not tell how the states before and after a prediction are correlated",
                "Use a Kalman, extended, unscented or cubature filter.");
        }

        Filter = filter;
        _capacity = capacity;
        int n = filter.StateCount;
        _sources = filter.RememberedSources;
        _columns = Math.Max((2 * n) + _sources, filter.DeviationColumns);
        _array = new double[((2 * n) + _sources) * _columns];
        _deviations = new double[n * filter.DeviationColumns];
        _lengths = new double[n + _sources];
        filter.Attach(this);
    }

    /// <summary>The filter whose predictions are written down.</summary>
    public GaussianFilter Filter { get; }

    /// <summary>The number of predictions that are kept.</summary>
    public int Count { get; private set; }

    /// <summary>A prediction, the earliest first.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such prediction.</exception>
    public RecordedPrediction this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            return _entries[(_first + index) % _entries.Count];
        }
    }

    /// <summary>What the filter believed at the end of a prediction once it had used the measurements there.</summary>
    internal GaussianBelief AfterUpdates(int index) => index + 1 < Count ? this[index + 1].Before : Filter.Belief;

    /// <summary>Forgets all predictions.</summary>
    public void Clear() => (Count, _first) = (0, 0);

    /// <summary>Writes no further predictions down; what was written stays.</summary>
    public void Stop() => Filter.Detach(this);

    /// <summary>Adds a prediction that succeeded.</summary>
    internal void Add(double from, double to, GaussianBelief before, GaussianBelief after)
    {
        while (Count > 0 && this[Count - 1].To > from)
        {
            Count--;
        }

        RecordedPrediction entry = Next();
        entry.Begin(from, to, before, after);
        Arrange(before, after);
        if (before.DiffuseRank == 0)
        {
            entry.Complete(_array, _columns, _lengths, null);
            return;
        }

        _elimination ??= new UnknownElimination(before.Dimension, before.Dimension + _sources);
        _elimination.Apply(Filter, before, _array, _columns, _lengths);
        int used = _elimination.Rank;
        entry.Complete(_array.AsSpan(used * _columns), _columns, _lengths.AsSpan(used), _elimination);
    }

    // Deviations of the state after the prediction, of the sources whose noise is remembered, and of the state before it.
    private void Arrange(GaussianBelief before, GaussianBelief after)
    {
        int n = before.Dimension;
        int columns = Filter.DeviationColumns;
        Filter.WriteDeviations(before, after, _deviations, _lengths);
        _array.AsSpan().Clear();
        for (int i = 0; i < n; i++)
        {
            _deviations.AsSpan(i * columns, columns).CopyTo(_array.AsSpan(i * _columns));
            before.Factor.Slice(i * n, i + 1).CopyTo(_array.AsSpan((n + _sources + i) * _columns));
        }

        for (int j = 0; j < _sources; j++)
        {
            _array[((n + j) * _columns) + columns - _sources + j] = 1.0;
            _lengths[n + j] = 1.0;
        }
    }

    private RecordedPrediction Next()
    {
        if (_capacity > 0 && Count == _capacity)
        {
            _first = (_first + 1) % Count;
        }
        else
        {
            Count++;
            if (Count > _entries.Count)
            {
                _entries.Add(new RecordedPrediction(Filter.StateCount, _sources));
            }
        }

        return this[Count - 1];
    }
}
