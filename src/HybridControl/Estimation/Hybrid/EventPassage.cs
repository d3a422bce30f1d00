using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>Moves a part of a belief through an event: back to its guard, through the reset and through all that fires at the same instant.</summary>
/// <remarks>
/// <para>
/// The part is what lies between two distances from the guard: the strip low &lt; u &lt; high of the belief, u the guard function
/// in standard deviations. Its first two moments are exact for an affine guard; the threshold, if it is uncertain, is
/// one more coordinate. Its mean is flowed back until it meets the guard and jumps; what is around it moves by the product of
/// flow and saltation. A transition that fires right there, <see cref="Jump"/>, does so when each neighbour has its own event:
/// with R2 after R1 the saltation is D R2 Xi1 + (f+ - D R2 f - D_t R2) D_x g1 / (D_t g1 + D_x g1 f-).
/// </para>
/// <para>
/// Where the speed at which the guard is met varies over the part by more than a third of itself (grazing), the saltation matrix
/// is no measure of the neighbours: then 2(n + 1) sigma points of the part are each moved by their own event.
/// Work space of one user.
/// </para>
/// </remarks>
internal sealed partial class EventPassage
{
    private const int Iterations = 30;
    private const double Transversal = 3.0;

    private readonly HybridModel _model;
    private readonly int _n;
    private readonly int _columns;
    private readonly ShortFlow _flow;
    private readonly double[] _joint;
    private readonly double[] _deviations;
    private readonly double[] _delays;
    private readonly double[] _product;
    private readonly double[] _x;
    private readonly double[] _center;
    private readonly double[] _before;
    private readonly double[] _left;
    private readonly double[] _data;
    private readonly double[] _leftData;
    private readonly double[] _dataBefore;
    private readonly double[] _direction;
    private readonly double[] _points;
    private readonly double[] _times;
    private readonly double[] _spread;

    /// <summary>Makes room.</summary>
    public EventPassage(HybridModel model)
    {
        _model = model;
        _n = model.Compiled.StateCount;
        _columns = _n + 1;
        _flow = new ShortFlow(_n, _columns);
        _joint = new double[_columns * _columns];
        _deviations = new double[_n * _columns];
        _delays = new double[_columns];
        _product = new double[_n * _columns];
        _x = new double[_n];
        _center = new double[_n];
        _before = new double[_n];
        _left = new double[_n];
        _data = new double[model.Compiled.DataCount];
        _leftData = new double[_data.Length];
        _dataBefore = new double[_data.Length];
        _direction = new double[_n];
        _points = new double[_n * 2 * _columns];
        _times = new double[2 * _columns];
        _spread = new double[_n * 2 * _columns];
    }

    /// <summary>Time of the event, at the mean.</summary>
    public double EventTime { get; private set; }

    /// <summary>The mode after it.</summary>
    public int Mode { get; private set; }

    /// <summary>States after it, at the mean.</summary>
    public ReadOnlySpan<double> States => _center;

    /// <summary>The data block after it.</summary>
    public double[] Data => _data;

    /// <summary>States before the last jump in the present mode, or before the event if that entered the mode.</summary>
    public ReadOnlySpan<double> StatesBefore => _before;

    /// <summary>The data block that belongs to <see cref="StatesBefore"/>.</summary>
    public double[] DataBefore => _dataBefore;

    /// <summary>Whether the mean met the guard; if not, it jumped where it was.</summary>
    public bool IsLocated { get; private set; }

    /// <summary>Whether the reset of the event turned its guard around.</summary>
    public bool IsReversing { get; private set; }

    /// <summary>Whether the guard was grazed, so that sigma points were used.</summary>
    public bool IsGrazing { get; private set; }

    /// <summary>Moves a part of a belief to its event and through its reset.</summary>
    /// <param name="number">Number of the event; its view holds the evaluation for <paramref name="source"/> at <paramref name="time"/>.</param>
    /// <param name="source">The belief before.</param>
    /// <param name="low">Lower end of the strip, in standard deviations.</param>
    /// <param name="high">Upper end.</param>
    /// <param name="shift">What to add to the mean of the strip; none if empty.</param>
    /// <param name="time">Time of the belief.</param>
    /// <param name="reach">How far back the guard may have been met, in seconds; zero for a jump on the spot.</param>
    /// <returns>False if there is no finite result.</returns>
    public bool Meet(
        int number, ModeHypothesis source, double low, double high, ReadOnlySpan<double> shift, double time, double reach)
    {
        GuardView view = _model.Views[number];
        double threshold = Condition(view, source.State, NormalTail.Between(low, high));
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

        return (!IsGrazing || Scatter(number, leaf, threshold, time, reach)) && Center(number, leaf, threshold, time, reach);
    }

