using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>Checks where a model goes when events accumulate.</summary>
internal sealed class ZenoCheck(
    HybridAutomaton automaton, Declarations declarations, ExpressionCheck expressions, FindingList findings)
{
    public void Run()
    {
        if (automaton.Zeno is { Mode: { } mode } policy)
        {
            string[] modes = [.. automaton.Modes.Select(known => known.Name)];
            if (!modes.Contains(mode))
            {
                findings.Error("zeno.goTo", $"unknown mode '{mode}'", Suggestions.For(mode, modes));
            }

            if (automaton.Transitions.FirstOrDefault(transition => transition.From == mode && transition.Rule is RateRule) is { } chance)
            {
                findings.Error("zeno.goTo", $"transition '{chance.Name}' leaves '{mode}' by a rate, which this jump cannot draw anew",
                    $"Go to a mode of its own, and from there to '{mode}' with an urgent transition.");
            }

            AssignmentCheck.Check(
                "zeno.reset", policy.Resets, "the reset", [VariableKind.State, VariableKind.Discrete], declarations, expressions, findings);
        }
    }

    /// <summary>Every finding about a policy that a run brings to a model.</summary>
    public static IEnumerable<Finding> Check(HybridAutomaton automaton, ZenoPolicy policy)
    {
        var findings = new FindingList();
        var declarations = new Declarations(automaton, new FindingList());
        HybridAutomaton asked = automaton with { Zeno = policy };
        new ZenoCheck(asked, declarations, new ExpressionCheck(asked, declarations, findings), findings).Run();
        return findings.ToImmutable();
    }
}
