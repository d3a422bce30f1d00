using System.Runtime.InteropServices;
using HybridControl.Numerics;

namespace HybridControl.Solvers;

/// <summary>What steppers with a memory share: where they stand, whether what they remember still holds, and how a past begins.</summary>
/// <remarks>
/// A restart keeps the past if the flow goes on as before: the same right-hand side, the same states and time, the same data as far as
/// it reads them; the next step looks at them, as data may still be written until then. An event that changes nothing (a section that is counted, a monitor, a tick) then costs no new start.
/// <para>Otherwise steps of a one-step method begin, whose dense output becomes the past: C. W. Gear, Runge-Kutta starters for multistep methods,
/// ACM Trans. Math. Softw. 6 (1980), 263-279. They go on while they grow. Their last step stays pending inside until the next step knows whether its dense output is wanted.</para>
/// </remarks>
internal abstract class MultistepStepper : Stepper
{
    private const double Growth = 2.0; // of a starting step that wants another one
    private const double LeastShare = 0.5; // of a starting step that is cut, for a past

    private readonly double[] _states;
    private readonly double[] _end;
    private readonly double[] _known;
    private readonly double[] _seenData;
    private readonly Dictionary<object, Stepper> _starters = [];
    private Stepper _starter = null!;
    private double _next;
    private double _hint;
    private double _share; // of the starting step, up to the present; zero where none is taken
    private bool _isRestarted;
    private bool _isStarting;
    private bool _isClipped;

    protected MultistepStepper(StepSettings settings, int denseDegree, int dimension, double[] data)
    {
        Settings = settings;
        DenseDegree = denseDegree;
        Dimension = dimension;
        Data = data;
        _states = new double[dimension + 1]; // one more, so that a reference exists for systems without states
        _end = new double[dimension + 1];
        _known = new double[dimension];
        _seenData = new double[data.Length];
    }

    /// <inheritdoc/>
    public override Span<double> States => _states.AsSpan(0, Dimension);

    /// <inheritdoc/>
    public override ReadOnlySpan<double> EndStates => _isStarting ? _starter.EndStates : _end.AsSpan(0, Dimension);

    /// <inheritdoc/>
    public override ReadOnlySpan<double> StartSlopes => _isStarting ? _starter.StartSlopes : FirstSlopes;

    /// <inheritdoc/>
    public override ReadOnlySpan<double> EndSlopes => _isStarting ? _starter.EndSlopes : LastSlopes;

    /// <inheritdoc/>
    public override int DenseDegree { get; }

    /// <summary>That of a starting step; ignored where the past is kept.</summary>
    /// <inheritdoc/>
    public override double NextSize
    {
        get => _isRestarted ? _hint : _isStarting ? _starter.NextSize : StepsOfStart * _next;
        set => _hint = value;
    }

    /// <inheritdoc/>
    public override int WorstState => _isStarting ? _starter.WorstState : Worst;

    /// <inheritdoc/>
    internal override int StepDegree => _isStarting ? _starter.StepDegree : Degree;

    /// <summary>Whether the pending step, or the last one, is one of the one-step method.</summary>
    public bool IsStarting => _isStarting;

    protected StepSettings Settings { get; }

    protected int Dimension { get; }

    protected double[] Data { get; }

    protected MultistepCode Code { get; private set; } = null!;

    /// <summary>Slopes at the start of a step of the method itself.</summary>
    protected abstract ReadOnlySpan<double> FirstSlopes { get; }

    /// <summary>Slopes at its end.</summary>
    protected abstract ReadOnlySpan<double> LastSlopes { get; }

    /// <summary>Degree of its dense output.</summary>
    protected abstract int Degree { get; }

    /// <summary>How many steps of the method a starting step is worth.</summary>
    protected abstract int StepsOfStart { get; }

    /// <summary>Whether there is no past: the next step begins one.</summary>
    protected bool IsFresh { get; set; } = true;

    /// <summary>Size that the next step tries.</summary>
    protected double Next
    {
        get => _next;
        set => _next = value;
    }

