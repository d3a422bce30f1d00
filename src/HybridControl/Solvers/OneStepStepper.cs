using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HybridControl.Dynamics;
using HybridControl.Numerics;

namespace HybridControl.Solvers;

/// <summary>What steppers without a memory share: where they stand, how a stretch begins, and how the size of the next step is chosen.</summary>
/// <remarks>
/// Work is one block: n states at the end, n slopes at the start, then what the method needs. Size by PI control,
/// <see cref="StepControl"/>, where a method estimates its error.
/// </remarks>
internal abstract class OneStepStepper : Stepper
{
    private const double LeastLogError = -13.287712379549449; // binary logarithm of 1e-4

    private readonly StepControl _control;
    private readonly double _exponent;
    private readonly int _order;
    private readonly int _endSlopes;
    private readonly double[] _states;
    private readonly double[] _scratch;
    private double _next;
    private double _logError;
    private bool _fresh;
    private bool _rejected;

    /// <summary>Makes the work space.</summary>
    /// <param name="settings">Tolerances and limits.</param>
    /// <param name="control">How the next step is chosen.</param>
    /// <param name="order">Order of the error estimate plus one.</param>
    /// <param name="dimension">The number n of states.</param>
    /// <param name="work">Length of the work block.</param>
    /// <param name="endSlopes">Where in it the slopes at the end are.</param>
    /// <param name="data">The data block.</param>
    protected OneStepStepper(StepSettings settings, StepControl control, int order, int dimension, int work, int endSlopes, double[] data)
    {
        Settings = settings;
        N = dimension;
        Data = data;
        Work = new double[work + 1]; // one more, so that a reference exists for systems without states
        _control = control;
        _order = order;
        _endSlopes = endSlopes;
        _exponent = (1.0 / order) - (0.75 * control.Beta);
        _states = new double[dimension + 1];
        _scratch = new double[(2 * dimension) + 1];
    }

    /// <inheritdoc/>
    public override Span<double> States => _states.AsSpan(0, N);

    /// <inheritdoc/>
    public override ReadOnlySpan<double> EndStates => Work.AsSpan(0, N);

    /// <inheritdoc/>
    public override ReadOnlySpan<double> StartSlopes => Work.AsSpan(N, N);

    /// <inheritdoc/>
    public override ReadOnlySpan<double> EndSlopes => Work.AsSpan(_endSlopes, N);

    /// <inheritdoc/>
    public override double NextSize
    {
        get => _next;
        set => _next = value;
    }

    /// <inheritdoc/>
    public override int WorstState
    {
        get
        {
            int worst = -1;
            double largest = -1.0;
            for (int i = 0; i < N; i++)
            {
                double error = Math.Abs(ErrorOf(i)) / (Settings.Absolute + (Settings.Relative * Math.Abs(_states[i])));
                if (double.IsNaN(error))
                {
                    return i;
                }

                if (error > largest)
                {
                    (worst, largest) = (i, error);
                }
            }

            return worst;
        }
    }

    /// <summary>The right-hand side in use.</summary>
    protected OdeFunction Function { get; private set; } = null!;

    /// <summary>Tolerances and limits.</summary>
    protected StepSettings Settings { get; }

    /// <summary>The number of states.</summary>
    protected int N { get; }

    /// <summary>The data block.</summary>
    protected double[] Data { get; }

    /// <summary>The states at the end, the slopes at the start, then what the method needs.</summary>
    protected double[] Work { get; }

    /// <summary>First of the states.</summary>
    protected ref double FirstState => ref MemoryMarshal.GetArrayDataReference(_states);

    /// <inheritdoc/>
    internal override void Use(MethodCode code)
    {
        Function = code.Function;
        Work.AsSpan().Clear();
    }

    /// <inheritdoc/>
    public override void Restart(double time, bool keepSize)
    {
        Time = time;
        EndTime = time;
        _fresh = true;
        _next = keepSize ? _next : 0.0;
    }

    /// <inheritdoc/>
    internal override void Reset()
    {
        _logError = LeastLogError;
        _rejected = false;
    }

    /// <inheritdoc/>
    public override void Accept()
    {
        Work.AsSpan(0, N).CopyTo(_states);
        Work.AsSpan(_endSlopes, N).CopyTo(Work.AsSpan(N, N));
        Time = EndTime;
        Steps++;
    }

    /// <inheritdoc/>
    public override void Reject(double factor)
    {
        _next = Size * factor;
        _rejected = true;
        EndTime = Time;
        Rejections++;
    }

    /// <inheritdoc/>
    public override void MoveTo(double time, ReadOnlySpan<double> states)
    {
        states.CopyTo(_states);
        Time = time;
        EndTime = time;
        Steps++;
    }

