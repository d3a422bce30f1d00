using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Symbolics;

namespace HybridControl.Serialization;

/// <summary>Reads the algebraic equations and mass matrices of modes.</summary>
internal static class EquationReader
{
    /// <summary>The equations of a mode: for each algebraic variable "left = right", or a formula that must be zero.</summary>
    public static ImmutableArray<AlgebraicEquation> ReadEquations(ReadingContext context, ObjectReader mode)
    {
        var equations = ImmutableArray.CreateBuilder<AlgebraicEquation>();
        foreach ((string variable, string path, SourceNode value) in mode.Section("equations", "{ \"i\": \"R*i = u - v\" }"))
        {
            int split = value.Kind == SourceKind.Text ? SignIn(value.Text) : -1;
            bool isDouble = split < 0 && value.Kind == SourceKind.Text && value.Text.Contains("==", StringComparison.Ordinal);
            if (isDouble || (split >= 0 && SignIn(value.Text[(split + 1)..]) >= 0))
            {
                context.Fault(value, path, $"'{value.Text}' has more than one '='", "Write an equation as left = right; another one belongs to another algebraic variable.");
                equations.Add(new(variable, Expr.Zero, Expr.Zero));
                continue;
            }

            (SourceNode left, SourceNode? right) = split < 0 ? (value, null) : (value.WithText(value.Text[..split]), value.WithText(value.Text[(split + 1)..]));
            Expr? first = context.Expression(left, path);
            Expr? second = right is null ? Expr.Zero : context.Expression(right, path);
            equations.Add(new(variable, first ?? Expr.Zero, second ?? Expr.Zero));
        }

        return equations.ToImmutable();
    }

    /// <summary>The mass matrix of a mode: for each row an object from columns to formulas.</summary>
    public static ImmutableArray<MassEntry> ReadMass(ReadingContext context, ObjectReader mode)
    {
        const string Example = "{ \"v\": { \"v\": \"m\", \"w\": \"c\" } }";
        var entries = ImmutableArray.CreateBuilder<MassEntry>();
        foreach ((string row, string path, SourceNode value) in mode.Section("mass", Example))
        {
            foreach ((string column, string place, SourceNode formula) in ObjectReader.Open(context, value, path, "{ \"v\": \"m\" }")?.Entries() ?? [])
            {
                entries.Add(new(row, column, context.Expression(formula, place) ?? Expr.Zero));
            }
        }

        return entries.ToImmutable();
    }

    // The place of a single '=' that is part of no comparison and of no quoted name; -1 if there is none.
    private static int SignIn(string text)
    {
        bool quoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            if (quoted && text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == '\'')
            {
                quoted = !quoted;
            }
            else if (!quoted && text[i] == '=' && (i == 0 || text[i - 1] is not ('<' or '>' or '!' or '=')) &&
                (i + 1 == text.Length || text[i + 1] is not ('<' or '>' or '=')))
            {
                return i;
            }
        }

        return -1;
    }
}
