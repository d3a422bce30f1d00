using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>A curve as a function of an expression.</summary>
/// <param name="Table">The curve.</param>
public sealed record TableFunction(LookupCurve Table)
{
    /// <summary>The interpolated value at <paramref name="x"/>.</summary>
    public Expr this[Expr x] => Expr.Lookup(Table, x);
}
