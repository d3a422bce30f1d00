using HybridControl.Symbolics;

namespace HybridControl.Dynamics;

/// <summary>One state of an <see cref="OdeProblem"/>.</summary>
/// <param name="Name">Name, unique in the problem.</param>
/// <param name="Derivative">Its time derivative, an expression of time and states.</param>
/// <param name="Initial">Its value at the initial time, finite.</param>
public sealed record OdeState(string Name, Expr Derivative, double Initial)
{
    /// <summary>A state of a problem whose derivatives a C# method writes.</summary>
    /// <param name="name">Name, unique in the problem.</param>
    /// <param name="initial">Its value at the initial time, finite.</param>
    public OdeState(string name, double initial)
        : this(name, Expr.Zero, initial)
    {
    }
}
