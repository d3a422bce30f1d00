using System.Runtime.InteropServices;
using HybridControl.Numerics;

namespace HybridControl.Solvers;

/// <summary>What steppers with a memory share: where they stand, and whether what they remember still holds.</summary>
/// <remarks>
/// A restart keeps the past if the flow goes on as before: the same right-hand side, the same states and time, the same data as far as
/// it reads them; the next step looks at them, as data may still be written until then. An event that changes nothing (a section that is counted, a monitor, a tick) then costs no new start.
/// </remarks>
internal abstract class MultistepStepper : Stepper
{
    private readonly double[] _states;
    private readonly double[] _end;
    private readonly double[] _known;
    private readonly double[] _seenData;
    private double _next;
    private double _hint;
    private bool _isRestarted;

    protected MultistepStepper(StepSettings settings, int dimension, double[] data)
    {
        Settings = settings;
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
    public override ReadOnlySpan<double> EndStates => _end.AsSpan(0, Dimension);

    /// <summary>Ignored where the past is kept: then the step size follows from it.</summary>
    /// <inheritdoc/>
    public override double NextSize
    {
        get => _isRestarted ? _hint : _next;
        set => _hint = value;
    }

    /// <inheritdoc/>
    public override int WorstState => Worst;

    protected StepSettings Settings { get; }

    protected int Dimension { get; }

    protected double[] Data { get; }

    protected MultistepCode Code { get; private set; } = null!;

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
        IsFresh |= !ReferenceEquals(code, Code);
        Code = (MultistepCode)code;
    }

    /// <inheritdoc/>
    public override void Restart(double time, bool keepSize)
    {
        IsFresh |= time != Time;
        Time = time;
        EndTime = time;
        _hint = keepSize ? _next : 0.0;
        _isRestarted = true;
    }

    /// <inheritdoc/>
    public override void Reject(double factor)
    {
        _next = Size * factor;
        EndTime = Time;
        Rejections++;
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
        archive.Exchange(ref _isRestarted);
        IsFresh = archive.Exchange(IsFresh);
        Worst = archive.Exchange(Worst);
    }

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

    private static bool SameBits(ReadOnlySpan<double> a, ReadOnlySpan<double> b) =>
        MemoryMarshal.AsBytes(a).SequenceEqual(MemoryMarshal.AsBytes(b));
}
