using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>A lookup table as a function of expressions.</summary>
/// <param name="Table">The table.</param>
public sealed record TableFunction(LookupTable Table)
{
    /// <summary>The interpolated value at <paramref name="x"/>.</summary>
    public Expr this[Expr x] => Expr.Lookup(Table, x);
}
