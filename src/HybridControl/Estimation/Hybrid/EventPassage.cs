using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>Moves a part of a belief through an event: back to its guard, through the reset, and forward with the new flow.</summary>
/// <remarks>
/// <para>
/// The part is what lies between two distances from the guard: the strip low &lt; u &lt; high of the belief, u the guard function
/// in standard deviations. Its first two moments are exact for an affine guard; the threshold, if it is uncertain, is
/// one more coordinate. Its mean is flowed back until it meets the guard, jumps, and is flowed on for the same time; what is
/// around it moves by the product of flow, saltation and flow.
/// </para>
/// <para>
/// Where the speed at which the guard is met varies over the part by more than a third of itself (grazing), the saltation matrix
/// is no measure of the neighbours: then 2(n + 1) sigma points of the part are each moved by their own event.
/// Work space of one user.
/// </para>
/// </remarks>
internal sealed class EventPassage
{
    private const int Iterations = 30;
    private const double Transversal = 3.0;

    private readonly int _n;
    private readonly int _columns;
    private readonly ShortFlow _flow;
    private readonly double[] _joint;
    private readonly double[] _deviations;
    private readonly double[] _product;
    private readonly double[] _x;
    private readonly double[] _center;
    private readonly double[] _start;
    private readonly double[] _data;
    private readonly double[] _direction;
    private readonly double[] _points;

    /// <summary>Makes room for n states.</summary>
    public EventPassage(int n, int data)
    {
        _n = n;
        _columns = n + 1;
        _flow = new ShortFlow(n, _columns);
        _joint = new double[_columns * _columns];
        _deviations = new double[n * _columns];
        _product = new double[n * Math.Max(_columns, n)];
        _x = new double[n];
        _center = new double[n];
        _start = new double[n];
        _data = new double[data];
        _direction = new double[n];
        _points = new double[n * 2 * _columns];
    }

    /// <summary>Time of the last event, at the mean.</summary>
    public double EventTime { get; private set; }

    /// <summary>States right after it, at the mean.</summary>
    public ReadOnlySpan<double> EventStates => _center;

    /// <summary>Whether the guard was grazed, so that sigma points were used.</summary>
    public bool IsGrazing { get; private set; }

    /// <summary>Moves a part of a belief.</summary>
    /// <param name="model">The model.</param>
    /// <param name="number">Number of the event; its view holds the evaluation for <paramref name="source"/> at <paramref name="time"/>.</param>
    /// <param name="source">The belief before.</param>
    /// <param name="low">Lower end of the strip, in standard deviations.</param>
    /// <param name="high">Upper end.</param>
    /// <param name="shift">What to add to the mean of the strip; none if empty.</param>
    /// <param name="time">Time of the belief.</param>
    /// <param name="reach">How far back the guard may have been met, in seconds; zero for a jump on the spot.</param>
    /// <param name="child">Receives mode, data and belief after the event, at the same time.</param>
    /// <returns>False if there is no finite result.</returns>
    public bool Pass(
        HybridModel model, int number, ModeHypothesis source, double low, double high, ReadOnlySpan<double> shift, double time, double reach,
        ModeHypothesis child)
    {
        GuardView view = model.Views[number];
        NormalTail tail = NormalTail.Between(low, high);
        double threshold = Condition(view, source.State, tail);
        Dense.Axpy(1.0, shift, _x.AsSpan(0, shift.Length));
        int leaf = view.Leaf;
        source.Data.CopyTo(_data, 0);
        IsGrazing = false;
        if (reach > 0.0)
        {
            double rate = view.LeafAt(leaf, time, _x, _data).Rate;
            double spread = view.RateSpread(leaf, time, _x, _joint.AsSpan(0, _n * _columns), _columns, _data);
            IsGrazing = !(Math.Abs(rate) >= Transversal * spread);
        }

        child.Mode = model.Events[number].To;
        return IsGrazing
            ? Scatter(model, number, leaf, threshold, time, reach, child)
            : Carry(model, number, leaf, threshold, time, reach, child);
    }

    // Mean and joint factor of states and threshold within the strip; returns the mean of the threshold.
    private double Condition(GuardView view, GaussianBelief belief, NormalTail tail)
    {
        int n = _n;
        _direction.AsSpan().Clear();
        for (int i = 0; i < n; i++)
        {
            Dense.Axpy(view.Gradient[i], belief.Factor.Slice(i * n, i + 1), _direction);
        }

        double whole = view.Spread;
        double other = whole > 0.0 ? view.Threshold / whole : 0.0;
        double squeeze = 1.0 - Math.Sqrt(Math.Max(0.0, tail.Variance));
        belief.Mean.CopyTo(_x);
        _joint.AsSpan().Clear();
        for (int i = 0; i < n; i++)
        {
            Span<double> row = _joint.AsSpan(i * _columns, _columns);
            belief.Factor.Slice(i * n, n).CopyTo(row);
            if (whole > 0.0)
            {
                double along = Dense.Dot(row[..n], _direction) / whole;
                _x[i] += along * tail.Mean;
                Dense.Axpy(-squeeze * along / whole, _direction, row[..n]);
                row[n] = -squeeze * along * other;
            }
        }

        if (other > 0.0)
        {
            Span<double> row = _joint.AsSpan(n * _columns, _columns);
            Dense.Axpy(-squeeze * other * view.Threshold / whole, _direction, row[..n]);
            row[n] = view.Threshold * (1.0 - (squeeze * other * other));
        }

        return view.Threshold * other * tail.Mean;
    }

