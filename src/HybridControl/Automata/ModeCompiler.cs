using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HybridControl.Dynamics;
using HybridControl.Numerics;
using HybridControl.Symbolics;
using HybridControl.Symbolics.Emission;

namespace HybridControl.Automata;

/// <summary>Turns modes into code: freezes choices, folds comparisons that rest, emits functions.</summary>
internal sealed partial class ModeCompiler
{
    private readonly CompiledAutomaton _owner;
    private readonly IReadOnlyList<(string Name, Condition Condition)> _monitors;
    private readonly BranchTable _branches;
    private readonly List<Condition> _atoms = [];
    private readonly Dictionary<Condition, int> _atomNumbers = [];

    public ModeCompiler(CompiledAutomaton owner, IReadOnlyList<(string Name, Condition Condition)> monitors)
    {
        _owner = owner;
        _monitors = monitors;
        _branches = new BranchTable(owner.Slots);
    }

    /// <summary>Every choice of every mode.</summary>
    public IReadOnlyList<Branch> Branches => _branches.Branches;

    /// <summary>The programs of the comparisons that were folded out of guards.</summary>
    public StaticAtom[] CompileAtoms() =>
    [
        .. _atoms.Select((atom, number) => new StaticAtom(
            _owner.Slots[VariableKind.Parameter, $"#atom{number}"],
            atom,
            ExprProgram.Compile(
                _owner.Slots, Expr.Select(atom, StaticAtom.Magnitude, -StaticAtom.Magnitude)))),
    ];

    /// <summary>Rewrites the expressions of a mode.</summary>
    public ModeSource Rewrite(int number)
    {
        int[] locations = _owner.Modes.LocationsOf(number);
        Mode mode = Compose(number, locations);
        var used = new SortedSet<int>();
        var atoms = new SortedSet<int>();
        Expr[]? derivatives = null;
        HashSet<string> resting = [];
        HashSet<string> noisy = [.. mode.Diffusion.Select(term => term.State), .. ImplicitStates(mode)];
        Dictionary<string, Expr>? rates = null;
        if (mode.Flow is ExprFlow flow)
        {
            derivatives =
            [
                .. _owner.Model.States.Select(
                    state => Simplifier.Simplify(_branches.Freeze(RightSideOf(mode, flow, state), kinks: true, used))),
            ];
            resting = [.. _owner.Model.States.Where((_, i) => IsZero(derivatives[i])).Select(state => state.Name)];
            resting.ExceptWith(noisy);
            // Nothing is conserved along the rate of a state that noise moves, or that follows from equations.
            rates = _owner.Model.States.Select((state, i) => (state.Name, noisy.Contains(state.Name) ? NoisyRate(state.Name) : derivatives[i])).ToDictionary();
        }

        var watches = new List<WatchSource>();
        void Watch(GuardRole role, int owner, string name, Condition condition, bool negate = false)
        {
            Expr function = _branches.FreezeGuard(FoldStatic(condition, resting, rates, atoms), used);
            watches.Add(new(role, owner, name, Simplifier.Simplify(negate ? -function : function)));
        }

        CompiledTransition[] active =
            [.. _owner.Transitions.Where(transition => locations[_owner.Modes.RegionOf[transition.From]] == transition.From)];
        foreach (CompiledTransition transition in active)
        {
            foreach (CompiledTransition firing in _owner.Labels.IsShared(transition.Source)
                ? _owner.Labels.StartingWith(transition, active, _owner.Modes)
                : [transition])
            {
                Watch(GuardRole.Transition, firing.Number, firing.Source.Name, firing.Source.Guard);
            }
        }

        foreach (int location in locations)
        {
            int first = FirstInvariantOf(location);
            ImmutableArray<Invariant> invariants = _owner.Model.Modes[location].Invariants;
            for (int i = 0; i < invariants.Length; i++)
            {
                Watch(GuardRole.Invariant, first + i, invariants[i].Condition.ToString(), invariants[i].Condition, negate: true);
            }
        }

        for (int i = 0; i < _monitors.Count; i++)
        {
            // Choices stay as they are: a frozen one would end steps, and a monitor must not.
            Expr function = FoldSteps(FoldStatic(_monitors[i].Condition, resting, rates, atoms)).ToGuardFunction();
            watches.Add(new(GuardRole.Monitor, i, _monitors[i].Name, function));
        }

        foreach (int branch in used)
        {
            watches.Add(new(GuardRole.Branch, branch, _branches.Branches[branch].Name, _branches.Branches[branch].Surface));
        }

        if (derivatives is not null && _owner.Sensitivities is { } sensitivities)
        {
            derivatives = [.. derivatives, .. sensitivities.FlowOf(derivatives)];
        }

        return new(number, mode, derivatives, [.. watches], [.. atoms], [.. used]);
    }

