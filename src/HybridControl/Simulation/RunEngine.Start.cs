using System.Collections.Immutable;
using System.Globalization;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Numerics;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Simulation;

/// <content>The start of a run (semantics 3) and its ends.</content>
internal sealed partial class RunEngine
{
    /// <summary>Sets initial values and settles the first instant.</summary>
    public void Start()
    {
        HybridAutomaton model = _compiled.Model;
        ImmutableDictionary<string, double> values = _options.Values;
        for (int i = 0; i < model.Parameters.Length; i++)
        {
            _data[i] = ValueOf(model.Parameters[i].Name, model.Parameters[i].Value);
        }

        long first = 0;
        DrawFor(_compiled.Lowered.Initial, ref first);
        ReadOnlySpan<Real64> initial = EvaluateProgram(_compiled.InitialValues);
        for (int i = 0; i < model.States.Length; i++)
        {
            _stepper.States[i] = ValueOf(model.States[i].Name, initial[i].Value);
        }

        for (int i = 0; i < model.Discretes.Length; i++)
        {
            _data[_compiled.FirstDiscrete + i] = ValueOf(model.Discretes[i].Name, initial[model.States.Length + i].Value);
        }

        for (int i = 0; i < _compiled.Inputs.Length; i++)
        {
            InputSlots input = _compiled.Inputs[i];
            input.Write(_time, _data);
            if (values.TryGetValue(input.Name, out double held))
            {
                _held[i] = true;
                input.Hold(held, _data);
            }

            while (_breakpointIndex[i] < input.Breakpoints.Length && input.Breakpoints[_breakpointIndex[i]] <= _time)
            {
                _breakpointIndex[i]++;
            }
        }

        while (_nextCommand < _commands.Count && _commands[_nextCommand].At < _time)
        {
            _nextCommand++;
        }

        for (int i = 0; i < _updateClocks.Length; i++)
        {
            _updateClocks[i] = ClockOf(_compiled.SampledUpdates[i].Clock, $"sampled.{_compiled.SampledUpdates[i].Source.Name}.period");
        }

        StartGuardClocks();

        for (int i = 0; i < _blocks.Length; i++)
        {
            _blockClocks[i] = new(_time, _blocks[i].Block.Period, 0);
            _blocks[i].Block.Initialize(_blockStates[i]);
        }

        _sensitivities?.Start(this, values);
        _regions?.EnterAll(_mode);
        ClearAbsent();
        _keepsDense = _options.Recording == Recording.Everything;
        _tau = Math.Max(100.0 * Epsilon * Math.Abs(_time), _options.EventTolerance);
        _stepper.Restart(_time, keepSize: false);
        RefreshDelegateInputs(_time);
        RefreshAtoms(_mode.Mode, _stepper.States, _data);
        RefreshBranches(_mode.Mode, _stepper.States, _data);
        bool isConsistent = SolveAlgebraicAndChoices();
        _record.BeginPiece(_time, 0, _modeNumber, _stepper.States, Data);
        if (!FitInitialTypes() || !CanGoOn(isConsistent, isFirst: true))
        {
            return;
        }

        OpenInstant(_time, arrived: false);
        NoteEdgesBeforeStart();
        EnterPoint(entered: true, executed: -1);
        _sensitivities?.Begin(this);
        _record.ReplaceData(Data);
        CollectTimeEvents(_time);
        ExecuteDue();
        CloseInstant();
    }

    private double ValueOf(string name, double otherwise) =>
        _options.Values.IsEmpty ? otherwise : _options.Values.GetValueOrDefault(name, otherwise);

    // What a model has none of takes no room.
    private static T[] Room<T>(int count) => count == 0 ? [] : new T[count];

    private SampleClock ClockOf(ExprProgram program, string where)
    {
        ReadOnlySpan<Real64> clock = EvaluateProgram(program);
        return clock[0].Value > 0.0
            ? new(_time + clock[1].Value, clock[0].Value, 0)
            : throw new ModelException(
                where, FormattableString.Invariant($"period {clock[0].Value} s"), "Give a positive number of seconds.");
    }

    // Semantics 3: an edge guard takes its value at the start as its value before, unless the model says otherwise.
    private void NoteEdgesBeforeStart()
    {
        for (int i = 0; i < _mode.Watched.Length; i++)
        {
            CompiledGuard guard = _mode.Watched[i];
            double value = guard.Value(_time, ref FirstState, ref _data[0]);
            if (guard.Role == GuardRole.Transition &&
                _compiled.Labels.At(guard.Owner).Source.Rule is EdgeRule { InitialValue: { } before })
            {
                value = before;
            }

            _before[i] = value >= 0.0 ? 1 : -1;
        }

        for (int i = 0; i < _mode.Static.Length; i++)
        {
            CompiledGuard guard = _mode.Static[i];
            double value = guard.Role == GuardRole.Transition &&
                _compiled.Labels.At(guard.Owner).Source.Rule is EdgeRule { InitialValue: { } before }
                    ? before
                    : guard.Value(_time, ref FirstState, ref _data[0]);
            _staticSides[i] = value >= 0.0 ? 1 : -1;
        }
    }

