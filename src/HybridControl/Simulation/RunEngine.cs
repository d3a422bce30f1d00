using System.Diagnostics;
using System.Runtime.InteropServices;
using HybridControl.Automata;
using HybridControl.Solvers;

namespace HybridControl.Simulation;

/// <summary>One run: flows from instant to instant, finds events, executes jumps.</summary>
/// <remarks>
/// The meaning is that of docs/theory/semantics.md. A round: choose the horizon; take a step; search it for the earliest
/// event; accept it, or cut it there; settle the instant. A step allocates nothing except where the record grows.
/// Not thread-safe.
/// </remarks>
internal sealed partial class RunEngine
{
    private const double Epsilon = 2.220446049250313e-16;
    private const double LongestOverStay = 2.0;

    private readonly CompiledAutomaton _compiled;
    private readonly SimulationOptions _options;
    private readonly ModeRuntimes _modes;
    private readonly Stepper _stepper;
    private EventSearch? _search;
    private readonly bool _keepsSearch;
    private readonly MonitorWatch? _monitors;
    private readonly TrajectoryRecorder _record;
    private readonly double[] _data;
    private readonly double[] _dense;
    private readonly int _n;
    private GuardState[] _guards;
    private readonly double[] _point;
    private StepMemory[] _memories;

    private ModeRuntime _mode;
    private int _modeNumber;
    private double _time;
    private int _jumpIndex;
    private double _tau;
    private double _lastSize;
    private double _smoothSince;
    private bool _keepsDense;
    private long _nextProgress;
    private long _lastReport;
    private RunStatus _status;
    private bool _isError;
    private string _reason = "";

    public RunEngine(
        CompiledAutomaton compiled,
        SimulationOptions options,
        IReadOnlyList<TimedCommand> commands,
        IReadOnlyList<BoundBlock> blocks,
        TrajectoryRecorder? record = null,
        EventSearch? search = null)
    {
        _compiled = compiled;
        _options = options;
        _n = compiled.StateCount;
        _modes = ModeRuntimes.For(compiled, options.Solver);
        _modeNumber = _modes.NumberOf(options.InitialMode);
        _mode = _modes[_modeNumber];
        if (compiled.Modes.RegionCount > 1)
        {
            _regions = new RegionTracker(compiled);
            _visited.Add(_modeNumber);
        }

        ModeGroup modes = _modes.FirstOf(_modeNumber);
        _data = new double[compiled.DataCount + 1];
        _stepper = options.Solver.Start(_n, _data, _regions is null ? modes.Codes : []);
        _noise = StartNoise();
        StartAlgebraic();
        int watched = modes.MostWatched;
        if (watched > 0 || _regions is not null)
        {
            _search = search ?? _modes.TakeSearch(_stepper.DenseDegree) ?? new EventSearch(_n, compiled.DataCount, modes.Guards, _stepper.DenseDegree);
            _keepsSearch = search is null;
        }

        _record = record ?? new TrajectoryRecorder(_n, compiled.DataCount, _stepper.DenseDegree, _modes.Expected);
        _sensitivities = compiled.Sensitivities is null ? null : new SensitivityTracker(compiled, _record.Log);
        _monitors = compiled.MonitorCount > 0 ? new MonitorWatch(compiled, modes.Modes, options.Monitors, _record) : null;
        _dense = new double[(_n * (_stepper.DenseDegree + 1)) + 1];
        _guards = Room<GuardState>(watched);
        _leftValues = Room<double>(watched);
        _leftRates = Room<double>(watched);
        _lastValues = Room<double>(watched);
        _probes = Room<GuardProbe>(watched);
        _before = Room<int>(watched);
        int resting = modes.MostStatic;
        _staticSides = Room<int>(resting);
        _warned = Room<bool>(watched);
        _staticWarned = Room<bool>(resting);
        _point = new double[_n + 1];
        _memories = new StepMemory[_regions is null ? modes.Modes.Length : _modeNumber + 1];
        _leftStates = new double[_n + 1];
        _leftSlopes = new double[_n + 1];
        _slopes = new double[_n + 1];
        _statesBefore = new double[_n];
        _discretesBefore = Room<double>(compiled.Automaton.Discretes.Length);
        _leftData = new double[_data.Length];
        _scratchData = new double[_data.Length];
        _timers = Room<double>(compiled.TimerOwners.Length);
        _drawCounts = Room<long>(2 * compiled.Transitions.Length);
        _guardClocks = Room<SampleClock>(compiled.GuardClocks.Length);
        Array.Fill(_timers, double.PositiveInfinity);
        _zeno = Room<ZenoDetector>(compiled.Transitions.Length + compiled.Branches.Count);
        _flips = Room<Flip>(compiled.Branches.Count);
        _zenoPolicy = options.Zeno ?? compiled.Automaton.Zeno ?? ZenoPolicy.Throw;
        _zenoJump = compiled.CompileJump(_zenoPolicy);
        _commands = commands.Count == 0 ? [] : [.. commands.OrderBy(command => command.At)];
        _blocks = blocks.Count == 0 ? [] : [.. blocks];
        _blockStates = blocks.Count == 0 ? [] : [.. blocks.Select(block => new double[block.Block.StateCount])];
        _updateClocks = Room<SampleClock>(compiled.SampledUpdates.Length);
        _blockClocks = Room<SampleClock>(blocks.Count);
        _breakpointIndex = Room<int>(compiled.Inputs.Length);
        _held = Room<bool>(compiled.Inputs.Length);
        (_registers, _results) = MakeRegisters();
        _time = _smoothSince = options.StartTime;
        _lastReport = options.Progress is null ? 0L : Stopwatch.GetTimestamp();
    }