    protected int Worst { get; set; } = -1;

    protected Span<double> End => _end.AsSpan(0, Dimension);

    /// <inheritdoc/>
    internal override void Use(MethodCode code)
    {
        if (ReferenceEquals(code, Code))
        {
            return;
        }

        IsFresh = true;
        Code = (MultistepCode)code;
        if (!_starters.TryGetValue(Code.Starter.Method, out Stepper? starter))
        {
            AdaptiveSolver solver = Code.Starter with
            {
                RelativeTolerance = Settings.Relative,
                AbsoluteTolerance = Settings.Absolute,
                InitialStep = Settings.FirstStep,
                MaximumStep = Settings.MaximumStep,
            };
            starter = solver.Start(Dimension, Data);
            _starters.Add(Code.Starter.Method, starter);
        }

        _starter = starter;
        _starter.Use(Code.Start);
    }

    /// <inheritdoc/>
    public override void Restart(double time, bool keepSize)
    {
        double size = NextSize;
        IsFresh |= time != Time;
        Time = time;
        EndTime = time;
        _hint = keepSize ? size : 0.0;
        _isRestarted = true;
    }

    /// <inheritdoc/>
    public override StepStatus Step(double limit)
    {
        Settle();
        if (IsFresh)
        {
            BeginStart(_next);
        }
        else if (_isStarting && _share > 0.0)
        {
            GoOn();
        }

        return _isStarting ? StepOfStart(limit) : StepOn(limit);
    }

    /// <inheritdoc/>
    public override void Accept()
    {
        if (_isStarting)
        {
            _share = 1.0;
            Stand(EndTime, EndStates);
        }
        else
        {
            Advance();
        }
    }

    /// <inheritdoc/>
    public override void MoveTo(double time, ReadOnlySpan<double> states)
    {
        if (_isStarting)
        {
            _share = (time - Time) / Size;
            Stand(time, states);
        }
        else
        {
            Cut(time, states);
        }
    }

    /// <inheritdoc/>
    public override void Reject(double factor)
    {
        EndTime = Time;
        Rejections++;
        if (_isStarting)
        {
            _starter.Reject(factor);
        }
        else
        {
            _next = Size * factor;
            TakeBack();
        }
    }

    /// <inheritdoc/>
    public override void WriteDense(int state, Span<double> coefficients)
    {
        if (!_isStarting)
        {
            WriteOwnDense(state, coefficients[..(DenseDegree + 1)]);
            return;
        }

        int written = _starter.DenseDegree + 1;
        long before = _starter.Evaluations;
        _starter.WriteDense(state, coefficients[..written]);
        coefficients[written..(DenseDegree + 1)].Clear();
        Evaluations += _starter.Evaluations - before;
    }

    /// <inheritdoc/>
    internal override void Exchange(StateArchive archive)
    {
        base.Exchange(archive);
        archive.Exchange(_states);
        archive.Exchange(_end);
        archive.Exchange(_known);
        archive.Exchange(_seenData);
        archive.Exchange(ref _next);
        archive.Exchange(ref _hint);
        archive.Exchange(ref _share);
        archive.Exchange(ref _isRestarted);
        archive.Exchange(ref _isStarting);
        archive.Exchange(ref _isClipped);
        IsFresh = archive.Exchange(IsFresh);
        Worst = archive.Exchange(Worst);
        _starter.Exchange(archive);
    }

    /// <summary>A step of the method itself.</summary>
    protected abstract StepStatus StepOn(double limit);

    /// <summary>Makes the end of its pending step the present.</summary>
    protected abstract void Advance();

    /// <summary>Makes a point inside it the present.</summary>
    protected abstract void Cut(double time, ReadOnlySpan<double> states);

    /// <summary>Forgets what it leaves behind.</summary>
    protected abstract void TakeBack();

    /// <summary>Writes its dense output of one state, all coefficients.</summary>
    protected abstract void WriteOwnDense(int state, Span<double> coefficients);

