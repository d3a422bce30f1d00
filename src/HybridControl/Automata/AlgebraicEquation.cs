using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>An equation that holds at all times while a mode is active: left = right, without any derivative.</summary>
/// <param name="Variable">The algebraic variable that it stands for: each has one equation in each mode.</param>
/// <param name="Left">Its left side.</param>
/// <param name="Right">Its right side; zero where the left side is a residual.</param>
/// <remarks>
/// It need not be solved for its variable, and need not even contain it, as long as all equations together determine all
/// algebraic variables (index 1).
/// </remarks>
public sealed record AlgebraicEquation(string Variable, Expr Left, Expr Right)
{
    /// <summary>What must be zero.</summary>
    public Expr Residual => Right.Equals(Expr.Zero) ? Left : Left - Right;

    /// <summary>The equation as text.</summary>
    public override string ToString() => $"{Left} = {Right}";
}
