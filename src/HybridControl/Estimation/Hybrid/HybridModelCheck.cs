using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;

namespace HybridControl.Estimation;

/// <summary>What keeps a model from being estimated, all of it at once.</summary>
internal static class HybridModelCheck
{
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
}
