namespace HybridControl.Symbolics;

/// <summary>A text is not an expression or condition; the message shows where, why and how to mend it.</summary>
public sealed class ExprParseException : FormatException
{
    /// <summary>Creates the exception for a finding in a text.</summary>
    public ExprParseException(string text, ParseFinding finding)
        : base(finding.Show(text))
    {
        Text = text;
        Finding = finding;
    }

    /// <summary>The text that was read.</summary>
    public string Text { get; }

    /// <summary>What is wrong with it.</summary>
    public ParseFinding Finding { get; }
}