    /// <summary>Gives a command now.</summary>
    /// <returns>Whether a transition took it.</returns>
    public bool Command(string label)
    {
        int before = _jumpIndex;
        if (_status != RunStatus.Completed)
        {
            return false;
        }

        OpenInstant(_time, arrived: false);
        ExecuteCommand(TimedCommand.Give(_time, label));
        ExecuteDue();
        CloseInstant();
        return _jumpIndex > before;
    }

    /// <summary>Sets a variable now; a run that has ended stays as it is.</summary>
    public void Set(string name, double value)
    {
        if (_status != RunStatus.Completed)
        {
            return;
        }

        OpenInstant(_time, arrived: false);
        Assign(name, value);
        ExecuteDue();
        CloseInstant();
    }

    private void FailStep(StepStatus step)
    {
        int worst = step == StepStatus.NotFinite ? WhoseSlope(_stepper.WorstState) : _stepper.WorstState;
        int hidden = worst - _compiled.VisibleStates;
        string state = worst < 0 ? "none" : hidden < 0 ? _compiled.Automaton.States[worst].Name : HiddenName(worst);
        if (SingularAhead() is { } what)
        {
            FailIndex(what);
        }
        else if (worst >= _compiled.MovingStates && step is StepStatus.NotFinite or StepStatus.TooSmall)
        {
            FailSensitivity(step, worst);
        }
        else if (step == StepStatus.NotFinite && hidden >= 0)
        {
            Fail(RunStatus.NotFinite,
                $"the rate of transition '{_compiled.Automaton.Transitions[_compiled.Lowered.Rates[hidden]].Name}' is negative, NaN or infinite" + ClosestGuard(),
                "A rate is at least zero: clamp it with max(..., 0).");
        }
        else if (step is StepStatus.NotFinite or StepStatus.TooSmall && NotFiniteAhead(step) is { } equation)
        {
            Fail(RunStatus.NotFinite, $"the equation of '{equation.Variable}', {equation}, becomes NaN or infinite",
                "Leave the mode before by a guard, or write the equation so that it has a value there." + FrozenChoices());
        }
        else if (step == StepStatus.NotFinite && HasBadJacobian())
        {
            Fail(RunStatus.NotFinite, "the Jacobian that was given with the flow is NaN or infinite", "Check it, or leave it out: differences stand in.");
        }
        else if (step == StepStatus.NotFinite)
        {
            Fail(RunStatus.NotFinite, $"the right-hand side is NaN or infinite near state '{state}'" + ClosestGuard(),
                "Check the flow for divisions by zero, roots of negative numbers and runaway growth." +
                    (_mode.Mode.Ode.Mass is null ? "" : " Algebraic variables may follow a solution that was not meant: a reset chooses another.") +
                    FixedStep() + FrozenChoices());
        }
        else if (step == StepStatus.Singular)
        {
            Fail(RunStatus.SingularSystem,
                $"the matrix of the implicit step is singular, down to the smallest step (state '{state}')" + ClosestGuard(),
                "Look for an equation that does not determine its variable, or for states that cannot be told apart; an explicit method needs no such matrix.");
        }
        else if (step == StepStatus.NoConvergence)
        {
            Fail(RunStatus.NoConvergence,
                $"the iteration of the implicit step does not converge, down to the smallest step (state '{state}')" + ClosestGuard(),
                _mode.Mode.Ode.Mass is null
                    ? "The flow may be discontinuous, grow beyond all bounds or have wrong derivatives: declare its switches with select or modes, use an explicit method, or end the run before."
                    : "The algebraic equations may have no solution further on, or the flow may be discontinuous: declare its switches with select or modes.");
        }
        else
        {
            Fail(RunStatus.StepTooSmall,
                $"the step size fell below the resolution of time (largest error: state '{state}')" + ClosestGuard(),
                _mode.Mode.Ode.Mass is null
                    ? $"The flow may be discontinuous, stiff or grow beyond all bounds: declare its switches with select or modes, {(_options.Solver is Auto ? "" : "use auto, ")}or end the run before."
                    : "The algebraic equations may have no solution further on, or the flow may be discontinuous: declare its switches with select or modes.");
        }
    }

