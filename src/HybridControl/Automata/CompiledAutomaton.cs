using System.Collections.Concurrent;
using System.Collections.Immutable;
using HybridControl.Automata.Sensitivities;
using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>An automaton as arrays of compiled functions.</summary>
/// <remarks>
/// The data block holds, in this order: parameters, discrete variables, coefficients of the inputs, frozen choices,
/// folded comparisons, what belongs to sensitivities. Expressions are rewritten here, once; the code of a mode is emitted when a run first needs it.
/// Of an automaton with several regions, a combination of locations is rewritten and emitted when it is first visited.
/// Immutable to its users and thread-safe.
/// </remarks>
internal sealed class CompiledAutomaton
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, CompiledMode> _modes = [];
    private readonly Dictionary<int, ModeSource> _sources = [];
    private readonly ModeCompiler _compiler;
    private readonly ConcurrentDictionary<object, object> _derived = new();

    /// <summary>Compiles an automaton.</summary>
    /// <param name="automaton">The automaton, valid.</param>
    /// <param name="monitors">Conditions to watch besides, in every mode.</param>
    public CompiledAutomaton(HybridAutomaton automaton, params IReadOnlyList<(string Name, Condition Condition)> monitors)
        : this(automaton, [], monitors)
    {
    }

    /// <summary>Compiles an automaton together with its derivatives.</summary>
    /// <param name="automaton">The automaton, valid.</param>
    /// <param name="sensitivities">What to differentiate with respect to: parameters, initial values, inputs; known names.</param>
    /// <param name="monitors">Conditions to watch besides, in every mode.</param>
    public CompiledAutomaton(
        HybridAutomaton automaton,
        ImmutableArray<string> sensitivities,
        IReadOnlyList<(string Name, Condition Condition)> monitors)
    {
        Automaton = automaton;
        Lowered = RuleLowering.Lower(automaton);
        ModeStates = ModeStates.Of(automaton);
        Slots = new SlotMap();
        foreach (StateVariable state in Model.States)
        {
            Slots.Add(VariableKind.State, state.Name);
        }

        Sensitivities = sensitivities.IsEmpty ? null : new SensitivityModel(this, sensitivities);
        foreach (Parameter parameter in automaton.Parameters)
        {
            Slots.Add(VariableKind.Parameter, parameter.Name);
        }

        foreach (DiscreteVariable discrete in Model.Discretes)
        {
            Slots.Add(VariableKind.Discrete, discrete.Name);
        }

        FirstDraw = Lowered.DrawCount == 0 ? -1 : Slots[VariableKind.Discrete, LoweredModel.DrawName(0)];
        Wiener = new WienerTable(automaton);
        Inputs = [.. automaton.Inputs.Select(input => new InputSlots(input, Slots))];
        HasDelegateInputs = Inputs.Any(input => input.IsDelegate);
        Modes = new ModeTable(Model);
        _compiler = new ModeCompiler(this, monitors);
        Transitions = [.. Model.Transitions.Select(CompileTransition)];
        Labels = new LabelTable(Transitions, Modes);
        if (Modes.RegionCount > 1)
        {
            _compiler.Reserve();
        }
        else
        {
            for (int i = 0; i < Modes.Count; i++)
            {
                _sources.Add(i, _compiler.Rewrite(i));
            }
        }

        Branches = [.. _compiler.Branches];
        BranchValues = [.. Branches.Select(branch => ExprProgram.Compile(Slots, branch.Value))];
        Atoms = _compiler.CompileAtoms();
        TimerOwners = [.. Transitions.SelectMany(transition => Enumerable.Repeat(transition.Number, transition.Timer?.Instances ?? 0))];
        GuardClocks = [.. Transitions.Where(transition => transition.Sampled is not null)
            .GroupBy(transition => transition.Sampled!)
            .Select(group => new GuardClock(
                group.First().Source.Name, ExprProgram.Compile(Slots, group.Key.Period, group.Key.Offset), [.. group]))];
        InitialValues = ExprProgram.Compile(
            Slots,
            [.. Model.States.Select(state => state.Initial), .. Model.Discretes.Select(discrete => discrete.Initial)]);
        SampledUpdates = [.. automaton.SampledUpdates.Select(CompileUpdate)];
        Typed = [.. automaton.Discretes.Select((variable, i) => (i, variable)).Where(pair => pair.variable.Type != DiscreteType.Real)];
        MonitorCount = monitors.Count;
        Sensitivities?.Reserve();
        ExprProgram[] programs =
        [
            InitialValues,
            .. BranchValues,
            .. Atoms.Select(atom => atom.Value),
            .. Transitions.SelectMany(t => new[] { t.Resets, t.Priority, t.Delay ?? t.Priority }),
            .. SampledUpdates.SelectMany(u => new[] { u.Clock, u.Values }),
            .. GuardClocks.Select(clock => clock.Clock),
        ];
        RegisterCount = Math.Max(1, programs.Max(program => program.RegisterCount));
        ResultCount = Math.Max(1, programs.Max(program => program.OutputCount));
    }

    /// <summary>The automaton as it was written.</summary>
    public HybridAutomaton Automaton { get; }

    /// <summary>The automaton with its hidden variables, from which everything here is compiled.</summary>
    public LoweredModel Lowered { get; }

    /// <summary>The model of <see cref="Lowered"/>.</summary>
    public HybridAutomaton Model => Lowered.Model;

    /// <summary>The data slot of the first random draw; -1 if there is none.</summary>
    public int FirstDraw { get; }

    /// <summary>For each timer that may run, the number of its transition; timers of one transition are neighbours.</summary>
    public int[] TimerOwners { get; }

    /// <summary>The clocks at whose ticks guards are looked at.</summary>
    public GuardClock[] GuardClocks { get; }

    public SlotMap Slots { get; }

    public InputSlots[] Inputs { get; }

    public bool HasDelegateInputs { get; }

    public WienerTable Wiener { get; }

    /// <summary>Whether trajectories of one start differ: the model draws, or noise moves its flow.</summary>
    public bool IsRandom => Lowered.DrawCount > 0 || Wiener.Streams.Length > 0;

    public IReadOnlyList<Branch> Branches { get; }

    public ExprProgram[] BranchValues { get; }

    public StaticAtom[] Atoms { get; }

    public CompiledTransition[] Transitions { get; }

    /// <summary>Initial states, then initial discrete variables.</summary>
    public ExprProgram InitialValues { get; }

    public CompiledUpdate[] SampledUpdates { get; }

    public int MonitorCount { get; }

    /// <summary>The most registers that any program of this automaton needs.</summary>
    public int RegisterCount { get; }

    /// <summary>The most values that any program of this automaton writes.</summary>
    public int ResultCount { get; }

    /// <summary>The number of states, hidden ones included.</summary>
    public int StateCount => Slots.StateCount;

    /// <summary>The number of states that decide where a run goes: all but the sensitivities, which come last.</summary>
    public int MovingStates => Model.States.Length;

    /// <summary>The number of states that were declared; they come first.</summary>
    public int VisibleStates => Automaton.States.Length;

    public int DataCount => Slots.DataCount;

    /// <summary>The entries of the data block that decide where a run goes: all but those of sensitivities, which come last.</summary>
    public int MovingData => Sensitivities?.FirstSlot ?? Slots.DataCount;

    /// <summary>The derivatives that are compiled in; null if there are none.</summary>
    public SensitivityModel? Sensitivities { get; }

    /// <summary>The modes by number.</summary>
    public ModeTable Modes { get; }

    /// <summary>Which transitions fire together.</summary>
    public LabelTable Labels { get; }

    /// <summary>The modes whose code was emitted.</summary>
    public int EmittedCount
    {
        get
        {
            lock (_gate)
            {
                return _modes.Count;
            }
        }
    }

    /// <summary>Which states are absent in which mode; null if all are everywhere.</summary>
    public ModeStates? ModeStates { get; }

    /// <summary>The typed discrete variables, by their number; empty if there are none.</summary>
    public (int Number, DiscreteVariable Variable)[] Typed { get; }

    public int FirstDiscrete => Automaton.Parameters.Length;

    /// <summary>The rewritten expressions of a mode, from which its code is emitted.</summary>
    public ModeSource Source(int number)
    {
        lock (_gate)
        {
            if (!_sources.TryGetValue(number, out ModeSource? source))
            {
                _sources.Add(number, source = _compiler.Rewrite(number));
            }

            return source;
        }
    }

    /// <summary>The code of a mode, emitted on first use.</summary>
    public CompiledMode Mode(int number)
    {
        lock (_gate)
        {
            if (!_modes.TryGetValue(number, out CompiledMode? mode))
            {
                _modes.Add(number, mode = ModeCompiler.Emit(this, Source(number)));
            }

            return mode;
        }
    }

    /// <summary>The number of the mode of that name; -1 if there is none.</summary>
    public int NumberOf(string mode) => Modes.NumberOf(mode);

    /// <summary>What a higher floor makes from this automaton once and shares between runs.</summary>
    /// <remarks>One at a time: what is made adds nodes to the graphs of the modes, which are not for two threads at once.</remarks>
    public T Derive<T>(object key, Func<T> make) where T : class
    {
        if (_derived.TryGetValue(key, out object? known))
        {
            return (T)known;
        }

        lock (_gate)
        {
            return (T)_derived.GetOrAdd(key, _ => make());
        }
    }

    /// <summary>Maps assignments to state numbers, or ~slot for discrete variables.</summary>
    public int[] TargetsOf(IEnumerable<Assignment> assignments) =>
    [
        .. assignments.Select(a => Slots.TryGetSlot(VariableKind.State, a.Target, out int state)
            ? state
            : ~Slots[VariableKind.Discrete, a.Target]),
    ];

    /// <summary>The jump that a policy makes where events accumulate, from any mode; null if it makes none.</summary>
    public CompiledTransition? CompileJump(ZenoPolicy policy) => policy.Mode is not { } mode ? null : CompileTransition(
        new Transition { Name = "zeno", From = mode, To = mode, Resets = policy.Resets, External = true }, Transitions.Length);

    private CompiledTransition CompileTransition(Transition transition, int number) => new(
        number,
        transition,
        Modes.LocationOf(transition.From),
        Modes.LocationOf(transition.To),
        ExprProgram.Compile(Slots, [.. transition.Resets.Select(reset => reset.Value)]),
        TargetsOf(transition.Resets),
        ExprProgram.Compile(Slots, transition.Priority),
        transition.Rule is AfterRule after ? ExprProgram.Compile(Slots, after.Delay) : null,
        !transition.Guard.Equals(Condition.True),
        number < Automaton.Transitions.Length && Automaton.Transitions[number].Rule is PermissiveRule { IsForced: true });

    private CompiledUpdate CompileUpdate(SampledUpdate update) => new(
        update,
        ExprProgram.Compile(Slots, update.Period, update.Offset),
        ExprProgram.Compile(Slots, [.. update.Assignments.Select(a => a.Value)]),
        TargetsOf(update.Assignments));
}
