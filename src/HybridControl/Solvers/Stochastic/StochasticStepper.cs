using System.Runtime.InteropServices;
using HybridControl.Dynamics;
using HybridControl.Numerics;

namespace HybridControl.Solvers;

/// <summary>Steps along the grid of a stochastic method, in pieces where something cuts a step.</summary>
internal sealed class StochasticStepper : Stepper
{
    private readonly StochasticSolver _solver;
    private readonly int _n;
    private readonly double[] _data;
    private readonly double[] _states;
    private double[] _work = [];
    private double[] _probe = [];
    private OdeFunction _function = null!;
    private StepFunction _step = null!;
    private int _processes;
    private uint[] _streams = [];
    private WienerPaths _paths;
    private double _origin;
    private double[] _increments = [];
    private long[] _drawn = [];
    private long _gridStep;
    private double _position;
    private double _endPosition;
    private long _leftStep;
    private double _longest = double.PositiveInfinity;
    private bool _placed;

    public StochasticStepper(StochasticSolver solver, int dimension, double[] data)
    {
        _solver = solver;
        _n = dimension;
        _data = data;
        _states = new double[dimension + 1]; // one more, so that a reference exists for systems without states
    }

    /// <inheritdoc/>
    public override Span<double> States => _states.AsSpan(0, _n);

    /// <inheritdoc/>
    public override ReadOnlySpan<double> EndStates => Work.End;

    /// <inheritdoc/>
    public override ReadOnlySpan<double> StartSlopes => Work.Drift;

    /// <inheritdoc/>
    public override ReadOnlySpan<double> EndSlopes => Work.Drift;

    /// <inheritdoc/>
    public override int DenseDegree => _solver.DenseDegree;

    /// <inheritdoc/>
    public override int WorstState => EndStates.IndexOfAnyExceptInRange(double.MinValue, double.MaxValue);

    /// <inheritdoc/>
    public override double NextSize
    {
        get => _solver.Step;
        set { }
    }

    private StochasticWork Work => BlockOf(_work);

    /// <summary>Says whose noise drives the flow, and where the grid begins.</summary>
    /// <param name="paths">Seed, trajectory and step.</param>
    /// <param name="streams">Stream of every process of the model.</param>
    /// <param name="origin">Time of the grid's first point, in seconds.</param>
    public void Drive(WienerPaths paths, uint[] streams, double origin)
    {
        (_paths, _streams, _origin) = (paths, streams, origin);
        _increments = new double[streams.Length];
        _drawn = new long[streams.Length];
        Array.Fill(_drawn, -1L);
    }

    /// <summary>Writes the rates of the numerical solution: f + G dW / h, on either side of the present time.</summary>
    /// <param name="code">The flow and its step.</param>
    /// <param name="left">Whether the increments of the step that ends here count, not those of the one that begins.</param>
    /// <param name="states">First of the states.</param>
    /// <param name="data">First entry of the data block.</param>
    /// <param name="slopes">Receives n rates.</param>
    public void WriteSlopes(MethodCode code, bool left, ref double states, ref double data, Span<double> slopes)
    {
        OdeFunction function = code.Function;
        int processes = Reserve(ref _probe, function);
        var block = new StochasticWork(ref _probe[0], _n, processes, 0);
        WriteIncrements(function, left ? _leftStep : _gridStep, 1.0, block.Increments);
        ((ExplicitCode)code).Step(Time, _solver.Step, ref states, ref data, ref _probe[0], 0.0, 0.0);
        for (int i = 0; i < slopes.Length; i++)
        {
            slopes[i] = block.Drift[i] + (block.Linear[i] / _solver.Step);
        }
    }

    /// <inheritdoc/>
    internal override void Use(MethodCode code)
    {
        OdeFunction function = code.Function;
        _function = function;
        _step = ((ExplicitCode)code).Step;
        _processes = Reserve(ref _work, function);
        Array.Clear(_work);
    }

    /// <inheritdoc/>
    public override void Restart(double time, bool keepSize)
    {
        if (!_placed || time != Time)
        {
            Place(time);
        }

        Time = time;
        EndTime = time;
        _placed = true;
    }