    /// <summary>What is run, where snapshots of it may be asked for.</summary>
    public Scenario? Scenario { get; init; }

    /// <summary>The time reached, in seconds.</summary>
    public double Time => _time;

    /// <summary>The jump index.</summary>
    public int JumpIndex => _jumpIndex;

    /// <summary>Number of the active mode.</summary>
    public int ModeNumber => _modeNumber;

    /// <summary>Name of the active mode.</summary>
    public string ModeName => _compiled.Modes.NameOf(_modeNumber);

    /// <summary>The present states.</summary>
    public ReadOnlySpan<double> States => _stepper.States;

    /// <summary>The present states that the model declares, without hidden ones.</summary>
    public ReadOnlySpan<double> VisibleStates => ((ReadOnlySpan<double>)_stepper.States)[.._compiled.VisibleStates];

    /// <summary>The present data block.</summary>
    public ReadOnlySpan<double> Data => _data.AsSpan(0, _compiled.DataCount);

    /// <summary>How the run stands; <see cref="RunStatus.Completed"/> while it can go on.</summary>
    public RunStatus Status => _status;

    /// <summary>Whether the run ended in an error.</summary>
    public bool IsError => _isError;

    /// <summary>Why the run ended.</summary>
    public string Reason => _reason;

    /// <summary>Flows until <paramref name="until"/> and settles what is due there.</summary>
    public void Advance(double until, CancellationToken cancellation)
    {
        while (_status == RunStatus.Completed && _time < until)
        {
            if (Watcher is not null && !GoesOn())
            {
                return;
            }

            if (_options.Snapshots is { } sink && sink.Wants(new(_time, until, _jumpIndex, _stepper.Steps)))
            {
                sink.Take(TakeSnapshot(shares: false));
            }

            double horizon = Math.Min(until, _nextTimeEvent);
            if (horizon <= _time || IsNear(_nextTimeEvent, _time))
            {
                SettleInstant(_time, arrived: false);
                continue;
            }

            if ((_nextProgress++ & 255) == 0 && !Report(until, cancellation))
            {
                return;
            }

            Round(horizon);
        }

        if (_status == RunStatus.Completed && (IsNear(_nextTimeEvent, _time) || HasPendingCrossing()))
        {
            SettleInstant(_time, arrived: true);
        }

        if (_monitors is not null && _status == RunStatus.Completed)
        {
            LogPendingMonitors();
        }

        if (Watcher is not null && _status == RunStatus.Completed)
        {
            GoesOn();
        }
    }

    private static bool IsNear(double a, double b) =>
        a <= b || a - b <= 4.0 * (Math.BitIncrement(Math.Abs(b)) - Math.Abs(b));

    // One step: try, search, accept or cut.
    private void Round(double horizon)
    {
        if (_restUntil < double.PositiveInfinity)
        {
            Rest(horizon);
            return;
        }

        StepStatus step = _stepper.Step(horizon);
        if (_algebraic is not null && step == StepStatus.Accepted && _stepper.EndTime <= _stepper.Time)
        {
            step = StepStatus.TooSmall; // steps that are accepted shrink without end where a solution ends
        }

        if (step != StepStatus.Accepted)
        {
            if (step != StepStatus.NotFinite || !TryPassSurface())
            {
                FailStep(step);
            }

            return;
        }

        if (_stepper.EndTime == _time && TimeStands())
        {
            return;
        }

        if (_stepper.Steps >= _options.MaxSteps)
        {
            FailStepLimit();
            return;
        }

        if (_stepper.Rejections != _rejections.Seen)
        {
            NoteRejections();
        }

        _lastSize = _stepper.Size;
        _tau = Math.Max(100.0 * Epsilon * (Math.Abs(_stepper.Time) + _lastSize), _options.EventTolerance);
        bool dense = false;
        SearchOutcome outcome = SearchStep();
        if (outcome.Status == SearchStatus.Invalid)
        {
            RejectInvalid(outcome.Guard);
            return;
        }

        if (_monitors is not null)
        {
            SearchMonitors(outcome.Status == SearchStatus.Clear ? 1.0 : outcome.Theta, ref dense);
        }

        if (_keepsDense)
        {
            EnsureDense(ref dense);
            _record.AddStep(_stepper.Time, _stepper.Size, _dense.AsSpan(0, _n * (_stepper.DenseDegree + 1)));
        }

        if (_algebraic is not null && !KeepsIndex(outcome))
        {
            return;
        }

        if (outcome.Status == SearchStatus.Clear)
        {
            _stepper.Accept();
            _time = _stepper.Time;
            if (IsNear(_nextTimeEvent, _time))
            {
                SettleInstant(_time, arrived: true);
            }
            else if (_time == horizon)
            {
                _record.EndPiece(_time, _stepper.States);
            }

            return;
        }

        CutAt(outcome, horizon);
    }