    /// <summary>Takes a past from the dense output of a starting step that ends, or is cut, at the present.</summary>
    /// <param name="start">The stepper whose step it is.</param>
    /// <param name="share">How much of its step there is.</param>
    protected abstract void TakeOver(Stepper start, double share);

    /// <summary>Decides, after a restart, whether the past goes on.</summary>
    protected void Settle()
    {
        if (!_isRestarted)
        {
            return;
        }

        _isRestarted = false;
        if (IsFresh || !SameBits(States, _known) || !Code.ReadsTheSame(Data, _seenData))
        {
            IsFresh = true;
            _next = _hint;
        }

        Data.CopyTo(_seenData, 0);
    }

    /// <summary>Begins anew with a starting step, since what is remembered does not fit what comes.</summary>
    /// <param name="size">The first to try.</param>
    /// <param name="limit">End of time.</param>
    protected StepStatus BeginAgain(double size, double limit)
    {
        BeginStart(size);
        return StepOfStart(limit);
    }

    /// <summary>Has a past that was given.</summary>
    protected void Begun() => (IsFresh, _isStarting) = (false, false);

    /// <summary>The size of the next attempt, and whether it is to end at the limit itself.</summary>
    protected double Clip(double limit, out bool clipped) => Clip(_next, Settings.MaximumStep, limit, out clipped);

    /// <summary>Makes a point of the pending step the present one.</summary>
    protected void Stand(double time, ReadOnlySpan<double> states)
    {
        states.CopyTo(_states);
        states.CopyTo(_known);
        Time = time;
        EndTime = time;
        Steps++;
    }

    /// <summary>Writes the right-hand side.</summary>
    protected void Evaluate(double time, ref double states, Span<double> slopes)
    {
        Code.Function.Derivatives(
            time, ref states, ref MemoryMarshal.GetArrayDataReference(Data), ref MemoryMarshal.GetReference(slopes));
        Evaluations++;
    }

    protected ref double FirstState => ref MemoryMarshal.GetArrayDataReference(_states);

    protected ref double FirstEnd => ref MemoryMarshal.GetArrayDataReference(_end);

    private void BeginStart(double size)
    {
        _starter.Reset();
        States.CopyTo(_starter.States);
        _starter.Restart(Time, keepSize: false);
        _starter.NextSize = size;
        (IsFresh, _isStarting, _share) = (false, true, 0.0);
    }

    // After a starting step, whose end or a point of which is the present.
    private void GoOn()
    {
        if (_share == 1.0 && !_isClipped && _starter.NextSize > Growth * Size)
        {
            _starter.Accept();
        }
        else if (_share >= LeastShare)
        {
            TakeOver(_starter, _share);
            _isStarting = false;
        }
        else
        {
            States.CopyTo(_starter.States);
            _starter.Restart(Time, keepSize: true);
        }

        _share = 0.0;
    }

    private StepStatus StepOfStart(double limit)
    {
        Stepper s = _starter;
        (long rejections, long evaluations, long jacobians, long factorizations) = (s.Rejections, s.Evaluations, s.Jacobians, s.Factorizations);
        s.ErrorScale = ErrorScale;
        StepStatus status = s.Step(limit);
        Rejections += s.Rejections - rejections;
        Evaluations += s.Evaluations - evaluations;
        Jacobians += s.Jacobians - jacobians;
        Factorizations += s.Factorizations - factorizations;
        (Size, EndTime, _isClipped) = (s.Size, s.EndTime, s.EndTime == limit);
        return status;
    }

    /// <summary>The value of a polynomial.</summary>
    protected static double ValueOf(ReadOnlySpan<double> coefficients, double theta)
    {
        double value = 0.0;
        for (int k = coefficients.Length - 1; k >= 0; k--)
        {
            value = (value * theta) + coefficients[k];
        }

        return value;
    }

    private static bool SameBits(ReadOnlySpan<double> a, ReadOnlySpan<double> b) =>
        MemoryMarshal.AsBytes(a).SequenceEqual(MemoryMarshal.AsBytes(b));
}