    private int AtomOf(Condition condition)
    {
        if (!_atomNumbers.TryGetValue(condition, out int number))
        {
            number = _atoms.Count;
            _atoms.Add(condition);
            _atomNumbers.Add(condition, number);
            _owner.Slots.Add(VariableKind.Parameter, $"#atom{number}");
        }

        return number;
    }

    /// <summary>Emits the code of a mode.</summary>
    public static CompiledMode Emit(CompiledAutomaton owner, ModeSource mode)
    {
        var graph = new ExprGraph(owner.Slots);
        ExprProgram? flow = null;
        if (mode.Derivatives is not null)
        {
            int[] outputs = [.. mode.Derivatives.Select(graph.Add)];
            flow = new ExprProgram(graph, outputs);
        }

        // Guards of locations stand in many modes and are emitted once.
        bool isNetwork = owner.Modes.RegionCount > 1;
        int[] nodes = isNetwork ? [] : [.. mode.Watches.Select(watch => graph.Add(watch.Function))];
        ExprProgram[] programs = [.. nodes.Select(node => new ExprProgram(graph, [node]))];
        ModeCode code = EmitCode(owner, mode.Source.Name, graph, flow, programs);
        CompiledGuard[] guards = isNetwork
            ? [.. mode.Watches.Select(watch => EmitShared(owner, watch))]
            : [.. mode.Watches.Select((watch, i) => GuardOf(owner, watch, graph, nodes[i], programs[i], code, i))];
        OdeFunction ode = flow is null
            ? OfDelegate(owner, (DelegateFlow)mode.Source.Flow)
            : new(owner.StateCount, WithInputs(owner, code.Derivatives!),
                owner.HasDelegateInputs ? null : flow, graph);
        ode = ode with { Diffusion = owner.Wiener.Compile(owner, mode.Source), Equations = flow, Mass = MassOf(owner, mode.Source), Leading = owner.MovingStates };
        return new(mode.Number, mode.Source, ode, guards, mode.Atoms, mode.Branches)
        {
            Locations = owner.Modes.LocationsOf(mode.Number),
        };
    }

    private static ModeCode EmitCode(CompiledAutomaton owner, string name, ExprGraph graph, ExprProgram? flow, ExprProgram[] programs) =>
        RuntimeFeature.IsDynamicCodeSupported
            ? ModeCode.Emit(name, graph, flow, programs)
            : ModeCode.Interpret(owner.StateCount, owner.DataCount, flow, programs);

    private static CompiledGuard EmitShared(CompiledAutomaton owner, WatchSource watch)
    {
        CompiledGuard emitted = owner.Derive((typeof(CompiledGuard), watch.Function), () =>
        {
            var graph = new ExprGraph(owner.Slots);
            int node = graph.Add(watch.Function);
            var program = new ExprProgram(graph, [node]);
            return GuardOf(owner, watch, graph, node, program, EmitCode(owner, watch.Name, graph, null, [program]), 0);
        });
        return emitted with { Role = watch.Role, Owner = watch.Owner, Name = watch.Name };
    }

    private static CompiledGuard GuardOf(
        CompiledAutomaton owner, WatchSource watch, ExprGraph graph, int node, ExprProgram program, ModeCode code, int place)
    {
        GraphNode[] instructions = program.Instructions.ToArray();
        bool opaque = instructions.Any(instruction => instruction.Op == OpCode.Data &&
            owner.Inputs.Any(input => input.IsDelegate && input.FirstSlot == instruction.A));
        return new(
            watch.Role,
            watch.Owner,
            watch.Name,
            graph,
            node,
            [.. instructions.Where(instruction => instruction.Op == OpCode.State).Select(instruction => instruction.A).Order()],
            !opaque && !instructions.Any(instruction => instruction.Op is OpCode.State or OpCode.Time),
            opaque,
            code.Values[place],
            code.Enclosures[place],
            code.Jets[place]);
    }

    // A delegate input has no expression: its slot is refreshed before the code that reads it runs.
    private static VectorFunction WithInputs(CompiledAutomaton owner, VectorFunction derivatives)
    {
        if (!owner.HasDelegateInputs)
        {
            return derivatives;
        }

        int count = owner.DataCount;
        InputSlots[] inputs = [.. owner.Inputs.Where(input => input.IsDelegate)];
        return (double time, ref double states, ref double data, ref double results) =>
        {
            Span<double> block = MemoryMarshal.CreateSpan(ref data, count);
            foreach (InputSlots input in inputs)
            {
                input.Write(time, block);
            }

            derivatives(time, ref states, ref data, ref results);
        };
    }

