using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Dynamics;
using HybridControl.Ensembles.Machine;
using HybridControl.Symbolics;

namespace HybridControl.Ensembles.Propagation;

/// <summary>A model whose trajectories start in the mode that a discrete variable names: the model itself behind one more mode.</summary>
/// <remarks>
/// The new mode is left at once for the wanted one, so that every back-end starts a trajectory as it enters a mode: what is
/// enabled fires, timers start. Modes and variables of the model keep their numbers.
/// </remarks>
internal sealed class StartInAnyMode
{
    private StartInAnyMode(HybridAutomaton model, string variable) => (Model, Variable) = (model, variable);

    /// <summary>The model with its start.</summary>
    public HybridAutomaton Model { get; }

    /// <summary>The discrete variable that holds the number of the mode to start in.</summary>
    public string Variable { get; }

    /// <summary>Puts a start before a model; its inputs become constants, which a plan can vary.</summary>
    public static StartInAnyMode Before(HybridAutomaton model)
    {
        string variable = Unused("startMode", name =>
            model.States.Any(state => state.Name == name) || model.Discretes.Any(discrete => discrete.Name == name) ||
            model.Parameters.Any(parameter => parameter.Name == name) || model.Inputs.Any(input => input.Name == name) ||
            model.Outputs.Any(output => output.Name == name) || model.Tables.Any(table => table.Name == name));
        string start = Unused("start", name => model.Modes.Any(mode => mode.Name == name));
        Expr wanted = Expr.Variable(VariableKind.Discrete, variable);
        IEnumerable<Transition> entries = model.Modes.Select((mode, number) => new Transition
        {
            Name = Unused($"start in {mode.Name}", name => model.Transitions.Any(transition => transition.Name == name)),
            From = start,
            To = mode.Name,
            Guard = wanted <= number + 0.5, // in this order, the first that holds is right
        });
        HybridAutomaton wrapped = model with
        {
            InitialMode = start,
            Modes = model.Modes.Add(new Mode(start, ExprFlow.AtRest, [])),
            Discretes = model.Discretes.Add(new DiscreteVariable(variable, Expr.Zero)),
            Transitions = [.. model.Transitions, .. entries],
            Inputs = [.. model.Inputs.Select(input => input with { Signal = new ConstantSignal(0.0) })],
            Experiment = null,
            Estimation = null,
        };
        return new StartInAnyMode(wrapped, variable);
    }

    /// <summary>Whether the model behaves at all times as at time zero, as far as can be seen.</summary>
    public static bool IsAutonomous(HybridAutomaton model)
    {
        static bool Reads(Expr expression) =>
            ModePlan.Any(expression, e => e.Operation == Operation.Variable && e.Kind == VariableKind.Time);
        return model.SampledUpdates.IsEmpty &&
            model.Modes.All(mode => mode.Flow is ExprFlow flow && !flow.Derivatives.Any(derivative => Reads(derivative.Value)) &&
                !mode.Invariants.Any(invariant => Reads(invariant.Condition.ToGuardFunction()))) &&
            model.Transitions.All(transition => !Reads(transition.Guard.ToGuardFunction()) && !Reads(transition.Priority) &&
                !transition.Resets.Any(reset => Reads(reset.Value)));
    }

    private static string Unused(string name, Func<string, bool> isTaken)
    {
        while (isTaken(name))
        {
            name += "_";
        }

        return name;
    }
}
