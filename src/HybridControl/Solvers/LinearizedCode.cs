using HybridControl.Dynamics;

namespace HybridControl.Solvers;

/// <summary>A right-hand side with its Jacobian: all that a method needs which takes both as they are.</summary>
internal class LinearizedCode(OdeFunction function) : MethodCode(function)
{
    /// <summary>How df/dx is computed; made once for any number of steppers.</summary>
    public JacobianFunction Jacobian { get; } = JacobianFunction.For(function);
}
