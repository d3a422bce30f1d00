using HybridControl.Dynamics;

namespace HybridControl.Solvers;

/// <summary>A right-hand side with its Jacobian.</summary>
/// <param name="function">The right-hand side; where it is no expression a past begins with Radau IIA, since Rodas5P needs exact derivatives.</param>
internal sealed class BdfCode(OdeFunction function)
    : MultistepCode(function, function.Equations is null ? new Radau5() : new Rodas5P())
{
    /// <summary>The Jacobian, made once for any number of steppers.</summary>
    public JacobianFunction Jacobian { get; } = JacobianFunction.For(function);
}
