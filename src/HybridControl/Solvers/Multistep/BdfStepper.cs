using HybridControl.Dynamics;
using HybridControl.Numerics;

namespace HybridControl.Solvers;

/// <summary>Steps the numerical differentiation formulas with variable order and size.</summary>
/// <remarks>
/// The step stays constant until a change of order or size promises to gain: k + 1 steps at least after the last change. A step that a limit cuts short
/// leaves the grid as it was, so that the next step has its old size and matrix.
/// </remarks>
internal sealed class BdfStepper : MultistepStepper
{
    private const double Safety = 1.3;
    private const double LargestGrowth = 4.0;
    private const double LargestCut = 0.1;
    private const double LeastGain = 1.2;
    private const double CutOfNewton = 0.3;
    private const int MostFailures = 3;
    private const int StepsInStart = 6;
    private const int StartDegree = 4; // of Rodas5P and of Radau IIA

    private readonly BackwardDifferences _history;
    private readonly Dictionary<BdfCode, ModifiedNewton> _solvers = new(ReferenceEqualityComparer.Instance);
    private readonly int _maximumOrder;
    private readonly double[] _predicted;
    private readonly double[] _psi;
    private readonly double[] _correction;
    private readonly double[] _weights;
    private readonly double[] _slopes;
    private readonly double[] _dense;
    private readonly double[] _gammas = new double[BdfFormula.HighestOrder + 1];
    private ModifiedNewton _newton = null!;
    private double _spacing;
    private double _keptSpacing;
    private double _error;
    private int _order = 1;
    private int _sinceChange;
    private bool _isHeld;

    public BdfStepper(StepSettings settings, int maximumOrder, int dimension, double[] data)
        : base(settings, Math.Max(maximumOrder, StartDegree), dimension, data)
    {
        _maximumOrder = maximumOrder;
        _history = new(dimension);
        _predicted = new double[dimension];
        _psi = new double[dimension];
        _correction = new double[dimension];
        _weights = new double[dimension];
        _slopes = new double[dimension];
        _dense = new double[DenseDegree + 1];
    }

    /// <inheritdoc/>
    /// <remarks>The slope of the polynomial that ends there.</remarks>
    protected override ReadOnlySpan<double> FirstSlopes
    {
        get
        {
            for (int i = 0; i < Dimension; i++)
            {
                _slopes[i] = _history.SlopeOf(_order, i) / _spacing;
            }

            return _slopes;
        }
    }

    /// <inheritdoc/>
    /// <remarks>The slope of the dense output.</remarks>
    protected override ReadOnlySpan<double> LastSlopes
    {
        get
        {
            double lead = BdfFormula.Gammas[_order] / _spacing;
            for (int i = 0; i < Dimension; i++)
            {
                _slopes[i] = _psi[i] + (lead * _correction[i]);
            }

            return _slopes;
        }
    }

    /// <inheritdoc/>
    protected override int Degree => _order;

    /// <inheritdoc/>
    protected override int StepsOfStart => StepsInStart;

    /// <summary>Order of the next step.</summary>
    public int CurrentOrder => _order;

    /// <inheritdoc/>
    internal override void Use(MethodCode code)
    {
        base.Use(code);
        var flow = (BdfCode)code;
        if (!_solvers.TryGetValue(flow, out ModifiedNewton? newton))
        {
            newton = new(flow.Jacobian, Settings.Relative, Data);
            _solvers.Add(flow, newton);
        }

        _newton = newton;
    }

    /// <inheritdoc/>
    protected override StepStatus StepOn(double limit)
    {
        double smallest = Smallest;
        int failures = 0;
        while (true)
        {
            double size = Clip(limit, out bool clipped);
            TakeGrid(size, clipped && failures == 0);
            double time = clipped ? limit : Time + size;
            StepStatus status = Try(time, size);
            if (status == StepStatus.Accepted)
            {
                if (_error <= 1.0 || _isHeld || (_newton.HasMass && IsRounding(time)))
                {
                    Size = size;
                    EndTime = time;
                    return StepStatus.Accepted;
                }

                status = StepStatus.TooSmall;
                Worst = ErrorWeights.Largest(_correction, _weights);
                if (++failures == MostFailures)
                {
                    Rejections++;
                    return BeginAgain(size, limit); // what is remembered does not fit what comes
                }

                CutAfterError(size, failures);
            }
            else
            {
                Worst = status == StepStatus.NotFinite ? ErrorWeights.Largest(_newton.Slopes, _weights) : _newton.WorstOf(_weights);
                Next = size * CutOfNewton;
            }

            Rejections++;
            _sinceChange = 0;
            if (!(Next >= smallest))
            {
                return status;
            }
        }
    }

    /// <inheritdoc/>
    protected override void Advance()
    {
        _history.Advance(_order, _correction, EndStates);
        Stand(EndTime, EndStates);
        if (_keptSpacing > 0.0)
        {
            _history.Restore(_order, Size / _keptSpacing, EndStates);
            (_spacing, _keptSpacing) = (_keptSpacing, 0.0);
        }
        else if (!_isHeld)
        {
            ChooseNext();
        }
    }

    /// <inheritdoc/>
    protected override void Cut(double time, ReadOnlySpan<double> states)
    {
        double shift = (time - EndTime) / _spacing;
        _history.Advance(_order, _correction, EndStates);
        _history.Rebase(_order, shift, 1.0);
        states.CopyTo(_history.Row(0));
        _keptSpacing = 0.0;
        Stand(time, states);
    }

    /// <inheritdoc/>
    protected override void TakeBack()
    {
        _sinceChange = 0;
        _keptSpacing = 0.0;
    }

