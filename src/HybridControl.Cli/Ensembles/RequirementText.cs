using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Requirements;
using HybridControl.Symbolics;

namespace HybridControl.Cli.Ensembles;

/// <summary>Reads requirements from the command line: <c>always(h >= 0)</c>, <c>soft: at-end(v > -3)</c>.</summary>
internal static class RequirementText
{
    /// <summary>Reads a requirement; null, with a finding, if that fails. Without a name its text is its name.</summary>
    public static Requirement? Read(string option, string text, HybridAutomaton model, List<Finding> faults)
    {
        int colon = text.IndexOfAny([':', '"', '\'']);
        bool named = colon > 0 && text[colon] == ':';
        string body = (named ? text[(colon + 1)..] : text).Trim();
        string name = named ? text[..colon].Trim() : body;
        try
        {
            Formula formula = Formula.Parse(body.Replace("at-end(", "atEnd(", StringComparison.Ordinal), model);
            if (formula.Horizon > 0.0)
            {
                return new(name, formula);
            }

            faults.Add(new(option, $"'{text}' does not say when it must hold, and would be judged at the start alone",
                $"Write for instance {option} \"always(x >= 0)\", eventually(...) or atEnd(...)."));
        }
        catch (ExprParseException fault)
        {
            faults.Add(new($"{option} \"{text}\"", fault.Finding.What, fault.Finding.Mend));
        }

        return null;
    }
}
