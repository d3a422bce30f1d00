using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>A surface as a function of two expressions.</summary>
/// <param name="Table">The surface.</param>
public sealed record SurfaceFunction(LookupSurface Table)
{
    /// <summary>The interpolated value at (<paramref name="x"/>, <paramref name="y"/>).</summary>
    public Expr this[Expr x, Expr y] => Expr.Lookup(Table, x, y);
}
