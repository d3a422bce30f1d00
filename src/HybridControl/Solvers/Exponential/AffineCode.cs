using HybridControl.Dynamics;

namespace HybridControl.Solvers;

/// <summary>An affine flow: its Jacobian is the matrix A.</summary>
internal sealed class AffineCode(OdeFunction function) : LinearizedCode(function)
{
    /// <summary>Whether a flow is affine, with coefficients that only instants change.</summary>
    public static bool Fits(OdeFunction function) =>
        function.Mass is null && function.Diffusion is null && JacobianFunction.For(function).IsConstant;
}
