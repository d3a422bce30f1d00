using HybridControl.Numerics;

namespace HybridControl.Solvers;

/// <summary>Steps Adams-Bashforth-Moulton pairs with variable order and size.</summary>
/// <remarks>
/// Predict, evaluate, correct, evaluate. The last evaluation waits until the next step needs it, so that a step that is cut at an event, or the last one, does without. The error of
/// the order that is not extrapolated is controlled; orders are chosen by whether the terms of the expansion decrease, as Shampine and Gordon do.
/// </remarks>
internal sealed class AdamsStepper : MultistepStepper
{
    /// <summary>The highest order, of the most slopes with local extrapolation.</summary>
    public const int HighestOrder = DividedDifferences.Most + 1;

    private const double Aim = 0.5; // of the error tolerance
    private const double LargestGrowth = 2.0;
    private const double LargestCut = 0.1;
    private const int MostPieces = 6; // of a starting step
    private const double LeastGrowth = 1.2;
    private const int MostFailures = 3;

    private readonly DividedDifferences _past;
    private readonly int _most;
    private readonly double[] _slopes;
    private readonly double[] _change;
    private readonly double[] _weights;
    private readonly double[] _dense;
    private int _k = 1;
    private int _stepK = 1;
    private int _sinceChange;
    private double _pendingSize;
    private bool _isHeld;

    public AdamsStepper(StepSettings settings, int maximumOrder, int dimension, double[] data)
        : base(settings, Math.Max(maximumOrder, Tableaus.DormandPrince853.DenseDegree), dimension, data)
    {
        _most = maximumOrder - 1;
        _past = new(dimension);
        _slopes = new double[dimension + 1];
        _change = new double[dimension];
        _weights = new double[dimension];
        _dense = new double[DenseDegree + 1];
    }

    /// <summary>Slopes that the next step uses.</summary>
    public int SlopesInUse => _k;

    /// <inheritdoc/>
    protected override ReadOnlySpan<double> FirstSlopes => _past.Row(0);

    /// <inheritdoc/>
    /// <remarks>At the predicted point: the slope of the dense output.</remarks>
    protected override ReadOnlySpan<double> LastSlopes => _slopes.AsSpan(0, Dimension);

    /// <inheritdoc/>
    protected override int Degree => _stepK + 1;

    /// <inheritdoc/>
    protected override int StepsOfStart => Math.Min(MostPieces, _most);

    /// <inheritdoc/>
    protected override StepStatus StepOn(double limit)
    {
        if (_pendingSize > 0.0)
        {
            CatchUp();
        }

        double smallest = Smallest;
        int failures = 0;
        while (true)
        {
            double size = Clip(limit, out bool clipped);
            double time = clipped ? limit : Time + size;
            double error = Try(time, size);
            if (error <= 1.0 || (_isHeld && double.IsFinite(error)))
            {
                Size = size;
                EndTime = time;
                if (!_isHeld)
                {
                    ChooseNext(error, clipped);
                }

                return StepStatus.Accepted;
            }

            Rejections++;
            bool finite = double.IsFinite(error);
            Worst = ErrorWeights.Largest(finite ? _change : _slopes, _weights);
            _sinceChange = 0;
            if (++failures == MostFailures)
            {
                return BeginAgain(size, limit);
            }

            double cut = finite ? Math.Pow(error / (Aim * Aim), -0.5 / (_k + 1)) : LargestCut;
            if (finite && _k > 1 && IsFlat(error, size))
            {
                _k--;
            }

            Next = size * Math.Clamp(cut, LargestCut, 0.7);
            if (!(Next >= smallest))
            {
                return finite ? StepStatus.TooSmall : StepStatus.NotFinite;
            }
        }
    }

    /// <inheritdoc/>
    protected override void Advance()
    {
        _pendingSize = Size; // the very number that the coefficients are for
        Stand(EndTime, EndStates);
    }

    /// <inheritdoc/>
    protected override void Cut(double time, ReadOnlySpan<double> states)
    {
        _pendingSize = time - Time;
        Stand(time, states);
    }

    /// <inheritdoc/>
    protected override void TakeBack() => _k = _stepK;

    /// <inheritdoc/>
    protected override void WriteOwnDense(int state, Span<double> coefficients) =>
        _past.WriteDense(_stepK, _change[state], state, States[state], coefficients);

