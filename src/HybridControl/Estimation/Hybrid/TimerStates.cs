using HybridControl.Automata;
using HybridControl.Symbolics;

namespace HybridControl.Estimation;

/// <summary>Replaces timers by states that count down, so that a belief knows how sure it is of them.</summary>
/// <remarks>
/// A transition that fires a delay after its mode was entered becomes one that fires when its clock has run down to zero.
/// The clock is set to the delay whenever the mode is entered and when it has fired; a self-loop that does not leave the mode
/// lets it run on. Its deviations are those of the time of entry, which saltation matrices bring in.
/// </remarks>
internal static class TimerStates
{
    /// <summary>The same automaton without timers; itself if it has none.</summary>
    public static HybridAutomaton Expand(HybridAutomaton automaton)
    {
        Transition[] timed = [.. automaton.Transitions.Where(transition => transition.Rule is AfterRule)];
        if (timed.Length == 0)
        {
            return automaton;
        }

        Expr ClockOf(int i) => Expr.Variable(VariableKind.State, NameOf(timed[i]));
        StateVariable[] clocks = [.. timed.Select(transition => new StateVariable(NameOf(transition), InitialOf(automaton, transition)))];
        return automaton with
        {
            States = [.. automaton.States, .. clocks],
            Modes =
            [
                .. automaton.Modes.Select(mode => mode with
                {
                    Flow = new ExprFlow(
                    [
                        .. ((ExprFlow)mode.Flow).Derivatives,
                        .. timed.Where(transition => transition.From == mode.Name).Select(transition => new Assignment(NameOf(transition), -1.0)),
                    ]),
                }),
            ],
            Transitions =
            [
                .. automaton.Transitions.Select(transition =>
                {
                    int own = Array.IndexOf(timed, transition);
                    bool enters = transition.From != transition.To || transition.External;
                    Assignment[] resets =
                    [
                        .. timed.Where((t, i) => i == own || (enters && t.From == transition.To))
                            .Select(t => new Assignment(NameOf(t), ((AfterRule)t.Rule).Delay)),
                    ];
                    Transition expanded = transition with { Resets = [.. transition.Resets, .. resets] };
                    return own < 0 ? expanded : expanded with { Guard = ClockOf(own) <= 0.0, Rule = FiringRule.Urgent };
                }),
            ],
        };
    }

    /// <summary>The clocks that start when a mode is entered, each with its delay.</summary>
    public static IReadOnlyList<Assignment> ClocksOf(HybridAutomaton automaton, string mode) =>
    [
        .. automaton.Transitions.Where(transition => transition.From == mode && transition.Rule is AfterRule)
            .Select(transition => new Assignment(NameOf(transition), ((AfterRule)transition.Rule).Delay)),
    ];

    private static string NameOf(Transition transition) => $"time to {transition.Name}";

    // A delay that depends on more than parameters is set on entry; at the start the clock needs a number.
    private static Expr InitialOf(HybridAutomaton automaton, Transition transition)
    {
        Expr delay = ((AfterRule)transition.Rule).Delay;
        return ExpressionVariables.Of([delay]).All(variable => variable.Kind == VariableKind.Parameter) || transition.From == automaton.InitialMode
            ? delay
            : Expr.Zero;
    }
}
