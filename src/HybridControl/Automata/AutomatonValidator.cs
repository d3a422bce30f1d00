using System.Collections.Immutable;
using HybridControl.Diagnostics;

namespace HybridControl.Automata;

/// <summary>Checks a model and reports every finding at once.</summary>
/// <remarks>
/// Errors: names that clash or are unknown, expressions that use what they may not, numbers that are not finite, modes,
/// commands and targets that do not exist. Warnings: modes that cannot be reached, and unnamed transitions that an event
/// list could not tell apart. Thread-safe. Cost: linear in the size of the expressions.
/// </remarks>
public static class AutomatonValidator
{
    /// <summary>Every finding about a model, in the order of the model.</summary>
    public static ImmutableArray<Finding> Validate(HybridAutomaton automaton)
    {
        ArgumentNullException.ThrowIfNull(automaton);
        return Validate(automaton, FindingPlaces.For(automaton));
    }

    /// <summary>Refuses a model with errors.</summary>
    /// <exception cref="ModelException">The model has errors; the exception carries all findings.</exception>
    public static void ThrowIfInvalid(HybridAutomaton automaton)
    {
        ImmutableArray<Finding> findings = Validate(automaton);
        if (findings.Any(finding => finding.Severity == Severity.Error))
        {
            throw new ModelException(findings);
        }
    }

    /// <summary>Every finding, with numbered parts called as a file calls them.</summary>
    internal static ImmutableArray<Finding> Validate(HybridAutomaton automaton, FindingPlaces places)
    {
        var findings = new FindingList();
        var declarations = new Declarations(automaton, findings);
        var expressions = new ExpressionCheck(automaton, declarations, findings);
        new VariableCheck(automaton, expressions, findings).Run();
        new ModeCheck(automaton, declarations, expressions, findings).Run();
        new ReachabilityCheck(automaton, findings).Run();
        new AlgebraicCheck(automaton, declarations, expressions, findings).Run();
        new DiffusionCheck(automaton, declarations, expressions, findings).Run();
        new TransitionCheck(automaton, declarations, expressions, findings, places).Run();
        new ModeStatesCheck(automaton, findings, places).Run();
        new RegionCheck(automaton, findings, places).Run();
        new SampledUpdateCheck(automaton, declarations, expressions, findings).Run();
        new ZenoCheck(automaton, declarations, expressions, findings).Run();
        new ExperimentCheck(automaton, declarations, findings, places).Run();
        new EstimationCheck(automaton, declarations, expressions, findings).Run();
        if (!automaton.Sliding.IsEmpty && !findings.HasErrors)
        {
            Sliding.SlidingTransform.Expand(automaton, automaton.Sliding, findings);
        }

        return findings.ToImmutable();
    }
}
