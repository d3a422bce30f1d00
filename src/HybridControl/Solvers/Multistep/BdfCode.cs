using HybridControl.Dynamics;

namespace HybridControl.Solvers;

/// <summary>A right-hand side with its Jacobian.</summary>
internal sealed class BdfCode(OdeFunction function) : MultistepCode(function)
{
    /// <summary>The Jacobian, made once for any number of steppers.</summary>
    public JacobianFunction Jacobian { get; } = JacobianFunction.For(function);
}
