namespace HybridControl.Symbolics;

/// <summary>Writes expressions and conditions as text.</summary>
internal static class ExprPrinter
{
    public static string Print(Expr expression) => expression.Operation.ToString();

    public static string Print(Condition condition) => condition.Kind.ToString();
}
