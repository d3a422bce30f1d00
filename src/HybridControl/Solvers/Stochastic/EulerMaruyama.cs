using HybridControl.Dynamics;

namespace HybridControl.Solvers;

/// <summary>The method of Euler and Maruyama: strong order 1/2, order 1 where G does not depend on the state.</summary>
/// <remarks>
/// <para>x + f h + G dW, with f and G at the start of the step. The path within a step is a straight line. One evaluation
/// of f and G a step; any noise.</para>
/// <para>Sources: G. Maruyama, Rend. Circ. Mat. Palermo 4 (1955), 48-90; P. E. Kloeden and E. Platen, Numerical Solution of
/// Stochastic Differential Equations, Springer (1992); D. J. Higham, SIAM Rev. 43 (2001), 525-546.</para>
/// </remarks>
public sealed record EulerMaruyama : StochasticSolver
{
    /// <inheritdoc/>
    public override string Name => "euler-maruyama";

    /// <inheritdoc/>
    public override double StrongOrder => 0.5;

    /// <inheritdoc/>
    internal override int DenseDegree => 1;

    /// <inheritdoc/>
    internal override int ScratchFor(OdeFunction function) => function.Diffusion?.Entries.Length ?? 0;

    /// <inheritdoc/>
    internal override MethodCode Compile(OdeFunction function) => new ExplicitCode(function, new EulerMaruyamaStep(function).Take);
}
