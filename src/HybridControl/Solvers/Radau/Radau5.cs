using HybridControl.Dynamics;

namespace HybridControl.Solvers;

/// <summary>The Radau IIA method of order 5: for stiff flows of any size and index-1 DAEs M x' = f(t, x), where robustness counts.</summary>
/// <remarks>
/// <para>
/// Three implicit stages, the last at the end of the step: L-stable and stiffly accurate. A real and a complex linear
/// system for each iteration of a simplified Newton method; the Jacobian is computed anew only where the iteration was
/// slow, and factors are kept while the step size changes little. Dense output is the collocation polynomial and one degree more
/// from the slope at the start, of order 4. A step is accepted if the root mean square of error_i / (a + r |x_i|) is below one. The estimate has
/// order 3 only, so that r is 0.1 r0^(2/3) for the relative tolerance r0, and a = r times the ratio of the tolerances,
/// as its authors do. Step sizes are predicted after K. Gustafsson, ACM Trans. Math. Softw. 20 (1994), 496-517.
/// </para>
/// <para>Source: E. Hairer and G. Wanner, Solving Ordinary Differential Equations II (1996), section IV.8.</para>
/// </remarks>
public sealed record Radau5 : AdaptiveSolver
{
    /// <inheritdoc/>
    public override string Name => "radau5";

    /// <inheritdoc/>
    public override int Order => 5;

    /// <inheritdoc/>
    internal override bool SolvesAlgebraicEquations => true;

    /// <inheritdoc/>
    internal override object Method => typeof(Radau5);

    /// <inheritdoc/>
    internal override MethodCode Compile(OdeFunction function) => new LinearizedCode(function);

    /// <inheritdoc/>
    internal override Stepper Start(int dimension, double[] data) => new RadauStepper(Settings, 3, 3, dimension, data);
}
