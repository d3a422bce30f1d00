using HybridControl.Symbolics;

namespace HybridControl.Automata.Networks;

/// <summary>Which variables and outputs an expression reads.</summary>
internal static class ExpressionNames
{
    /// <summary>Each name once, in the order in which it is met; what an output reads is not looked into.</summary>
    public static IReadOnlyList<string> Of(Expr expression)
    {
        var names = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        PostOrder.Visit(
            expression,
            node => node is Expr { Operation: Operation.Alias } alias && Note(alias),
            node =>
            {
                if (node is Expr { Operation: Operation.Variable, Kind: not VariableKind.Time } variable)
                {
                    Note(variable);
                }
            });
        return names;

        bool Note(Expr named)
        {
            if (seen.Add(named.Name!))
            {
                names.Add(named.Name!);
            }

            return true;
        }
    }
}