    // First order: the mean by its own event, the neighbours by the saltation there.
    private bool Carry(HybridModel model, int number, int leaf, double threshold, double time, double reach, ModeHypothesis child)
    {
        int n = _n;
        if (!Move(model, number, leaf, threshold, time, reach, child))
        {
            return false;
        }

        Dense.Multiply(_deviations, _joint, _product, n, _columns, _columns);
        LowerTriangularization.Apply(_product, n, _columns);
        LowerTriangularization.CopyTriangle(_product, _columns, 0, child.State.MutableFactor, n);
        _x.CopyTo(child.State.MutableMean);
        return child.State.IsFinite;
    }

    // Each sigma point by its own event.
    private bool Scatter(HybridModel model, int number, int leaf, double threshold, double time, double reach, ModeHypothesis child)
    {
        int n = _n;
        int count = 2 * _columns;
        double scale = Math.Sqrt(_columns);
        Span<double> start = _start;
        _x.CopyTo(start);
        Span<double> mean = child.State.MutableMean;
        mean.Clear();
        for (int i = 0; i < count; i++)
        {
            double sign = i % 2 == 0 ? scale : -scale;
            int column = i / 2;
            for (int row = 0; row < n; row++)
            {
                _x[row] = start[row] + (sign * _joint[(row * _columns) + column]);
            }

            double shift = threshold + (sign * _joint[(n * _columns) + column]);
            if (!Move(model, number, leaf, shift, time, reach, child))
            {
                return false;
            }

            for (int row = 0; row < n; row++)
            {
                _points[(row * count) + i] = _x[row];
                mean[row] += _x[row] / count;
            }
        }

        double weight = 1.0 / Math.Sqrt(count);
        for (int row = 0; row < n; row++)
        {
            for (int i = 0; i < count; i++)
            {
                _points[(row * count) + i] = weight * (_points[(row * count) + i] - mean[row]);
            }
        }

        LowerTriangularization.Apply(_points, n, count);
        LowerTriangularization.CopyTriangle(_points, count, 0, child.State.MutableFactor, n);
        start.CopyTo(_x);
        return child.State.IsFinite;
    }

    // Moves _x through the event and leaves how neighbours and threshold follow in _deviations.
    private bool Move(HybridModel model, int number, int leaf, double threshold, double time, double reach, ModeHypothesis child)
    {
        int n = _n;
        EventEquations e = model.Events[number];
        _deviations.AsSpan().Clear();
        for (int i = 0; i < n; i++)
        {
            _deviations[(i * _columns) + i] = 1.0;
        }

        double offset = 0.0;
        bool located = reach > 0.0 && Locate(model, number, leaf, threshold, time, reach, out offset);
        EventTime = time - offset;
        EventMap map = model.Maps[number];
        if (!map.Evaluate(EventTime, _x, _data, located, leaf))
        {
            return false;
        }

        Dense.Multiply(map.Matrix, _deviations, _product, n, n, _columns);
        _product.AsSpan(0, n * _columns).CopyTo(_deviations);
        for (int i = 0; i < n; i++)
        {
            _deviations[(i * _columns) + n] += map.Shift[i];
        }

        map.After.CopyTo(_x, 0);
        map.After.CopyTo(_center, 0);
        map.DataAfter.CopyTo(child.Data, 0);
        _flow.Move(model.Flows[e.To].Equations, EventTime, offset, child.Data, _x, _deviations);
        return Dense.IsFinite(_x);
    }

    // Newton's method on the time at which the guard is met; the state is flowed along.
    private bool Locate(HybridModel model, int number, int leaf, double threshold, double time, double reach, out double offset)
    {
        FlowEquations flow = model.Flows[model.Events[number].From].Equations;
        GuardView view = model.Views[number];
        offset = 0.0;
        double smallest = 1e-13 * (Math.Abs(time) + reach);
        for (int i = 0; i < Iterations; i++)
        {
            (double value, double rate) = view.LeafAt(leaf, time - offset, _x, _data);
            double step = (value + threshold) / rate;
            if (!double.IsFinite(step))
            {
                break;
            }

            step = Math.Clamp(step, -reach, reach);
            if (Math.Abs(offset + step) > 3.0 * reach)
            {
                break;
            }

            _flow.Move(flow, time - offset, -step, _data, _x, _deviations);
            offset += step;
            if (Math.Abs(step) <= smallest)
            {
                return true;
            }
        }

        // The guard is not met near here: jump on the spot.
        _flow.Move(flow, time - offset, offset, _data, _x, _deviations);
        offset = 0.0;
        return false;
    }
}
