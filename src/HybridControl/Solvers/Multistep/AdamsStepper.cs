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
    private const double FirstGrowth = 100.0;
    private const double LeastGrowth = 1.2;
    private const int MostFailures = 3;

    private readonly DividedDifferences _past;
    private readonly int _most;
    private readonly double[] _slopes;
    private readonly double[] _change;
    private readonly double[] _weights;
    private int _k = 1;
    private int _stepK = 1;
    private int _sinceChange;
    private double _pendingSize;
    private bool _isStarting;
    private bool _isHeld;

    public AdamsStepper(StepSettings settings, int maximumOrder, int dimension, double[] data)
        : base(settings, dimension, data)
    {
        _most = maximumOrder - 1;
        _past = new(dimension);
        _slopes = new double[dimension + 1];
        _change = new double[dimension];
        _weights = new double[dimension];
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<double> StartSlopes => _past.Row(0);

    /// <inheritdoc/>
    /// <remarks>At the predicted point: the slope of the dense output.</remarks>
    public override ReadOnlySpan<double> EndSlopes => _slopes.AsSpan(0, Dimension);

    /// <inheritdoc/>
    public override int DenseDegree => _most + 1;

    /// <summary>Slopes that the next step uses.</summary>
    public int SlopesInUse => _k;

    /// <inheritdoc/>
    public override StepStatus Step(double limit)
    {
        Settle();
        if (IsFresh)
        {
            if (!Begin(limit))
            {
                return StepStatus.NotFinite;
            }
        }
        else if (_pendingSize > 0.0)
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
            bool starts = _isStarting && _past.Count == 1;
            _isStarting = starts;
            _sinceChange = 0;
            double cut = finite ? Math.Pow(error / (Aim * Aim), -0.5 / (_k + 1)) : 0.1;
            if (++failures >= MostFailures && !starts)
            {
                _k = 1; // what is remembered does not fit what comes
            }
            else if (finite && _k > 1 && IsFlat(error, size))
            {
                _k--;
            }

            Next = size * Math.Clamp(cut, starts ? 1e-3 : 0.1, 0.7);
            if (!(Next >= smallest))
            {
                return finite ? StepStatus.TooSmall : StepStatus.NotFinite;
            }
        }
    }

    /// <inheritdoc/>
    public override void Accept()
    {
        _pendingSize = Size;
        Stand(EndTime, EndStates);
    }

    /// <inheritdoc/>
    public override void MoveTo(double time, ReadOnlySpan<double> states)
    {
        _pendingSize = time - Time;
        Stand(time, states);
    }

    /// <inheritdoc/>
    public override void Reject(double factor)
    {
        base.Reject(factor);
        _k = _stepK;
        _isStarting = false;
    }

    /// <inheritdoc/>
    public override void WriteDense(int state, Span<double> coefficients) =>
        _past.WriteDense(_stepK, _change[state], state, States[state], coefficients[..(DenseDegree + 1)]);

    /// <summary>Takes steps of one order and size from known values, whatever the errors: for measurements.</summary>
    /// <param name="order">The order, of one slope less.</param>
    /// <param name="size">The step.</param>
    /// <param name="past">States at the present, one step before, ... order - 2 steps before, n numbers each.</param>
    internal void Hold(int order, double size, ReadOnlySpan<double> past)
    {
        Settle();
        (_k, Next, _isHeld, IsFresh, _pendingSize) = (order - 1, size, true, false, 0.0);
        double[] slopes = new double[_k * Dimension];
        double[] point = new double[Dimension];
        for (int j = 0; j < _k; j++)
        {
            past.Slice(j * Dimension, Dimension).CopyTo(point);
            Evaluate(Time - (j * size), ref point[0], slopes.AsSpan(j * Dimension, Dimension));
        }

        _past.Fill(_k, size, slopes);
    }

    /// <inheritdoc/>
    internal override void Exchange(StateArchive archive)
    {
        base.Exchange(archive);
        _past.Exchange(archive);
        archive.Exchange(ref _k);
        archive.Exchange(ref _sinceChange);
        archive.Exchange(ref _pendingSize);
        archive.Exchange(ref _isStarting);
        archive.Exchange(ref _isHeld);
    }

    private bool Begin(double limit)
    {
        Span<double> slopes = _past.Row(0);
        Evaluate(Time, ref FirstState, slopes);
        ErrorWeights.Write(States, States, Settings, _weights);
        double speed = Math.Sqrt(ErrorWeights.MeanSquare(slopes, _weights) * ErrorScale);
        if (!double.IsFinite(speed))
        {
            Worst = ErrorWeights.Largest(slopes, _weights);
            return false;
        }

        double size = Next;
        if (Settings.FirstStep == 0.0)
        {
            double longest = Math.Min(limit - Time, Settings.MaximumStep);
            size = speed > 0.0 ? ChooseFirst(slopes, speed, longest) : longest;
            size = Next > 0.0 ? Math.Min(size, Next) : size;
        }

        Next = Settings.FirstStep > 0.0 ? Settings.FirstStep : size;
        _past.Begin();
        (_k, _sinceChange, _isStarting, _pendingSize, IsFresh) = (1, 0, true, 0.0, false);
        return true;
    }

    // A step of Euler's method tells the second derivative, and with it the error of order 1; as E. Hairer, S. P. Norsett and G. Wanner,
    // Solving Ordinary Differential Equations I (1993), section II.4.
    private double ChooseFirst(ReadOnlySpan<double> slopes, double speed, double longest)
    {
        double place = Math.Sqrt(ErrorWeights.MeanSquare(States, _weights) * ErrorScale);
        double probe = Math.Min(place < 1e-5 || speed < 1e-5 ? 1e-6 : 0.01 * place / speed, longest);
        States.CopyTo(End);
        Dense.Axpy(probe, slopes, End);
        Evaluate(Time + probe, ref FirstEnd, _slopes);
        Dense.Subtract(EndSlopes, slopes, _change);
        double curvature = Math.Sqrt(ErrorWeights.MeanSquare(_change, _weights) * ErrorScale) / probe;
        double best = curvature > 0.0 ? Math.Sqrt(Aim / curvature) : longest;
        return double.IsFinite(best) ? Math.Min(Math.Min(100.0 * probe, best), longest) : probe;
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
        bool first = _isStarting && _past.Count == 1;
        int power = _k + 1;
        _sinceChange++;
        if (_k > 1 && IsFlat(error, size))
        {
            (error, power) = (ErrorOf(_k - 1, size), _k);
            _isStarting = false;
            ChangeOrder(_k - 1);
        }
        else if (_k < _most && _isStarting)
        {
            ChangeOrder(_k + 1);
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

        double factor = error <= 1e-30 ? FirstGrowth : Math.Pow(error / (Aim * Aim), -0.5 / power);
        double next = size * (factor >= LeastGrowth ? Math.Min(factor, first ? FirstGrowth : LargestGrowth)
            : factor >= 1.0 ? 1.0 : Math.Clamp(factor, 0.5, 0.9));
        Next = clipped ? Math.Max(next, Next) : next;
    }

    private void ChangeOrder(int k)
    {
        _k = k;
        _sinceChange = 0;
    }
}
