using HybridControl.Symbolics;

namespace HybridControl.Automata.Sliding;

/// <summary>Two modes that hand over to each other at one surface.</summary>
/// <param name="First">The mode where the function of the surface is positive.</param>
/// <param name="Second">The mode where it is negative.</param>
/// <param name="Forth">The transition from the first to the second.</param>
/// <param name="Back">The transition from the second to the first.</param>
/// <param name="Surface">The surface.</param>
internal sealed record Handover(string First, string Second, Transition Forth, Transition Back, SlidingSurface Surface)
{
    /// <summary>The handover between two modes: urgent, without resets, at opposite comparisons; null if there is none.</summary>
    public static Handover? Find(HybridAutomaton automaton, SurfaceComparison comparison, string first, string second)
    {
        foreach (Transition back in Candidates(automaton, second, first))
        {
            foreach (Transition forth in Candidates(automaton, first, second))
            {
                if (comparison.Ratio(back.Guard.ToGuardFunction(), forth.Guard.ToGuardFunction()) < 0.0 &&
                    SlidingSurface.Of(back.Guard, automaton) is { } surface)
                {
                    return new(first, second, forth, back, surface);
                }
            }
        }

        return null;
    }

    private static IEnumerable<Transition> Candidates(HybridAutomaton automaton, string from, string to) =>
        automaton.Transitions.Where(transition => transition.From == from && transition.To == to && transition.Resets.IsEmpty &&
            transition is { Rule: UrgentRule, Guard.Kind: ConditionKind.Comparison });
}
