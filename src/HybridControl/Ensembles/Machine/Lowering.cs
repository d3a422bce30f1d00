using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Ensembles.Machine;

/// <summary>Writes the algorithm of a run as the programs of a machine. docs/theory/ensembles.md describes the algorithm.</summary>
internal sealed partial class Lowering
{
    private const double Epsilon = 2.220446049250313e-16;
    private const double Largest = double.MaxValue;
    private const double Never = 1e300;
    private const double Least = 1e-300;

    private readonly HybridAutomaton _declared;
    private readonly LoweredModel _lowered;
    private readonly bool[] _forced;
    private readonly ImmutableArray<RecordedExpression> _extrema;
    private readonly EnsemblePlan _plan;
    private readonly RegisterFile _file = new();
    private readonly TrajectoryRegisters _r;
    private readonly MachineModel _model;
    private readonly ModePlan[] _modes;
    private readonly Solver _solver;
    private readonly StepSettings _settings;
    private readonly bool _fixed;
    private readonly bool _timed;
    private readonly Dictionary<int, FlowDerivatives> _linear = [];
    private readonly List<MachineArray> _arrays = [];
    private readonly Dictionary<(Part Part, int Mode, int Transition), int> _numbers = [];
    private readonly List<(Part Part, int Mode, int Transition)> _wanted = [];
    private readonly int _gridArray = -1;
    private readonly int _eventArray = -1;

    public Lowering(EnsemblePlan plan, int alternative)
    {
        _declared = plan.Model;
        _lowered = RuleLowering.Lower(plan.Model);
        _forced = [.. plan.Model.Transitions.Select(transition => transition.Rule is PermissiveRule { IsForced: true })];
        plan = plan with { Model = _lowered.Model };
        _plan = plan;
        _extrema = MachineExtrema.Of(plan);
        _solver = plan.Solver;
        _settings = plan.Solver.Settings;
        _fixed = _solver is IRungeKuttaMethod { Tableau.E.IsEmpty: true };
        _r = new TrajectoryRegisters(_file, plan);
        _model = new MachineModel(plan, alternative, _file);
        _modes = [.. Enumerable.Range(0, plan.Model.Modes.Length).Select(number => ModePlans.Of(_model, number, _forced))];
        _r.Complete(_file, _model, _modes, _lowered, _forced);
        _timed = !plan.Commands.IsEmpty || !plan.Noise.IsEmpty || _r.Breakpoint.Any(register => register >= 0) ||
            _r.Timers.Any(timers => timers.Length > 0) || !plan.Model.SampledUpdates.IsEmpty || _model.GuardClocks.Length > 0;
        if (!plan.Recording.GridTimes.IsEmpty)
        {
            _gridArray = _arrays.Count;
            int columns = plan.Recording.Grid.Length + (plan.Recording.GridMode ? 1 : 0);
            _arrays.Add(new("grid", plan.Recording.GridTimes.Length * columns));
        }

        if (plan.Recording.EventSlots > 0)
        {
            _eventArray = _arrays.Count;
            _arrays.Add(new("eventTimes", plan.Recording.EventSlots));
            _arrays.Add(new("eventTransitions", plan.Recording.EventSlots));
        }
    }

    private enum Part
    {
        Start,
        Finish,
        Flow,
        Run,
        Slopes,
        FirstStep,
        Expand,
        Peaks,
        Search,
        Sample,
        Land,
        Tick,
        Switch,
        Jump,
    }

    /// <summary>The machine.</summary>
    public TrajectoryMachine Compile()
    {
        ImmutableArray<int> results = [.. ResultRegisters()];
        ImmutableArray<int> varied = [.. _plan.Variations.Select(variation => RegisterOfVariable(variation.Name))];
        SetGivenStates();
        Number(Part.Start, _model.Compiled.NumberOf(_plan.Model.InitialMode));
        Number(Part.Finish);
        var drafts = new List<MachineDraft>();
        while (drafts.Count < _wanted.Count)
        {
            (Part part, int mode, int transition) = _wanted[drafts.Count];
            drafts.Add(Write(part, mode, transition));
        }

        return Assemble(drafts, varied, results);
    }

    // Keeps the registers that anything reads.
    private TrajectoryMachine Assemble(List<MachineDraft> drafts, ImmutableArray<int> varied, ImmutableArray<int> results)
    {
        bool[] used = new bool[_file.Names.Count];
        used[TrajectoryMachine.ProgramCounter] = true;
        foreach (int register in results.Concat(varied).Concat(drafts.SelectMany(draft => draft.Loads).Select(load => load.Target)))
        {
            used[register] = true;
        }

        foreach (MachineDraft draft in drafts)
        {
            draft.MarkReads(_file, used);
        }

        (SlotMap slots, int[] numbers) = _file.Compact(used);
        return new(
            [.. _file.Names.Where((_, i) => used[i])],
            [.. _file.Initial.Where((_, i) => used[i])],
            [.. varied.Select(register => numbers[register])],
            [.. drafts.Select(draft => draft.ToProgram(slots, numbers))],
            [.. _arrays],
            [.. results.Select(register => numbers[register])]);
    }

    private Expr Program(Part part, int mode = -1, int transition = -1) => Expr.Constant(Number(part, mode, transition));

    private int Number(Part part, int mode = -1, int transition = -1)
    {
        (Part, int, int) key = (part, mode, transition);
        if (!_numbers.TryGetValue(key, out int number))
        {
            number = _wanted.Count;
            _numbers.Add(key, number);
            _wanted.Add(key);
        }

        return number;
    }