    /// <inheritdoc/>
    protected override void WriteOwnDense(int state, Span<double> coefficients) =>
        _history.WriteDense(_order, _correction[state], state, States[state], coefficients);

    /// <inheritdoc/>
    protected override void TakeOver(Stepper start, double share)
    {
        _order = Math.Min(_maximumOrder, start.DenseDegree);
        States.CopyTo(_history.Row(0));
        for (int i = 0; i < Dimension; i++)
        {
            WriteDense(i, _dense);
            for (int j = 1; j <= _order; j++)
            {
                _history.Row(j)[i] = ValueOf(_dense, share * (_order - j) / _order);
            }
        }

        _history.Difference(_order);
        _spacing = share * start.Size / _order;
        (_keptSpacing, _sinceChange, Next) = (0.0, 0, Math.Min(start.NextSize / StepsInStart, _spacing));
        _newton.Reset();
    }

    /// <summary>Takes steps of one order and size from known values, whatever the errors: for measurements.</summary>
    /// <param name="order">The order k.</param>
    /// <param name="size">The step.</param>
    /// <param name="past">States at the present, one step before, ... k steps before, n numbers each.</param>
    internal void Hold(int order, double size, ReadOnlySpan<double> past)
    {
        Settle();
        Begun();
        (_order, _spacing, Next, _isHeld) = (order, size, size, true);
        for (int j = 0; j <= order; j++)
        {
            past.Slice(j * Dimension, Dimension).CopyTo(_history.Row(j));
        }

        _history.Difference(order);
        _newton.Reset();
    }

    /// <inheritdoc/>
    internal override void Exchange(StateArchive archive)
    {
        base.Exchange(archive);
        _history.Exchange(archive);
        archive.Exchange(ref _spacing);
        archive.Exchange(ref _keptSpacing);
        archive.Exchange(ref _error);
        archive.Exchange(ref _order);
        archive.Exchange(ref _sinceChange);
        archive.Exchange(ref _isHeld);
        archive.Exchange(_weights);
        _newton.Exchange(archive);
    }

    // Makes the grid of the history that of the step.
    private void TakeGrid(double size, bool clipped)
    {
        if (size == _spacing)
        {
            return;
        }

        if (clipped && size < _spacing)
        {
            _history.Keep(_order);
            _keptSpacing = _spacing;
        }
        else
        {
            _keptSpacing = 0.0;
        }

        _history.Rebase(_order, 0.0, size / _spacing);
        _spacing = size;
    }

    private StepStatus Try(double time, double size)
    {
        for (int j = 1; j <= _order; j++)
        {
            _gammas[j] = BdfFormula.Gammas[j] / size;
        }

        _history.Predict(_order, _gammas, _predicted, _psi);
        ErrorWeights.Write(States, _predicted, Settings, _weights);
        double factor = BdfFormula.ErrorOf(_order);
        factor *= factor * ErrorScale;
        StepStatus status = _newton.Solve(
            time, BdfFormula.Lead(_order) / size, _predicted, _psi, _weights, ErrorScale, ref FirstEnd, _correction);
        CountWork();
        _error = status == StepStatus.Accepted ? factor * ErrorWeights.MeanSquare(_correction, _weights) : 0.0;
        return status;
    }

    // Whether the error cannot be told from the rounding of k + 2 states, of which it is a difference: for algebraic variables a shorter step has the same.
    private bool IsRounding(double time)
    {
        double factor = BdfFormula.ErrorOf(_order);
        return _error <= factor * factor * BdfFormula.SquaresOf(_order + 1) * _newton.RoundingOf(time, End, _weights, ErrorScale);
    }

    private void CountWork()
    {
        (long jacobians, long factorizations) = _newton.TakeMatrices();
        Evaluations += _newton.TakeEvaluations();
        Jacobians += jacobians;
        Factorizations += factorizations;
    }

    private void CutAfterError(double size, int failures)
    {
        double best = Math.Max(LargestCut, 0.83 * Math.Pow(_error, -0.5 / (_order + 1)));
        if (failures > 1)
        {
            best = Math.Min(best, 0.5);
        }

        if (_order > 1)
        {
            MultistepSums.Add(_history.Row(_order), _correction, _predicted);
            double lower = Math.Max(LargestCut, GainOf(_order - 1, _predicted));
            if (lower > best)
            {
                best = Math.Min(lower, 0.9);
                _order--;
            }
        }

        Next = size * Math.Min(best, 0.9);
    }

    private void ChooseNext()
    {
        if (++_sinceChange <= _order)
        {
            return;
        }

        int order = _order;
        double best = GainOf(_order, _error);
        if (_order > 1)
        {
            double lower = GainOf(_order - 1, _history.Row(_order));
            (best, order) = lower > best ? (lower, _order - 1) : (best, order);
        }

        if (_order < _maximumOrder)
        {
            double higher = GainOf(_order + 1, _history.Row(_order + 2));
            (best, order) = higher > best ? (higher, _order + 1) : (best, order);
        }

        if (best < LeastGain)
        {
            return;
        }

        _order = order;
        Next = _spacing * Math.Min(best, LargestGrowth);
        _sinceChange = 0;
    }

    // By how much the step may grow with an order, whose error is a multiple of a difference.
    private double GainOf(int order, ReadOnlySpan<double> difference)
    {
        double factor = BdfFormula.ErrorOf(order);
        return GainOf(order, factor * factor * ErrorScale * ErrorWeights.MeanSquare(difference, _weights));
    }

    private static double GainOf(int order, double error) =>
        error <= 1e-30 ? LargestGrowth : Math.Pow(error, -0.5 / (order + 1)) / Safety;
}
