using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Symbolics;

namespace HybridControl.Estimation;

/// <summary>What keeps a model from being estimated, all of it at once.</summary>
internal static class HybridModelCheck
{
    /// <summary>Every finding about an automaton as a model of a hybrid estimator.</summary>
    public static IEnumerable<Finding> Check(HybridAutomaton automaton)
    {
        foreach (Finding finding in Delegates(automaton, [.. automaton.Modes.Select(mode => mode.Name)]))
        {
            yield return finding;
        }

        foreach (Mode mode in automaton.Modes.Where(mode => mode.States is not null))
        {
            yield return new Finding(
                $"modes.{mode.Name}.states", "a belief has all states in every mode", "Let every state exist in every mode; it may rest where it has no meaning.");
        }

        if (automaton.IsNetwork)
        {
            yield return new Finding(
                "modes", $"the modes form {automaton.Regions.Length} regions, and an estimator knows one mode at a time",
                "Make one automaton of the product of the regions.");
        }

        foreach (Finding finding in DiffusionRefusal.Of(automaton, FlowEquations.NoiseWhat, FlowEquations.NoiseMend))
        {
            yield return finding;
        }

        foreach (Finding finding in AlgebraicRefusal.Of(automaton, FlowEquations.AlgebraicWhat, FlowEquations.AlgebraicMend))
        {
            yield return finding;
        }

        foreach (SampledUpdate update in automaton.SampledUpdates)
        {
            yield return new Finding(
                $"sampled.{update.Name}", "a sampled controller computes from states that are known only roughly",
                "Write the controller in continuous time, or give its output to the estimator as an input.");
        }

        if (automaton.Zeno is { Action: ZenoAction.Continue or ZenoAction.GoTo })
        {
            yield return new Finding(
                "zeno", "an estimate ends where events accumulate", "Drop the policy, and let a transition lead to what comes after.");
        }

        if (automaton.States.IsEmpty)
        {
            yield return new Finding("states", "the model has no states", "Declare what is to be estimated.");
        }

        foreach (string drawn in automaton.States.Where(state => DrawLowering.CountOf(state.Initial) > 0).Select(state => $"states.{state.Name}")
            .Concat(automaton.Discretes.Where(discrete => DrawLowering.CountOf(discrete.Initial) > 0).Select(discrete => $"discrete.{discrete.Name}")))
        {
            yield return new Finding($"{drawn}.initial", "a random initial value is no number", "Give its mean, and its spread as an initial deviation.");
        }

        foreach (Transition transition in automaton.Transitions)
        {
            foreach (Finding finding in Check(automaton, transition))
            {
                yield return finding;
            }
        }
    }

    /// <summary>Parts that are delegates, which have no derivatives.</summary>
    public static IEnumerable<Finding> Delegates(HybridAutomaton automaton, IReadOnlyCollection<string> modes)
    {
        foreach (Mode mode in automaton.Modes.Where(mode => modes.Contains(mode.Name) && mode.Flow is not ExprFlow))
        {
            yield return new Finding($"modes.{mode.Name}.flow", "the flow is a delegate, which has no Jacobian", "Write the flow with expressions.");
        }

        foreach (InputVariable input in automaton.Inputs.Where(input => input.Signal is DelegateSignal))
        {
            yield return new Finding(
                $"inputs.{input.Name}", "the signal is a delegate, whose rate is unknown", "Use another signal, or hold the input at values.");
        }
    }

    private static IEnumerable<Finding> Check(HybridAutomaton automaton, Transition transition)
    {
        string where = $"transitions.{transition.Name}";
        switch (transition.Rule)
        {
            case PermissiveRule:
                yield return new Finding($"{where}.rule", "a belief has no place for when a permissive transition fires", "Make it urgent, or wait with a timer.");
                break;
            case SampledRule:
                yield return new Finding($"{where}.every", "a guard that is looked at at ticks has no surface to be crossed", "Let the guard be located.");
                break;
            case RateRule:
                yield return new Finding($"{where}.rate", "the integral of a rate is no state of the belief", "Say the rate under estimation.switching instead.");
                break;
        }

        Expr[] formulas = [.. transition.Resets.Select(reset => reset.Value), transition.Rule is AfterRule { Delay: var waits } ? waits : Expr.Zero];
        if (formulas.Any(formula => DrawLowering.CountOf(formula) > 0))
        {
            yield return new Finding($"{where}.reset", "a random draw has no derivative", "Use its mean, and add its spread as process noise.");
        }

        if (transition.Rule is AfterRule after)
        {
            if (after.Survives)
            {
                yield return new Finding($"{where}.survives", "a timer that outlives its mode has no clock in the belief", "Let a state count the time.");
            }

            if (!transition.Guard.Equals(Condition.True))
            {
                yield return new Finding($"{where}.guard", "a timer that starts with a guard has no clock in the belief", "Use a mode of its own for the wait.");
            }

            if (transition.From == automaton.InitialMode &&
                ExpressionVariables.Of([after.Delay]).Any(variable => variable.Kind != VariableKind.Parameter))
            {
                yield return new Finding($"{where}.after", "the delay of the initial mode depends on more than parameters", "Use a formula of parameters.");
            }
        }

        if (transition.FireOnTouch)
        {
            yield return new Finding($"{where}.fireOnTouch", "a belief does not tell a touch from a near miss", "Let the guard be crossed.");
        }

        foreach (Assignment reset in transition.Resets.Where(reset => automaton.Discretes.Any(d => d.Name == reset.Target)))
        {
            string[] states =
            [
                .. ExpressionVariables.Of([reset.Value]).Where(variable => variable.Kind == VariableKind.State).Select(variable => variable.Name!),
            ];
            if (states.Length > 0)
            {
                yield return new Finding(
                    $"{where}.reset.{reset.Target}", $"a discrete variable takes its value from '{states[0]}', which is known only roughly",
                    $"Make '{reset.Target}' a state that rests.");
            }
        }
    }
}