    /// <summary>Takes one more transition at the same instant.</summary>
    /// <param name="number">Number of the event.</param>
    /// <returns>False if there is no finite result.</returns>
    public bool Jump(int number)
    {
        EventMap map = _model.Maps[number];
        if (IsGrazing && !JumpPoints(map))
        {
            return false;
        }

        bool stays = _model.Events[number].To == Mode && !_model.Events[number].Transition.External;
        (stays ? _center : _left).CopyTo(_before, 0);
        (stays ? _data : _leftData).CopyTo(_dataBefore, 0);
        if (!map.Evaluate(EventTime, _center, _data, located: false))
        {
            return false;
        }

        Apply(map);
        for (int i = 0; i < _n; i++)
        {
            Dense.Axpy(-map.Late[i], _delays, _deviations.AsSpan(i * _columns, _columns));
        }

        Arrive(map, number);
        return true;
    }

    /// <summary>Standard deviation of a guard function right after the event, each state being taken at its own event.</summary>
    /// <param name="view">The guard, evaluated at <see cref="States"/>.</param>
    public double SpreadOf(GuardView view)
    {
        if (IsGrazing)
        {
            return SpreadOverPoints(view);
        }

        double sum = 0.0;
        Span<double> row = _spread.AsSpan(0, _columns);
        row.Clear();
        Dense.Axpy(view.Rate, _delays, row);
        for (int i = 0; i < _n; i++)
        {
            Dense.Axpy(view.Gradient[i], _deviations.AsSpan(i * _columns, _columns), row);
        }

        for (int j = 0; j < _columns; j++)
        {
            double entry = 0.0;
            for (int i = 0; i < _columns; i++)
            {
                entry += row[i] * _joint[(i * _columns) + j];
            }

            sum += entry * entry;
        }

        return double.Hypot(Math.Sqrt(sum), view.Threshold);
    }

    /// <summary>Writes mode, data and belief after the event, all neighbours at one time.</summary>
    /// <param name="latest">The time up to which the belief may go.</param>
    /// <param name="child">Receives them, and their time: that of the event, or the latest where sigma points had events of their own.</param>
    /// <returns>False if there is no finite result.</returns>
    public bool Land(double latest, ModeHypothesis child)
    {
        child.Mode = Mode;
        _data.CopyTo(child.Data, 0);
        FlowEquations flow = _model.Flows[Mode].Equations;
        child.Time = IsGrazing ? latest : Math.Min(EventTime, latest);
        if (IsGrazing)
        {
            Gather(flow, latest, child);
        }
        else
        {
            _center.CopyTo(_x, 0);
            _flow.Move(flow, EventTime, child.Time - EventTime, child.Data, _x, _deviations);
            Dense.Multiply(_deviations, _joint, _product, _n, _columns, _columns);
            LowerTriangularization.Apply(_product, _n, _columns);
            LowerTriangularization.CopyTriangle(_product, _columns, 0, child.State.MutableFactor, _n);
            _x.CopyTo(child.State.MutableMean);
        }

        return child.State.IsFinite;
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

    // First order: the mean by its own event, the neighbours by the saltation there. _x is at the time of the belief.
    private bool Center(int number, int leaf, double threshold, double time, double reach)
    {
        _deviations.AsSpan().Clear();
        for (int i = 0; i < _n; i++)
        {
            _deviations[(i * _columns) + i] = 1.0;
        }

        double offset = 0.0;
        IsLocated = reach > 0.0 && Locate(number, leaf, threshold, time, reach, out offset);
        EventTime = time - offset;
        EventMap map = _model.Maps[number];
        _x.CopyTo(_left, 0);
        _x.CopyTo(_before, 0);
        if (!map.Evaluate(EventTime, _x, _data, IsLocated, leaf))
        {
            return false;
        }

        _data.CopyTo(_leftData, 0);
        _data.CopyTo(_dataBefore, 0);
        IsReversing = map.IsReversing;
        _delays.AsSpan().Clear();
        if (IsLocated && (map.Rate != 0.0 || map.Gradient.IndexOfAnyExcept(0.0) >= 0))
        {
            _delays[_n] = -1.0 / map.Rate;
            for (int i = 0; i < _n; i++)
            {
                Dense.Axpy(-map.Gradient[i] / map.Rate, _deviations.AsSpan(i * _columns, _columns), _delays);
            }
        }

        Apply(map);
        for (int i = 0; i < _n; i++)
        {
            _deviations[(i * _columns) + _n] += map.Shift[i];
        }

        Arrive(map, number);
        return true;
    }

    private void Apply(EventMap map)
    {
        Dense.Multiply(map.Matrix, _deviations, _product, _n, _n, _columns);
        _product.CopyTo(_deviations, 0);
    }

    private void Arrive(EventMap map, int number)
    {
        map.After.CopyTo(_center, 0);
        map.DataAfter.CopyTo(_data, 0);
        Mode = _model.Events[number].To;
    }

    // Newton's method on the time at which the guard is met; the state is flowed along, its deviations in _deviations.
    private bool Locate(int number, int leaf, double threshold, double time, double reach, out double offset)
    {
        FlowEquations flow = _model.Flows[_model.Events[number].From].Equations;
        GuardView view = _model.Views[number];
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
