using System.Collections.Immutable;
using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>The values that typed discrete variables can have.</summary>
internal static class TypedValues
{
    /// <summary>How far from a whole number, relative to its size, a computed value may be: what rounding leaves behind, with room.</summary>
    private const double Rounding = 1.0 / (1L << 40);

    /// <summary>Whether a value is one of the type, but for rounding.</summary>
    public static bool Fits(DiscreteType type, double value)
    {
        double whole = Math.Round(value);
        return type == DiscreteType.Real ||
            (Math.Abs(value - whole) <= Rounding * Math.Max(1.0, Math.Abs(value)) && (type == DiscreteType.Integer || whole is 0.0 or 1.0));
    }

    /// <summary>A value that fits, without what rounding left behind.</summary>
    public static double Fitted(DiscreteType type, double value) => type == DiscreteType.Real ? value : Math.Round(value) + 0.0;

    /// <summary>What is wrong with a value, and how to mend it; null if nothing is.</summary>
    public static (string What, string Mend)? FaultOf(DiscreteVariable variable, double value)
    {
        if (Fits(variable.Type, value))
        {
            return null;
        }

        return variable.Type == DiscreteType.Integer
            ? (FormattableString.Invariant($"{value} for the integer '{variable.Name}'"), "Give a whole number: floor(x + 0.5) rounds.")
            : (FormattableString.Invariant($"{value} for the boolean '{variable.Name}'"), "Give true or false, as numbers 1 or 0.");
    }

    /// <summary>Whether the values of an expression are proved to be whole numbers whatever the states and inputs are.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="discretes">The discrete variables, of which integers and booleans are whole.</param>
    public static bool IsWhole(Expr expression, ImmutableArray<DiscreteVariable> discretes)
    {
        var whole = new Dictionary<object, bool>(ReferenceEqualityComparer.Instance);
        PostOrder.Visit(expression, whole.ContainsKey, node => whole[node] = node is Expr e && e.Operation switch
        {
            Operation.Constant => e.Value == Math.Floor(e.Value),
            Operation.Variable => e.Kind == VariableKind.Discrete && discretes.Any(d => d.Name == e.Name && d.Type != DiscreteType.Real),
            Operation.Floor or Operation.Sign => true,
            Operation.Alias or Operation.Negate or Operation.Abs or Operation.Add or Operation.Subtract or Operation.Multiply or
                Operation.Min or Operation.Max or Operation.Select => e.Operands.All(operand => whole[operand]),
            _ => false,
        });
        return whole[expression];
    }
}
