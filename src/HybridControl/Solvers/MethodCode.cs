using HybridControl.Dynamics;

namespace HybridControl.Solvers;

/// <summary>A right-hand side prepared for one method: what <see cref="Solver.Compile"/> makes and a <see cref="Stepper"/> uses.</summary>
/// <remarks>Immutable; any number of steppers share it. Each family of methods derives its own.</remarks>
internal abstract class MethodCode(OdeFunction function)
{
    /// <summary>The right-hand side.</summary>
    public OdeFunction Function { get; } = function;
}
