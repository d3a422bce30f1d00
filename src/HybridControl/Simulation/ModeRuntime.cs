using HybridControl.Automata;
using HybridControl.Dynamics;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Symbolics.Emission;

namespace HybridControl.Simulation;

/// <summary>A mode as a run needs it: its step, and its watched functions sorted by what they are for.</summary>
internal sealed class ModeRuntime
{
    private ModeRuntime(CompiledAutomaton automaton, CompiledMode mode, MethodCode code)
    {
        Mode = mode;
        Code = code;
        Algebraic = mode.Ode.Mass is null ? null : new AlgebraicSystem(mode.Ode);
        Watched = [.. mode.Guards.Where(guard => guard.Role != GuardRole.Monitor && !guard.IsStatic && !IsSampled(automaton, guard))];
        Static = [.. mode.Guards.Where(guard => guard.Role is GuardRole.Transition or GuardRole.Invariant && guard.IsStatic)];
        Monitors = [.. mode.Guards.Where(guard => guard.Role == GuardRole.Monitor)];
        Guards = new GuardSet(automaton.StateCount, [.. Watched.Select(guard => FunctionOf(automaton, guard))]);
        MonitorGuards = new GuardSet(automaton.StateCount, [.. Monitors.Select(guard => FunctionOf(automaton, guard))]);
        BranchGuards =
        [
            .. mode.Branches.Select(branch => Array.FindIndex(
                Watched, guard => guard.Role == GuardRole.Branch && guard.Owner == branch)),
        ];
        Wanted = [.. Watched.Select(guard => WantedOf(automaton, guard))];
        HasEdges = Watched.Concat(Static).Any(
            guard => guard.Role == GuardRole.Transition && automaton.Labels.At(guard.Owner).Source.Rule is EdgeRule);
        Forced = [.. automaton.Transitions.Where(transition => transition.IsForced && mode.Locations.Contains(transition.From))];
    }

    /// <summary>The mode.</summary>
    public CompiledMode Mode { get; }

    /// <summary>Its flow, prepared for the method.</summary>
    public MethodCode Code { get; }

    /// <summary>How its algebraic equations are solved; null for an explicit flow.</summary>
    public AlgebraicSystem? Algebraic { get; }

    /// <summary>Functions that are searched, in order.</summary>
    public CompiledGuard[] Watched { get; }

    /// <summary>Guards and invariants that change at instants only.</summary>
    public CompiledGuard[] Static { get; }

    /// <summary>Functions that are watched without consequences.</summary>
    public CompiledGuard[] Monitors { get; }

    /// <summary><see cref="Watched"/> for the event search.</summary>
    public GuardSet Guards { get; }

    /// <summary><see cref="Monitors"/> for the event search.</summary>
    public GuardSet MonitorGuards { get; }

    /// <summary>For each choice of the mode, inner before outer, its place in <see cref="Watched"/>; -1 if it changes at instants only.</summary>
    public int[] BranchGuards { get; }

    /// <summary>Which events of <see cref="Watched"/> end a step.</summary>
    public EventDirections[] Wanted { get; }

    /// <summary>Whether any transition fires on an edge.</summary>
    public bool HasEdges { get; }

    /// <summary>Transitions that fire where the invariant is left while they are enabled.</summary>
    public CompiledTransition[] Forced { get; }

    /// <summary>A mode of an automaton for one method; made once and shared between runs.</summary>
    public static ModeRuntime For(CompiledAutomaton automaton, Solver solver, int number) => automaton.Derive(
        (typeof(ModeRuntime), solver.Method, number),
        () =>
        {
            CompiledMode mode = automaton.Mode(number);
            return new ModeRuntime(automaton, mode, solver.Compile(mode.Ode));
        });

    // What is looked at at ticks only is not searched.
    private static bool IsSampled(CompiledAutomaton automaton, CompiledGuard guard) =>
        guard.Role == GuardRole.Transition && automaton.Labels.At(guard.Owner).Sampled is not null;

    private static EventDirections WantedOf(CompiledAutomaton automaton, CompiledGuard guard)
    {
        if (guard.Role != GuardRole.Transition)
        {
            return guard.Role == GuardRole.Invariant ? EventDirections.Up : EventDirections.Both;
        }

        Transition transition = automaton.Labels.At(guard.Owner).Source;
        EventDirections touch = transition.FireOnTouch ? EventDirections.Touch : EventDirections.None;
        return transition.Rule switch
        {
            EdgeRule { Direction: EdgeDirection.Up } => EventDirections.Up | touch,
            EdgeRule { Direction: EdgeDirection.Down } => EventDirections.Down | touch,
            EdgeRule => EventDirections.Both | touch,
            AfterRule { Survives: true } => EventDirections.Up,
            AfterRule => EventDirections.Both,
            CommandRule or PermissiveRule => EventDirections.None,
            _ => EventDirections.Up | touch,
        };
    }

    // Guards of locations stand in many modes and are prepared once.
    private static GuardFunction FunctionOf(CompiledAutomaton automaton, CompiledGuard guard) => automaton.Modes.RegionCount == 1
        ? MakeFunction(automaton, guard)
        : automaton.Derive((typeof(GuardFunction), guard.Value, guard.Name), () => MakeFunction(automaton, guard));

    private static GuardFunction MakeFunction(CompiledAutomaton automaton, CompiledGuard guard)
    {
        if (!guard.IsOpaque)
        {
            return new EmittedGuard(
                guard.Name, guard.States, GuardParts.Extract(guard.Graph, guard.Node), guard.Value, guard.Enclosure, guard.Jet)
            {
                IsPartial = new ExprProgram(guard.Graph, [guard.Node]).Instructions.ToArray().Any(
                    instruction => instruction.Op is OpCode.Sqrt or OpCode.Log or OpCode.Power or OpCode.Asin or OpCode.Acos or OpCode.Acosh or OpCode.Atanh),
            };
        }

        InputSlots[] inputs = [.. automaton.Inputs.Where(input => input.IsDelegate)];
        PointFunction<double> value = guard.Value;
        double[] block = new double[automaton.DataCount];
        return new DelegateGuard(guard.Name, automaton.StateCount, automaton.DataCount, (time, states, data) =>
        {
            lock (block)
            {
                data.CopyTo(block);
                foreach (InputSlots input in inputs)
                {
                    input.Write(time, block);
                }

                return value(time, ref System.Runtime.InteropServices.MemoryMarshal.GetReference(states), ref block[0]);
            }
        });
    }
}