    /// <inheritdoc/>
    public override StepStatus Step(double limit)
    {
        double gridEnd = GridTime(_gridStep + 1);
        if (gridEnd <= Time)
        {
            (_gridStep, _position) = (_gridStep + 1, 0.0); // an event in the last digits of a step
            gridEnd = GridTime(_gridStep + 1);
        }

        (double end, _endPosition) = limit < gridEnd && !AreNear(limit, gridEnd)
            ? (limit, PositionAt(limit, gridEnd))
            : (AreNear(limit, gridEnd) ? limit : gridEnd, 1.0);
        if (end - Time > _longest)
        {
            end = Time + _longest;
            _endPosition = PositionAt(end, gridEnd);
        }

        Size = end - Time;
        EndTime = end;
        WriteIncrements(_function, _gridStep, _endPosition - _position, Work.Increments);
        _step(
            Time,
            Size,
            ref MemoryMarshal.GetArrayDataReference(_states),
            ref MemoryMarshal.GetArrayDataReference(_data),
            ref MemoryMarshal.GetArrayDataReference(_work),
            0.0,
            0.0);
        Evaluations++;
        _leftStep = _gridStep;
        return WorstState < 0 ? StepStatus.Accepted : StepStatus.NotFinite;
    }

    /// <inheritdoc/>
    public override void Accept()
    {
        EndStates.CopyTo(_states);
        Time = EndTime;
        Advance(_endPosition);
    }

    /// <inheritdoc/>
    public override void Reject(double factor)
    {
        _longest = Size * factor;
        EndTime = Time;
        Rejections++;
    }

    /// <inheritdoc/>
    public override void MoveTo(double time, ReadOnlySpan<double> states)
    {
        states.CopyTo(_states);
        double theta = Size > 0.0 ? Math.Min((time - Time) / Size, 1.0) : 1.0;
        double position = time >= EndTime ? _endPosition : _position + (theta * (_endPosition - _position));
        Time = time;
        EndTime = time;
        Advance(position);
    }

    /// <inheritdoc/>
    public override void WriteDense(int state, Span<double> coefficients)
    {
        StochasticWork work = Work;
        coefficients[0] = _states[state];
        coefficients[1] = (Size * work.Drift[state]) + work.Linear[state];
        if (DenseDegree > 1)
        {
            coefficients[2] = work.Quadratic[state];
        }
    }

    /// <inheritdoc/>
    internal override void Exchange(StateArchive archive)
    {
        base.Exchange(archive);
        archive.Exchange(_states);
        archive.Exchange(ref _gridStep);
        archive.Exchange(ref _position);
        archive.Exchange(ref _endPosition);
        archive.Exchange(ref _leftStep);
        archive.Exchange(ref _longest);
        archive.Exchange(ref _placed);
        if (_gridStep < 0 || _leftStep < 0 || !(_longest > 0.0))
        {
            throw StateArchive.Damage(FormattableString.Invariant($"step {_gridStep} of the grid, at most {_longest} s long"));
        }
    }

    private StochasticWork BlockOf(double[] work) =>
        new(ref MemoryMarshal.GetArrayDataReference(work), _n, _processes, work.Length - StochasticWork.LengthFor(_n, _processes, 0));

    // Room for a flow; grows on the first visit of a mode only.
    private int Reserve(ref double[] work, OdeFunction function)
    {
        int processes = function.Diffusion?.Processes.Length ?? 0;
        int length = StochasticWork.LengthFor(_n, processes, _solver.ScratchFor(function)) + 1;
        if (work.Length < length)
        {
            work = new double[length];
        }

        return processes;
    }

    private void WriteIncrements(OdeFunction function, long gridStep, double fraction, Span<double> increments)
    {
        for (int j = 0; j < increments.Length; j++)
        {
            int process = function.Diffusion!.Numbers[j];
            if (_drawn[process] != gridStep)
            {
                _increments[process] = _paths.Increment(_streams[process], gridStep);
                _drawn[process] = gridStep;
            }

            increments[j] = fraction * _increments[process];
        }
    }

    private double GridTime(long step) => _origin + (step * _solver.Step);

    private double PositionAt(double time, double gridEnd) => _position + ((1.0 - _position) * ((time - Time) / (gridEnd - Time)));

    private void Advance(double position)
    {
        (_gridStep, _position) = position >= 1.0 ? (_gridStep + 1, 0.0) : (_gridStep, position);
        _longest = double.PositiveInfinity;
        Steps++;
    }

    private void Place(double time)
    {
        _gridStep = Math.Max(0L, (long)Math.Floor((time - _origin) / _solver.Step));
        if (AreNear(time, GridTime(_gridStep + 1)))
        {
            _gridStep++;
        }

        double offset = time - GridTime(_gridStep);
        _position = AreNear(time, GridTime(_gridStep)) ? 0.0 : Math.Clamp(offset / _solver.Step, 0.0, 1.0);
        _leftStep = _gridStep;
    }

    private static bool AreNear(double a, double b) =>
        Math.Abs(a - b) <= 4.0 * (Math.BitIncrement(Math.Max(Math.Abs(a), Math.Abs(b))) - Math.Max(Math.Abs(a), Math.Abs(b)));
}
