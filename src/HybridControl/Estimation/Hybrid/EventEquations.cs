using HybridControl.Automata;
using HybridControl.Symbolics;
using HybridControl.Symbolics.Emission;

namespace HybridControl.Estimation;

/// <summary>A transition as compiled functions: its guard with first and second derivatives, its reset with first ones.</summary>
/// <remarks>Derivatives are exact and count what inputs do over time. Immutable and thread-safe.</remarks>
internal sealed class EventEquations
{
    private EventEquations(
        Transition transition, int number, int from, int to, int direction, GuardTree tree, VectorFunction[] functions, int[] discreteSlots)
    {
        Transition = transition;
        (Number, From, To, Direction) = (number, from, to, direction);
        Tree = tree;
        (Guards, Gradients, Rates, RateGradients) = (functions[0], functions[1], functions[2], functions[3]);
        (Reset, ResetJacobian, ResetRates) = (functions[4], functions[5], functions[6]);
        DiscreteSlots = discreteSlots;
    }

    /// <summary>The declaration.</summary>
    public Transition Transition { get; }

    /// <summary>Its place in the declaration.</summary>
    public int Number { get; }

    /// <summary>Number of the mode it leaves.</summary>
    public int From { get; }

    /// <summary>Number of the mode it enters.</summary>
    public int To { get; }

    /// <summary>1 if it fires where its guard rises through zero, -1 where it falls; leaves are signed so that all rise.</summary>
    public int Direction { get; }

    /// <summary>The guard taken apart.</summary>
    public GuardTree Tree { get; }

    /// <summary>Values of the k leaves.</summary>
    public VectorFunction Guards { get; }

    /// <summary>Gradients of the leaves with respect to the states, k by n.</summary>
    public VectorFunction Gradients { get; }

    /// <summary>Rates of the leaves along the flow of the mode that is left, k.</summary>
    public VectorFunction Rates { get; }

    /// <summary>Gradients of those rates, k by n.</summary>
    public VectorFunction RateGradients { get; }

    /// <summary>New states, then new values of the discrete variables of <see cref="DiscreteSlots"/>.</summary>
    public VectorFunction Reset { get; }

    /// <summary>Jacobian of the new states, n by n.</summary>
    public VectorFunction ResetJacobian { get; }

    /// <summary>Rates of the new states along the flow of the mode that is left: D_x R f + D_t R.</summary>
    public VectorFunction ResetRates { get; }

    /// <summary>Data slots that the reset writes.</summary>
    public int[] DiscreteSlots { get; }

    /// <summary>Compiles a transition between modes whose flows are expressions.</summary>
    /// <param name="compiled">The automaton.</param>
    /// <param name="number">Number of the transition.</param>
    /// <param name="direction">1 for a rising guard, -1 for a falling one.</param>
    public static EventEquations Of(CompiledAutomaton compiled, int number, int direction = 1)
    {
        HybridAutomaton automaton = compiled.Automaton;
        Transition transition = automaton.Transitions[number];
        int from = compiled.NumberOf(transition.From);
        Expr function = compiled.Source(from).Watches
            .First(watch => watch.Role == GuardRole.Transition && watch.Owner == number).Function;
        var tree = new GuardTree(direction > 0 ? function : -function);
        Dictionary<string, Expr> rates = RatesOf(compiled, (ExprFlow)automaton.Modes[from].Flow);
        Expr[] states = [.. automaton.States.Select(state => Expr.Variable(VariableKind.State, state.Name))];
        Expr[] along = [.. tree.Leaves.Select(leaf => Differentiator.AlongFlow(leaf, rates))];
        Expr[] resets =
        [
            .. automaton.States.Select((state, i) =>
                transition.Resets.FirstOrDefault(reset => reset.Target == state.Name)?.Value ?? states[i]),
        ];
        Assignment[] discretes = [.. transition.Resets.Where(reset => automaton.Discretes.Any(d => d.Name == reset.Target))];
        VectorFunction[] functions = VectorFunctions.Compile(
            transition.Name,
            compiled.Slots,
            tree.Leaves,
            [.. Differentiator.Jacobian(tree.Leaves, states).Cast<Expr>()],
            along,
            [.. Differentiator.Jacobian(along, states).Cast<Expr>()],
            [.. resets, .. discretes.Select(reset => reset.Value)],
            [.. Differentiator.Jacobian(resets, states).Cast<Expr>()],
            [.. resets.Select(reset => Differentiator.AlongFlow(reset, rates))]);
        return new EventEquations(
            transition, number, from, compiled.NumberOf(transition.To), direction, tree, functions,
            [.. discretes.Select(reset => compiled.Slots[VariableKind.Discrete, reset.Target])]);
    }

    // Time derivatives by name: of states from the flow, of inputs from the formulas of their signals.
    private static Dictionary<string, Expr> RatesOf(CompiledAutomaton compiled, ExprFlow flow)
    {
        Dictionary<string, Expr> rates =
            compiled.Automaton.States.ToDictionary(state => state.Name, state => flow.DerivativeOf(state.Name));
        foreach (InputVariable input in compiled.Automaton.Inputs)
        {
            if (compiled.Slots.TryGetDefinition(VariableKind.Input, input.Name, out Expr definition))
            {
                rates[input.Name] = Differentiator.Derivative(definition, Expr.Time);
            }
        }

        return rates;
    }
}
