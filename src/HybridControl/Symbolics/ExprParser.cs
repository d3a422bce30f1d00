namespace HybridControl.Symbolics;

/// <summary>Reads expressions and conditions from text.</summary>
public static class ExprParser
{
}
