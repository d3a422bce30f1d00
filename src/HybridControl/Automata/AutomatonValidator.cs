using System.Collections.Immutable;
using HybridControl.Diagnostics;

namespace HybridControl.Automata;

/// <summary>Checks a model and reports every finding at once.</summary>
public static class AutomatonValidator
{
    /// <summary>Every finding about a model, in the order of the model.</summary>
    public static ImmutableArray<Finding> Validate(HybridAutomaton automaton) => [];

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
}