    /// <inheritdoc/>
    internal override void Exchange(StateArchive archive)
    {
        base.Exchange(archive);
        archive.Exchange(_states);
        archive.Exchange(Work);
        archive.Exchange(ref _next);
        archive.Exchange(ref _logError);
        archive.Exchange(ref _fresh);
        archive.Exchange(ref _rejected);
    }

    /// <summary>The estimated error of one state in the last trial step, whatever the unit: only their ratios count.</summary>
    protected abstract double ErrorOf(int state);

    /// <summary>Squares of some numbers over the tolerances of the states at the start, and <see cref="Terms"/> of them in one.</summary>
    protected abstract double Squares(ReadOnlySpan<double> values);

    /// <summary>How many squares <see cref="Squares"/> adds up: 1 for their mean.</summary>
    protected abstract int Terms { get; }

    /// <summary>Prepares what a new stretch needs beyond the right-hand side at its start; the slopes are there.</summary>
    protected virtual void Begin()
    {
    }

    /// <summary>Begins a stretch if a restart has asked for one: its first slopes and its first size.</summary>
    protected void BeginIfFresh(double limit)
    {
        if (_fresh)
        {
            Begin(limit);
        }
    }

    /// <summary>The size of the next attempt, and whether it is to end at the limit itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected double Clip(double limit, out bool clipped) => Clip(_next, Settings.MaximumStep, limit, out clipped);

    /// <summary>How much longer than a step with a mean square of errors up to one the next may be; part of the memory of the control.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected double Growth(double error)
    {
        double log = 0.5 * RoughMath.Log2(error);
        double factor = error <= 1e-24
            ? _control.LargestGrowth
            : _control.Safety * RoughMath.Exp2((_control.Beta * _logError) - (_exponent * log));
        factor = Math.Clamp(factor, _control.LargestCut, _rejected ? 1.0 : _control.LargestGrowth);
        _logError = Math.Max(log, LeastLogError);
        _rejected = false;
        return factor;
    }

    /// <summary>Leaves a step pending, with the size of the next one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected void Pend(double size, double end, bool clipped, double growth)
    {
        double next = size * growth;
        _next = clipped ? Math.Max(next, _next) : next;
        Size = size;
        EndTime = end;
    }

    /// <summary>Takes a trial step back: the next is shorter.</summary>
    /// <param name="size">Its size.</param>
    /// <param name="error">The mean square of its errors; up to one, infinite or NaN where they do not tell how much shorter.</param>
    /// <returns>Whether a shorter step still moves time.</returns>
    protected bool Shorten(double size, double error)
    {
        Rejections++;
        _rejected = true;
        _next = size * (IsMeasured(error)
            ? Math.Max(_control.LargestCut, _control.Safety * RoughMath.Exp2(-_exponent * (0.5 * RoughMath.Log2(error))))
            : _control.LargestCut);
        return _next >= Smallest;
    }

    /// <summary>Whether a step was refused for a known error.</summary>
    protected static bool IsMeasured(double error) => error is > 1.0 and < double.PositiveInfinity;

    /// <summary>Evaluates the right-hand side.</summary>
    protected void Evaluate(double time, ref double states, ref double slopes)
    {
        Function.Derivatives(time, ref states, ref MemoryMarshal.GetArrayDataReference(Data), ref slopes);
        Evaluations++;
    }

    private void Begin(double limit)
    {
        Evaluate(Time, ref _states[0], ref Work[N]);
        _fresh = false;
        _rejected = false;
        Begin();
        if (Settings.FirstStep > 0.0 || !(_next > 0.0))
        {
            _next = Settings.FirstStep > 0.0 ? Settings.FirstStep : ChooseFirstStep(limit - Time);
            _logError = LeastLogError; // a size that was kept keeps its error too
        }
    }

    private double ChooseFirstStep(double longest)
    {
        ReadOnlySpan<double> start = StartSlopes;
        double slopes = Squares(start);
        double probe;
        if (slopes == 0.0)
        {
            probe = FirstStep.Awakening(Function, Time, States, Data, longest, _scratch, out int evaluations);
            Evaluations += evaluations;
            if (probe == longest)
            {
                return longest;
            }
        }
        else
        {
            probe = FirstStep.Probe(Squares(States), slopes, longest);
            for (int i = 0; i < N; i++)
            {
                _scratch[i] = _states[i] + (probe * start[i]);
            }

            Evaluate(Time + probe, ref _scratch[0], ref _scratch[N]);
            for (int i = 0; i < N; i++)
            {
                _scratch[N + i] -= start[i];
            }
        }

        double curvature = Math.Sqrt(Squares(_scratch.AsSpan(N, N))) / probe;
        return FirstStep.Of(probe, Math.Max(Math.Sqrt(slopes), curvature), Terms, _order, longest);
    }
}
