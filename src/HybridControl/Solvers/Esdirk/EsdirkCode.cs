using HybridControl.Dynamics;

namespace HybridControl.Solvers;

/// <summary>A right-hand side with its Jacobian.</summary>
internal sealed class EsdirkCode(OdeFunction function) : MethodCode(function)
{
    /// <summary>How df/dx is computed.</summary>
    public JacobianFunction Jacobian { get; } = JacobianFunction.For(function);
}
