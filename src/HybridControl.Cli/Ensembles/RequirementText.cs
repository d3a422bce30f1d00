using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Symbolics;

namespace HybridControl.Cli.Ensembles;

/// <summary>Reads requirements from the command line: <c>always(h >= 0)</c>, <c>soft: at-end(v > -3)</c>.</summary>
internal static class RequirementText
{
    private static readonly (string Word, RequirementKind Kind)[] Kinds =
        [("always", RequirementKind.Always), ("eventually", RequirementKind.Eventually), ("at-end", RequirementKind.AtEnd)];

    /// <summary>Reads a requirement; null, with a finding, if that fails. Without a name its text is its name.</summary>
    public static Requirement? Read(string option, string text, IExprScope scope, List<Finding> faults)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string body = text[(colon + 1)..].Trim();
        string name = colon > 0 ? text[..colon].Trim() : body;
        foreach ((string word, RequirementKind kind) in Kinds)
        {
            if (body.StartsWith($"{word}(", StringComparison.Ordinal) && body.EndsWith(')'))
            {
                string inside = body[(word.Length + 1)..^1];
                if (ExprParser.TryParseCondition(inside, scope, out Condition? condition, out ParseFinding? finding))
                {
                    return new(name, condition, kind);
                }

                faults.Add(new($"{option} \"{text}\"", finding.What, finding.Mend));
                return null;
            }
        }

        faults.Add(new(option, $"'{text}' does not say when it must hold", $"Write for instance {option} \"always(x >= 0)\", eventually(...) or at-end(...)."));
        return null;
    }
}
