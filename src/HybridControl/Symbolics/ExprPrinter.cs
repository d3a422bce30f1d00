using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using HybridControl.Numerics;

namespace HybridControl.Symbolics;

/// <summary>Writes expressions and conditions as text that <see cref="ExprParser"/> reads back to an equal graph.</summary>
/// <remarks>
/// Parentheses stand only where precedence needs them. Iterative, so depth does not matter. Text has no sharing, so
/// a heavily shared graph can be astronomically long as text: output stops at <see cref="LongestText"/> characters
/// and then ends in an ellipsis, which the parser refuses.
/// </remarks>
internal static class ExprPrinter
{
    /// <summary>Where output is cut off.</summary>
    public const int LongestText = 1 << 22;

    /// <param name="expression">What to print.</param>
    /// <param name="booleans">Names of boolean variables, which stand as conditions; null for none.</param>
    public static string Print(Expr expression, IReadOnlySet<string>? booleans = null) => PrintNode(expression, booleans);

    /// <param name="condition">What to print.</param>
    /// <param name="booleans">Names of boolean variables, which stand as conditions; null for none.</param>
    public static string Print(Condition condition, IReadOnlySet<string>? booleans = null) => PrintNode(condition, booleans);

    /// <summary>A number as text: shortest form that reads back to the same double.</summary>
    public static string PrintNumber(double value) => value switch
    {
        double.PositiveInfinity => "inf",
        double.NegativeInfinity => "-inf",
        double.NaN => "nan",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private static string PrintNode(object root, IReadOnlySet<string>? booleans)
    {
        var text = new StringBuilder();
        var pending = new Stack<(object Item, Precedence Least)>();
        var parts = new List<(object Item, Precedence Least)>();
        pending.Push((root, Precedence.Or));
        while (pending.TryPop(out (object Item, Precedence Least) next))
        {
            if (next.Item is string literal)
            {
                text.Append(literal);
                if (text.Length > LongestText)
                {
                    return text.Append(" ...").ToString();
                }

                continue;
            }

            parts.Clear();
            Precedence own = next.Item is Expr e ? AddParts(e, parts) : AddParts((Condition)next.Item, parts, booleans);
            bool wrap = own < next.Least;
            if (wrap)
            {
                pending.Push((")", default));
            }

            for (int i = parts.Count - 1; i >= 0; i--)
            {
                pending.Push(parts[i]);
            }

            if (wrap)
            {
                pending.Push(("(", default));
            }
        }

        return text.ToString();
    }

    private static Precedence AddParts(Expr e, List<(object Item, Precedence Least)> parts)
    {
        switch (e.Operation)
        {
            case Operation.Constant:
                parts.Add((PrintNumber(e.Value), default));
                return double.IsNegative(e.Value) && !double.IsNaN(e.Value) ? Precedence.Unary : Precedence.Atom;
            case Operation.Variable:
                parts.Add((e.Kind == VariableKind.Time ? "t" : NameSyntax.Write(e.Name!), default));
                return Precedence.Atom;
            case Operation.Alias:
                parts.Add((NameSyntax.Write(e.Name!), default));
                return Precedence.Atom;
            case Operation.Negate:
                // -2 is a number; the negative of the number 2 is written -(2), so that each reads back as itself.
                parts.Add(("-", default));
                bool number = e.Operands[0].IsConstant;
                parts.Add((number ? "(" : "", default));
                parts.Add((e.Operands[0], number ? Precedence.Or : Precedence.Power));
                parts.Add((number ? ")" : "", default));
                return Precedence.Unary;
            case Operation.Add:
                return AddBinary(e, " + ", Precedence.Sum, Precedence.Sum, Precedence.Product, parts);
            case Operation.Subtract:
                return AddBinary(e, " - ", Precedence.Sum, Precedence.Sum, Precedence.Product, parts);
            case Operation.Multiply:
                return AddBinary(e, " * ", Precedence.Product, Precedence.Product, Precedence.Unary, parts);
            case Operation.Divide:
                return AddBinary(e, " / ", Precedence.Product, Precedence.Product, Precedence.Unary, parts);
            case Operation.Power:
                return AddBinary(e, "^", Precedence.Power, Precedence.Atom, Precedence.Unary, parts);
            case Operation.Select:
                return AddCall("select", [e.Condition!, .. e.Operands], parts);
            case Operation.Lookup:
                return AddCall(NameSyntax.Write(e.Table!.Name), e.Operands, parts);
            case Operation.LookupSlope:
                return AddCall("slope", [TableText.Of(e.Table!), .. e.Operands], parts);
            case Operation.Surface:
                return TableText.OfSlope((LookupSurface)e.Table!) is { } slope
                    ? AddCall("slope", [slope, .. e.Operands], parts)
                    : AddCall(NameSyntax.Write(e.Table!.Name), e.Operands, parts);
            case Operation.LinearForm:
                var terms = new List<object> { PrintNumber(e.Value) };
                for (int i = 0; i < e.Operands.Length; i++)
                {
                    terms.Add(PrintNumber(e.Coefficients[i]));
                    terms.Add(e.Operands[i]);
                }

                return AddCall("linear", terms, parts);
            default:
                return AddCall(e.Operation.FunctionName()!, e.Operands, parts);
        }
    }

    private static Precedence AddParts(Condition c, List<(object Item, Precedence Least)> parts, IReadOnlySet<string>? booleans)
    {
        if (c is { Kind: ConditionKind.Comparison, Relation: Relation.GreaterOrEqual, Right: { IsConstant: true, Value: 0.5 } } &&
            c.Left is { Operation: Operation.Variable, Kind: VariableKind.Discrete, Name: { } name } && booleans?.Contains(name) == true)
        {
            parts.Add((NameSyntax.Write(name), default));
            return Precedence.Atom;
        }

        switch (c.Kind)
        {
            case ConditionKind.Literal:
                parts.Add((c.Holds ? "true" : "false", default));
                return Precedence.Atom;
            case ConditionKind.Crosses:
                return AddCall("crosses", ImmutableArray.Create(c.Left!), parts);
            case ConditionKind.Not:
                parts.Add(("!", default));
                parts.Add((c.First!, Precedence.Atom));
                return Precedence.Not;
            case ConditionKind.And:
                return AddInfix(c.First!, Precedence.And, " & ", c.Second!, Precedence.Not, Precedence.And, parts);
            case ConditionKind.Or:
                return AddInfix(c.First!, Precedence.Or, " | ", c.Second!, Precedence.And, Precedence.Or, parts);
            default:
                string relation = c.Relation switch
                {
                    Relation.Less => " < ",
                    Relation.LessOrEqual => " <= ",
                    Relation.Greater => " > ",
                    _ => " >= ",
                };
                return AddInfix(
                    c.Left!, Precedence.Sum, relation, c.Right!, Precedence.Sum, Precedence.Comparison, parts);
        }
    }

    private static Precedence AddBinary(
        Expr e, string sign, Precedence own, Precedence left, Precedence right,
        List<(object Item, Precedence Least)> parts) =>
        AddInfix(e.Operands[0], left, sign, e.Operands[1], right, own, parts);

    private static Precedence AddInfix(
        object a, Precedence left, string sign, object b, Precedence right, Precedence own,
        List<(object Item, Precedence Least)> parts)
    {
        parts.Add((a, left));
        parts.Add((sign, default));
        parts.Add((b, right));
        return own;
    }

    private static Precedence AddCall(
        string name, IEnumerable<object> arguments, List<(object Item, Precedence Least)> parts)
    {
        parts.Add((name, default));
        string before = "(";
        foreach (object argument in arguments)
        {
            parts.Add((before, default));
            parts.Add((argument, Precedence.Or));
            before = ", ";
        }

        parts.Add((")", default));
        return Precedence.Atom;
    }
}