    // What the mode has learned about its steps, for the next visit. A mode that is left soon, like a flight that
    // ends at the ground, needs no step much longer than that: a longer one would only widen the resolution of time.
    private void NoteStepSize()
    {
        if (_time > _smoothSince)
        {
            _memories[_modeNumber].Size = Math.Min(_stepper.NextSize, LongestOverStay * (_time - _smoothSince));
            _memories[_modeNumber].Choice = _stepper.Choice;
        }
    }

    private void RestartStepper()
    {
        _stepper.Restart(_time, _keepSize);
        _orientation = 0;
        if (!_keepSize)
        {
            _stepper.NextSize = _memories[_modeNumber].Size;
            _smoothSince = _time;
        }
    }

    private void CutAt(SearchOutcome outcome, double horizon)
    {
        double time = _stepper.Time + (outcome.Theta * _stepper.Size);
        bool timed = horizon == _nextTimeEvent && _stepper.EndTime == horizon;
        if (outcome.Theta >= 1.0 || time >= _stepper.EndTime || (timed && _stepper.EndTime - time <= _tau))
        {
            time = _stepper.EndTime;
            _stepper.EndStates.CopyTo(_point);
        }
        else
        {
            WritePoint(outcome.Theta);
        }

        time = Relocate(outcome, time);
        _stepper.MoveTo(time, _point.AsSpan(0, _n));
        _time = time;
        if (outcome.Status == SearchStatus.Event)
        {
            SettleInstant(time, arrived: true, found: true);
        }
        else
        {
            _stepper.Restart(time, keepSize: true);
        }
    }

    private void WritePoint(double theta)
    {
        int width = _stepper.DenseDegree + 1;
        for (int i = 0; i < _n; i++)
        {
            if (!_keepsDense)
            {
                _stepper.WriteDense(i, _dense.AsSpan(i * width, width));
            }

            ReadOnlySpan<double> c = _dense.AsSpan(i * width, width);
            double value = c[width - 1];
            for (int k = width - 2; k >= 0; k--)
            {
                value = (value * theta) + c[k];
            }

            _point[i] = value;
        }
    }

    private SearchOutcome SearchStep()
    {
        if (_mode.Watched.Length == 0)
        {
            return new(SearchStatus.Clear, -1, EventDirections.None, 1.0, 0.0);
        }

        _search!.BeginStep(_stepper);
        SearchOutcome outcome = _search.Search(_guards.AsSpan(0, _mode.Watched.Length), _mode.Wanted, _tau);
        foreach (GuardRecord touch in _search.Touches)
        {
            _record.Log.Add(new(
                _stepper.Time + (touch.Theta * _stepper.Size), _jumpIndex, LogKind.Grazing, _mode.Watched[touch.Guard].Name));
            _sensitivities?.NoteTouch(_stepper.Time + (touch.Theta * _stepper.Size), _jumpIndex, _mode.Watched[touch.Guard].Name);
        }

        return outcome;
    }

    private void EnsureDense(ref bool dense)
    {
        if (!dense)
        {
            _stepper.WriteDense(_dense.AsSpan(0, _n * (_stepper.DenseDegree + 1)));
            dense = true;
        }
    }

    private void RejectInvalid(int guard)
    {
        double size = _stepper.Size * 0.25;
        if (size < 16.0 * Epsilon * Math.Max(Math.Abs(_time), 1e-280))
        {
            Fail(RunStatus.NotFinite, $"the function '{_mode.Watched[guard].Name}' is NaN or infinite",
                "Restrict its domain: guard the root or the division, or clamp the argument with max or min.");
            return;
        }

        _stepper.Reject(0.25);
        _rejections.Skip(_stepper.Rejections);
    }

    private bool Report(double until, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            _options.Snapshots?.Take(TakeSnapshot(shares: false));
            _status = RunStatus.Cancelled;
            _reason = FormattableString.Invariant($"cancelled at t = {_time} s; the result up to there is kept");
            _record.EndPiece(_time, _stepper.States);
            return false;
        }

        if (_options.Progress is { } progress)
        {
            long now = Stopwatch.GetTimestamp();
            if (Stopwatch.GetElapsedTime(_lastReport, now).TotalMilliseconds >= 100.0)
            {
                _lastReport = now;
                progress.Report(new(_time, until, _jumpIndex, _stepper.Steps));
            }
        }

        return true;
    }

    internal RunPoint Here() => new(_mode, _time, _jumpIndex, _stepper.States, _slopes.AsSpan(0, _n), _data.AsSpan(0, _compiled.DataCount));

    private void NoteSlopes() => WriteSlopes(left: false, ref FirstState, ref _data[0], ref _slopes[0]);

    private ref double FirstState => ref MemoryMarshal.GetReference(_stepper.States);
}
