using HybridControl.Dynamics;

namespace HybridControl.Solvers;

/// <summary>A right-hand side prepared for a Radau method: with its Jacobian.</summary>
internal sealed class RadauCode(OdeFunction function) : MethodCode(function)
{
    /// <summary>How the Jacobian is computed.</summary>
    public JacobianFunction Jacobian { get; } = JacobianFunction.For(function);
}