    /// <inheritdoc/>
    protected override void TakeOver(Stepper start, double share)
    {
        int pieces = StepsOfStart;
        double size = share * start.Size / pieces;
        for (int i = 0; i < Dimension; i++)
        {
            WriteDense(i, _dense);
            for (int j = 1; j < pieces; j++)
            {
                _past.Row(j)[i] = ValueOf(_dense, share * (pieces - j) / pieces);
            }
        }

        for (int j = 1; j < pieces; j++)
        {
            _past.Row(j).CopyTo(End);
            Evaluate(Time - (j * size), ref FirstEnd, _past.Row(j));
        }

        if (share == 1.0)
        {
            start.EndSlopes.CopyTo(_past.Row(0));
        }
        else
        {
            Evaluate(Time, ref FirstState, _past.Row(0));
        }

        start.StartSlopes.CopyTo(_past.Row(pieces));
        _past.Fill(pieces + 1, size);
        (_k, _sinceChange, _pendingSize) = (pieces, 0, 0.0);
        Next = Math.Min(start.NextSize / pieces, LargestGrowth * size);
    }

    /// <summary>Takes steps of one order and size from known values, whatever the errors: for measurements.</summary>
    /// <param name="order">The order, of one slope less.</param>
    /// <param name="size">The step.</param>
    /// <param name="past">States at the present, one step before, ... order - 2 steps before, n numbers each.</param>
    internal void Hold(int order, double size, ReadOnlySpan<double> past)
    {
        Settle();
        Begun();
        (_k, Next, _isHeld, _pendingSize) = (order - 1, size, true, 0.0);
        for (int j = 0; j < _k; j++)
        {
            past.Slice(j * Dimension, Dimension).CopyTo(End);
            Evaluate(Time - (j * size), ref FirstEnd, _past.Row(j));
        }

        _past.Fill(_k, size);
    }

    /// <inheritdoc/>
    internal override void Exchange(StateArchive archive)
    {
        base.Exchange(archive);
        _past.Exchange(archive);
        archive.Exchange(ref _k);
        archive.Exchange(ref _sinceChange);
        archive.Exchange(ref _pendingSize);
        archive.Exchange(ref _isHeld);
    }

    // The slopes at the present, which the last step ended at or was cut at.
    private void CatchUp()
    {
        Evaluate(Time, ref FirstState, _slopes);
        _past.Prepare(_pendingSize);
        _past.Advance(_slopes.AsSpan(0, Dimension), _k + 2);
        _pendingSize = 0.0;
    }

    private double Try(double time, double size)
    {
        _stepK = _k;
        _past.Prepare(size);
        _past.Predict(_k, States, End, _change);
        Evaluate(time, ref FirstEnd, _slopes);
        Dense.Subtract(EndSlopes, _change, _change);
        Dense.Axpy(size * _past.Integrals[_k], _change, End);
        ErrorWeights.Write(States, EndStates, Settings, _weights);
        return ErrorOf(_k, size, ErrorWeights.MeanSquare(_change, _weights));
    }

    // Error of order m without extrapolation, from the mean square of phi_m.
    private double ErrorOf(int m, double size, double square)
    {
        double factor = size * (_past.Integrals[m] - _past.Integrals[m - 1]);
        return factor * factor * square * ErrorScale;
    }

    private double ErrorOf(int m, double size) => ErrorOf(m, size, _past.MeanSquare(m, _k, _change, _weights));

    // Whether lower orders do as well.
    private bool IsFlat(double error, double size) => _k > 2
        ? Math.Max(ErrorOf(_k - 1, size), ErrorOf(_k - 2, size)) <= error
        : ErrorOf(1, size) <= 0.25 * error;

    private void ChooseNext(double error, bool clipped)
    {
        double size = Size;
        int power = _k + 1;
        _sinceChange++;
        if (_k > 1 && IsFlat(error, size))
        {
            (error, power) = (ErrorOf(_k - 1, size), _k);
            ChangeOrder(_k - 1);
        }
        else if (_k < _most && _sinceChange > _k && _past.Count > _k)
        {
            double higher = ErrorOf(_k + 1, size);
            if (higher < (_k == 1 ? 0.25 * error : error))
            {
                (error, power) = (higher, _k + 2);
                ChangeOrder(_k + 1);
            }
        }

        double factor = error <= 1e-30 ? LargestGrowth : Math.Pow(error / (Aim * Aim), -0.5 / power);
        double next = size * (factor >= LeastGrowth ? Math.Min(factor, LargestGrowth)
            : factor >= 1.0 ? 1.0 : Math.Clamp(factor, 0.5, 0.9));
        Next = clipped ? Math.Max(next, Next) : next;
    }

    private void ChangeOrder(int k)
    {
        _k = k;
        _sinceChange = 0;
    }
}
