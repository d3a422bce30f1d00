using System.Diagnostics.CodeAnalysis;

namespace HybridControl.Symbolics;

/// <summary>Reads expressions and conditions from text.</summary>
/// <remarks>
/// <para>
/// Operators, loosest first: <c>|</c> (<c>||</c>, <c>or</c>); <c>&amp;</c> (<c>&amp;&amp;</c>, <c>and</c>); <c>!</c>
/// (<c>not</c>), which reaches over a comparison; <c>&lt; &lt;= &gt; &gt;=</c>, also in chains of one direction, so that
/// <c>0 &lt;= x &lt; 1</c> means <c>0 &lt;= x &amp; x &lt; 1</c>; <c>+ -</c>; <c>* /</c>; unary <c>-</c> and <c>+</c>; <c>^</c>,
/// from the right, so that <c>-x^2</c> is <c>-(x^2)</c> and <c>2^3^2</c> is <c>2^9</c>. A minus before a number makes a
/// negative number, except before a power.
/// </para>
/// <para>
/// Functions are those of <see cref="OperationTable.Functions"/>, where min and max take two or more arguments;
/// <c>select(condition, a, b)</c>; <c>crosses(a)</c>; a table by its name; <c>slope(table, x)</c>; and
/// <c>linear(constant, c1, a1, c2, a2, ...)</c> for a <see cref="Operation.LinearForm"/>. Constants are <c>pi</c>,
/// <c>inf</c> and <c>nan</c>; time is <c>t</c>. A name with other characters than letters, digits, underscores and
/// inner points, or equal to a word of the language, stands in single quotes: <c>'T ambient'</c>.
/// </para>
/// <para>Thread-safe for a scope that does not change. Cost: linear in the text. No text makes it overflow the stack.</para>
/// </remarks>
public static class ExprParser
{
    /// <summary>How deep parentheses, calls, signs and powers may nest.</summary>
    public const int DeepestNesting = 500;

    /// <summary>Whether a plain name has a meaning of its own, so that a variable or table of this name must be quoted.</summary>
    public static bool IsReserved(string name) =>
        NameSyntax.Reserved.Contains(name) || OperationTable.Functions.ContainsKey(name);

    /// <summary>Reads an expression.</summary>
    /// <exception cref="ExprParseException">The text is not an expression; the message shows where and why.</exception>
    public static Expr ParseExpression(string text, IExprScope scope) => new ParserRun(text, scope).ReadExpression();

    /// <summary>Reads a condition.</summary>
    /// <exception cref="ExprParseException">The text is not a condition; the message shows where and why.</exception>
    public static Condition ParseCondition(string text, IExprScope scope) => new ParserRun(text, scope).ReadCondition();

    /// <summary>Reads an expression, or says what is wrong with the text.</summary>
    public static bool TryParseExpression(
        string text,
        IExprScope scope,
        [NotNullWhen(true)] out Expr? expression,
        [NotNullWhen(false)] out ParseFinding? finding)
    {
        try
        {
            (expression, finding) = (ParseExpression(text, scope), null);
            return true;
        }
        catch (ExprParseException fault)
        {
            (expression, finding) = (null, fault.Finding);
            return false;
        }
    }

    /// <summary>Reads a condition, or says what is wrong with the text.</summary>
    public static bool TryParseCondition(
        string text,
        IExprScope scope,
        [NotNullWhen(true)] out Condition? condition,
        [NotNullWhen(false)] out ParseFinding? finding)
    {
        try
        {
            (condition, finding) = (ParseCondition(text, scope), null);
            return true;
        }
        catch (ExprParseException fault)
        {
            (condition, finding) = (null, fault.Finding);
            return false;
        }
    }
}