    // The first state whose derivative is not finite just ahead; inside a step such a number spreads to all that depend on it.
    private int WhoseSlope(int otherwise)
    {
        OdeFunction flow = _mode.Mode.Ode;
        if (flow.Mass is not null)
        {
            return otherwise;
        }

        double[] slopes = new double[_n + 1], point = new double[_n + 1], ahead = new double[_n + 1];
        flow.Derivatives(_time, ref FirstState, ref _data[0], ref slopes[0]);
        for (double step = 0.0, least = 16.0 * (Math.BitIncrement(Math.Abs(_time)) - Math.Abs(_time)); step < 1e-6 * (1.0 + Math.Abs(_time)); step = Math.Max(4.0 * step, least))
        {
            for (int i = 0; i < _n; i++)
            {
                point[i] = _stepper.States[i] + (step * slopes[i]);
            }

            flow.Derivatives(_time + step, ref point[0], ref _data[0], ref ahead[0]);
            if (ahead.AsSpan(0, _n).IndexOfAnyExceptInRange(double.MinValue, double.MaxValue) is >= 0 and int culprit)
            {
                return culprit;
            }
        }

        return otherwise;
    }

    private bool HasBadJacobian()
    {
        if (_mode.Mode.Ode.Jacobian is null)
        {
            return false;
        }

        double[] slopes = new double[_n + 1];
        _mode.Mode.Ode.Derivatives(_time, ref FirstState, ref _data[0], ref slopes[0]);
        JacobianWork work = JacobianFunction.For(_mode.Mode.Ode).Start();
        work.Evaluate(_time, _stepper.States, slopes.AsSpan(0, _n), _data);
        return Array.TrueForAll(slopes, double.IsFinite) && !Array.TrueForAll(work.Values, double.IsFinite);
    }

    // Whether steps that may not become longer are lost in the rounding of time: they would go on for ever.
    private bool TimeStands()
    {
        double resolution = Math.BitIncrement(Math.Abs(_time)) - Math.Abs(_time);
        if (_options.Solver is AdaptiveSolver && _options.Solver.MaximumStep >= resolution)
        {
            return false;
        }

        Fail(RunStatus.StepTooSmall,
            FormattableString.Invariant($"steps of {_stepper.Size:G6} s are below the resolution of time, {resolution:G3} s here"),
            "Give a longer step or longest step, or let the run start nearer to zero.");
        return true;
    }

    // A step that nothing shortens may leap to where the flow is no number, though the solution stays away from there.
    private string FixedStep()
    {
        double? step = (_options.Solver as FixedStepRungeKutta)?.Step ?? (_options.Solver as StochasticSolver)?.Step;
        return step is null ? "" : string.Create(CultureInfo.InvariantCulture,
            $" The steps of {step:R} s may be too long for it: give a shorter one{(_options.Solver is StochasticSolver ? "" : ", or use auto")}.");
    }

    private void Fail(RunStatus status, string what, string mend, bool error = true)
    {
        _record.EndPiece(_time, _stepper.States);
        _status = status;
        _isError = error;
        string last = _record.Jumps.Count == 0 ? "" : $" Last jumps: {LastJumps(3)}.";
        string tables = status != RunStatus.NotFinite ? "" : TableDiagnosis.Describe(
            _compiled.Automaton,
            _mode.Mode.Source,
            expression => ExprProgram.Compile(_compiled.Slots, expression).EvaluateScalar(_time, _stepper.States, Data));
        _reason = $"{Place()}: {what}.{tables} {mend}{last}";
    }

    private string Values()
    {
        HybridAutomaton model = _compiled.Automaton;
        IEnumerable<string> states = model.States.Select((state, i) => FormattableString.Invariant($"{state.Name} = {_stepper.States[i]:R}"));
        IEnumerable<string> discretes = model.Discretes.Select(
            (variable, i) => FormattableString.Invariant($"{variable.Name} = {_data[_compiled.FirstDiscrete + i]:R}"));
        return string.Join(", ", [.. states, .. discretes]);
    }

    private string LastJumps(int count)
    {
        IEnumerable<Jump> last = _record.Jumps.Skip(Math.Max(0, _record.Jumps.Count - count));
        return string.Join(", ", last.Select(jump => $"'{jump.Transition}' ({jump.From} -> {jump.To})"));
    }

    private string Place() => FormattableString.Invariant(
        $"{_compiled.Automaton.Name}, mode '{_compiled.Modes.NameOf(_modeNumber)}', t = {_time:R} s, j = {_jumpIndex}");
}