    private MachineDraft Write(Part part, int mode, int transition)
    {
        var frame = new MachineFrame(_file);
        Expr? loop = null;
        switch (part)
        {
            case Part.Start:
                WriteStart(frame, _modes[mode]);
                break;
            case Part.Finish:
                WriteFinish(frame);
                break;
            case Part.Flow:
                loop = WriteFlow(frame, _modes[mode]);
                break;
            case Part.Run:
                loop = WriteRun(frame, _modes[mode]);
                break;
            case Part.Slopes:
                WriteSlopes(frame, _modes[mode]);
                break;
            case Part.FirstStep:
                WriteFirstStep(frame, _modes[mode]);
                break;
            case Part.Expand:
                WriteExpand(frame, _modes[mode]);
                break;
            case Part.Peaks:
                loop = WritePeaks(frame, _modes[mode]);
                break;
            case Part.Search:
                loop = WriteSearch(frame, _modes[mode]);
                break;
            case Part.Sample:
                WriteSample(frame, _modes[mode]);
                break;
            case Part.Land:
                WriteLand(frame, _modes[mode]);
                break;
            case Part.Tick:
                WriteTick(frame, _modes[mode]);
                break;
            case Part.Switch:
                WriteSwitch(frame, _modes[mode]);
                break;
            default:
                WriteJump(frame, _modes[mode], transition);
                break;
        }

        string name = part.ToString().ToLowerInvariant() +
            (mode < 0 ? "" : " " + _plan.Model.Modes[mode].Name) +
            (transition < 0 ? "" : " by " + _plan.Model.Transitions[transition].Name);
        return frame.ToDraft(name, mode, loop);
    }

    private Expr[] StatesOf(MachineFrame f) => [.. _r.X.Select(register => f[register])];

    // A slope that costs no more than a register is computed anew.
    private Expr[] SlopesOf(MachineFrame f, ModePlan mode)
    {
        Substitution here = Here(f);
        return [.. _r.K.Select((register, i) => mode.KeepsSlope[i] ? f[register] : here.Of(mode.Derivatives[i]))];
    }

    private void ComputeSlopes(MachineFrame f, ModePlan mode)
    {
        Substitution here = Here(f);
        for (int i = 0; i < _r.K.Length; i++)
        {
            if (mode.KeepsSlope[i])
            {
                f[_r.K[i]] = here.Of(mode.Derivatives[i]);
            }
        }
    }

    private Substitution Here(MachineFrame f, ModePlan mode) =>
        new MachineScope(_model, f).At(StatesOf(f), f[_r.Time], SlopesOf(f, mode));

    // Value and rate of a watched function; like a slope, it is computed anew where that costs no more than a register.
    private (Expr Value, Expr Rate) GuardOf(MachineFrame f, ModePlan mode, int i, Substitution here) =>
        mode.Watches[i].IsKept
            ? (f[_r.Guard[i]], f[_r.Rate[i]])
            : (here.Of(mode.Watches[i].Value), here.Of(mode.Watches[i].Rate));

    private void KeepGuard(MachineFrame f, ModePlan mode, int i, Expr value, Expr rate)
    {
        if (mode.Watches[i].IsKept)
        {
            f[_r.Guard[i]] = value;
            f[_r.Rate[i]] = rate;
        }
    }

    private Substitution Here(MachineFrame f) => new MachineScope(_model, f).At(StatesOf(f), f[_r.Time]);

    // Semantics 7: within four units in the last place of a time is at it.
    private static Expr IsNear(Expr time, Expr now) => Flag.Of(time <= now + (4.0 * Epsilon * Expr.Abs(now)));

    private static Expr IsFinite(Expr value) => Flag.Of(Expr.Abs(value) <= Largest);

    private void SetStatus(MachineFrame f, Expr flag, TrajectoryStatus status) =>
        f.SetIf(Flag.And(flag, Flag.Not(HasEnded(f))), _r.Status, (double)status);

    private Expr HasEnded(MachineFrame f) => Flag.Of(f[_r.Status] >= 0.5);

    private Expr StopTime(MachineFrame f) => _timed ? f[_r.Stop] : _plan.Until;

    private Expr TauAt(Expr time, Expr size)
    {
        Expr resolution = 100.0 * Epsilon * (Expr.Abs(time) + Expr.Abs(size));
        return _plan.EventTolerance > 0.0 ? Expr.Max(resolution, _plan.EventTolerance) : resolution;
    }

    // Entry number index of a table, a constant after its last: a tree of choices, so that no executor needs memory for it.
    private static Expr Entry(Expr index, ReadOnlySpan<double> values, double beyond)
    {
        double[] all = [.. values, beyond];
        Expr Between(int first, int count) => count == 1
            ? all[first]
            : Expr.Select(
                index >= first + (count / 2) - 0.5,
                Between(first + (count / 2), count - (count / 2)),
                Between(first, count / 2));
        return Between(0, all.Length);
    }

    private int RegisterOfVariable(string name)
    {
        int state = StateNumber(name);
        if (state >= 0)
        {
            return _r.X[state];
        }

        return _model.TryGetData(VariableKind.Parameter, name, out int register) ||
            _model.TryGetData(VariableKind.Discrete, name, out register) ||
            _model.TryGetData(VariableKind.Parameter, $"#{name}0", out register)
            ? register
            : throw new ArgumentException($"'{name}' is no variable of '{_plan.Model.Name}'. Validate the plan first.");
    }

    private int StateNumber(string name)
    {
        for (int i = 0; i < _plan.Model.States.Length; i++)
        {
            if (_plan.Model.States[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }

    private void SetGivenStates()
    {
        for (int i = 0; i < _r.X.Length; i++)
        {
            if (_model.Values.TryGetValue(_plan.Model.States[i].Name, out double value))
            {
                _file.Set(_r.X[i], value);
            }
        }
    }
}