    private static bool IsZero(Expr expression) => expression.IsConstant && expression.Value == 0.0;

    // Stands for a rate that is not known: no expression of a model holds it, so that nothing cancels it.
    private static Expr NoisyRate(string state) => Expr.Variable(VariableKind.Parameter, $"#noise {state}");

    // Semantics 6: comparisons that cannot change along the flow are booleans, decided by their exact sign.
    private Condition FoldStatic(
        Condition condition, HashSet<string> resting, Dictionary<string, Expr>? rates, ISet<int> atoms)
    {
        switch (condition.Kind)
        {
            case ConditionKind.And:
                return FoldStatic(condition.First!, resting, rates, atoms) & FoldStatic(condition.Second!, resting, rates, atoms);
            case ConditionKind.Or:
                return FoldStatic(condition.First!, resting, rates, atoms) | FoldStatic(condition.Second!, resting, rates, atoms);
            case ConditionKind.Not:
                return !FoldStatic(condition.First!, resting, rates, atoms);
            case ConditionKind.Comparison when
                (Rests(condition.Left!, resting) && Rests(condition.Right!, resting)) || IsConserved(condition, rates):
                int number = AtomOf(condition);
                atoms.Add(number);
                // The slot itself is the guard function: subtracting zero from an infinity would leave an enclosure of nothing.
                return Condition.Crosses(Expr.Variable(VariableKind.Parameter, $"#atom{number}"));
            default:
                return condition;
        }
    }

    // A combination of moving states may rest all the same: its derivative along the flow is identically zero.
    private bool IsConserved(Condition condition, Dictionary<string, Expr>? rates)
    {
        Expr function = condition.ToGuardFunction();
        return rates is not null && _owner.Automaton.Inputs.IsEmpty && IsSmooth(function) &&
            IsZero(Differentiator.AlongFlow(function, rates));
    }

    // A step function has the derivative zero almost everywhere, and moves all the same.
    private static bool IsSmooth(Expr expression)
    {
        var seen = new HashSet<Expr>(ReferenceEqualityComparer.Instance);
        var pending = new Stack<Expr>([expression]);
        while (pending.TryPop(out Expr? e))
        {
            if (e.Operation is Operation.Floor or Operation.Sign or Operation.Modulo or Operation.Select or Operation.LookupSlope ||
                (e.Operation == Operation.Surface && !ReferenceEquals(e.Table, e.Table!.Root)))
            {
                return false;
            }

            foreach (Expr operand in e.Operands)
            {
                if (seen.Add(operand))
                {
                    pending.Push(operand);
                }
            }
        }

        return true;
    }

    // A comparison of stepwise functions may be zero over an interval, where the band decides nothing: its truth counts.
    private static Condition FoldSteps(Condition condition) => condition.Kind switch
    {
        ConditionKind.And => FoldSteps(condition.First!) & FoldSteps(condition.Second!),
        ConditionKind.Or => FoldSteps(condition.First!) | FoldSteps(condition.Second!),
        ConditionKind.Not => !FoldSteps(condition.First!),
        ConditionKind.Comparison when IsStepwise(condition.Left!) && IsStepwise(condition.Right!) =>
            Condition.Crosses(Expr.Select(condition, 1.0, -1.0)),
        _ => condition,
    };

    private static bool IsStepwise(Expr expression) => expression.Operation switch
    {
        Operation.Floor or Operation.Sign => true,
        Operation.Variable => expression.Kind is VariableKind.Parameter or VariableKind.Discrete,
        _ => expression.Operands.All(IsStepwise),
    };

    private bool Rests(Expr expression, HashSet<string> resting)
    {
        var seen = new HashSet<Expr>(ReferenceEqualityComparer.Instance);
        var pending = new Stack<Expr>();
        pending.Push(expression);
        while (pending.TryPop(out Expr? e))
        {
            if (!seen.Add(e))
            {
                continue;
            }

            if (e.Operation == Operation.Variable)
            {
                switch (e.Kind)
                {
                    case VariableKind.Time:
                    case VariableKind.State when !resting.Contains(e.Name!):
                        return false;
                    case VariableKind.Input:
                        if (_owner.Inputs.First(input => input.Name == e.Name).IsDelegate)
                        {
                            return false;
                        }

                        _owner.Slots.TryGetDefinition(e.Kind, e.Name!, out Expr definition);
                        pending.Push(definition);
                        break;
                    default:
                        break;
                }
            }

            foreach (Expr operand in e.Operands)
            {
                pending.Push(operand);
            }

            if (e.Condition is not null)
            {
                Expr guard = e.Condition.ToGuardFunction();
                pending.Push(guard);
            }
        }

        return true;
    }
}
