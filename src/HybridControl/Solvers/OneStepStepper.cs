using System.Runtime.InteropServices;
using HybridControl.Dynamics;
using HybridControl.Numerics;

namespace HybridControl.Solvers;

/// <summary>What the implicit one-step methods share: choice of the step size, the state of a step, its ends.</summary>
/// <remarks>
/// Work is one block of n numbers each: the states at the end, the slopes at the start, the stages, the slopes at the end.
/// Size by PI control after K. Gustafsson, ACM Trans. Math. Softw. 20 (1994), 496-517, with the constants of the explicit pairs.
/// </remarks>
internal abstract class OneStepStepper : Stepper
{
    private const double Beta = 0.04;
    private const double Safety = 0.9;
    private const double LargestGrowth = 10.0;
    private const double LargestCut = 0.2;
    private const double LeastLogError = -13.287712379549449; // binary logarithm of 1e-4

    private readonly int _stages;
    private readonly int _order;
    private readonly double _exponent;
    private readonly double[] _states;
    private readonly double[] _scratch;
    private double _next;
    private double _logError;
    private bool _fresh;
    private bool _rejected;

    /// <summary>Makes the work space.</summary>
    /// <param name="settings">Tolerances and limits.</param>
    /// <param name="order">Order of the method, one above that of its estimate.</param>
    /// <param name="stages">Stages.</param>
    /// <param name="dimension">The number n of states.</param>
    /// <param name="data">The data block.</param>
    protected OneStepStepper(StepSettings settings, int order, int stages, int dimension, double[] data)
    {
        Settings = settings;
        N = dimension;
        Data = data;
        Work = new double[((stages + 3) * dimension) + 1]; // one more, so that a reference exists for systems without states
        _stages = stages;
        _order = order;
        _exponent = (1.0 / order) - (0.75 * Beta);
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
    public override ReadOnlySpan<double> EndSlopes => Work.AsSpan((_stages + 2) * N, N);

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

    /// <summary>The states at the end, the slopes at the start, the stages, the slopes at the end.</summary>
    protected double[] Work { get; }

    /// <summary>The stages, n numbers each.</summary>
    protected Span<double> Stages => Work.AsSpan(2 * N, _stages * N);

    /// <summary>What stood in the way of the last trial step that had no error to compare.</summary>
    protected StepStatus Obstacle { get; set; }

    /// <inheritdoc/>
    internal override void Use(MethodCode code)
    {
        Function = code.Function;
        Array.Clear(Work);
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
    public override StepStatus Step(double limit)
    {
        if (_fresh)
        {
            Begin(limit);
        }

        double smallest = 16.0 * Math.BitIncrement(Math.Abs(Time)) - (16.0 * Math.Abs(Time));
        while (true)
        {
            double size = Math.Min(_next, Settings.MaximumStep);
            bool clipped = Time + (1.01 * size) >= limit;
            size = clipped ? limit - Time : size;
            if (size > Settings.MaximumStep * (1.0 + 1e-12))
            {
                (size, clipped) = (0.5 * size, false);
            }

            double end = clipped ? limit : Time + size;
            double error = Try(size, end) * ErrorScale;
            double log = 0.5 * RoughMath.Log2(error);
            if (error <= 1.0 && Complete(end))
            {
                double factor = error <= 1e-24
                    ? LargestGrowth
                    : Safety * RoughMath.Exp2((Beta * _logError) - (_exponent * log));
                factor = Smooth(Math.Clamp(factor, LargestCut, _rejected ? 1.0 : LargestGrowth));
                _logError = Math.Max(log, LeastLogError);
                _rejected = false;
                double next = size * factor;
                _next = clipped ? Math.Max(next, _next) : next;
                Size = size;
                EndTime = end;
                return StepStatus.Accepted;
            }

            Rejections++;
            _rejected = true;
            bool measured = error is > 1.0 and < double.PositiveInfinity;
            _next = size * (measured ? Math.Max(LargestCut, Safety * RoughMath.Exp2(-_exponent * log)) : LargestCut);
            if (_next < smallest)
            {
                return measured ? StepStatus.TooSmall : Obstacle;
            }
        }
    }

    /// <inheritdoc/>
    public override void Accept()
    {
        Array.Copy(Work, _states, N);
        Array.Copy(Work, (_stages + 2) * N, Work, N, N);
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

    /// <summary>Takes a trial step: writes the states at the end and the stages.</summary>
    /// <returns>Mean square of the scaled error; not finite where there is none, with the reason in <see cref="Obstacle"/>.</returns>
    protected abstract double Try(double size, double end);

    /// <summary>Completes a trial step whose error is small enough: writes the slopes at the end.</summary>
    /// <returns>False if they are not finite.</returns>
    protected abstract bool Complete(double end);

    /// <summary>The estimated error of one state in the last trial step.</summary>
    protected abstract double ErrorOf(int state);

    /// <summary>Prepares what a new stretch needs beyond the right-hand side at its start; the slopes are there.</summary>
    protected abstract void Begin();

    /// <summary>The factor from one step size to the next that a method makes of the one that the error allows.</summary>
    protected virtual double Smooth(double factor) => factor;

    /// <summary>Evaluates the right-hand side.</summary>
    protected void Evaluate(double time, ref double states, ref double slopes)
    {
        Function.Derivatives(time, ref states, ref MemoryMarshal.GetArrayDataReference(Data), ref slopes);
        Evaluations++;
    }

    /// <summary>Mean square of some numbers, each over its tolerance.</summary>
    protected double MeanSquare(ReadOnlySpan<double> errors, ReadOnlySpan<double> end)
    {
        double sum = 0.0;
        for (int i = 0; i < errors.Length; i++)
        {
            double scale = Settings.Absolute + (Settings.Relative * Math.Max(Math.Abs(_states[i]), Math.Abs(end[i])));
            double ratio = errors[i] / scale;
            sum = Math.FusedMultiplyAdd(ratio, ratio, sum);
        }

        return errors.Length == 0 ? 0.0 : sum / errors.Length;
    }

    // First slopes and first step size of a smooth stretch.
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

    // Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, section II.4, algorithm for the initial step.
    private double ChooseFirstStep(double longest)
    {
        ReadOnlySpan<double> start = StartSlopes;
        double states = MeanSquare(States, States);
        double slopes = MeanSquare(start, States);
        if (slopes == 0.0)
        {
            return longest;
        }

        double first = states < 1e-10 || slopes < 1e-10 ? 1e-6 : 0.01 * Math.Sqrt(states / slopes);
        first = Math.Min(first, longest);
        for (int i = 0; i < N; i++)
        {
            _scratch[i] = _states[i] + (first * start[i]);
        }

        Evaluate(Time + first, ref _scratch[0], ref _scratch[N]);
        for (int i = 0; i < N; i++)
        {
            _scratch[N + i] -= start[i];
        }

        double curvature = Math.Sqrt(MeanSquare(_scratch.AsSpan(N, N), States)) / first;
        double largest = Math.Max(Math.Sqrt(slopes), curvature);
        double second = largest <= 1e-15 ? Math.Max(1e-6, first * 1e-3) : Math.Pow(0.01 / largest, 1.0 / _order);
        double chosen = Math.Min(100.0 * first, second);
        return chosen > 0.0 ? chosen : Math.Min(1e-6, longest); // also when a slope is NaN: the step itself will tell
    }
}
