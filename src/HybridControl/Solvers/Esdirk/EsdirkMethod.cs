using HybridControl.Dynamics;

namespace HybridControl.Solvers;

/// <summary>A stiffly accurate, diagonally implicit Runge-Kutta method, for stiff flows and index-1 DAEs at moderate accuracy.</summary>
/// <remarks>
/// Stages are solved one after the other by a simplified Newton iteration; all share one matrix, and the Jacobian is kept over
/// steps until the iteration asks for another. A step is accepted if the root mean square of
/// error_i / (absolute + relative max(|x_i|, |x_i new|)) is at most one.
/// </remarks>
public abstract record EsdirkMethod : AdaptiveSolver
{
    /// <summary>The coefficients.</summary>
    public abstract EsdirkTableau Tableau { get; }

    /// <inheritdoc/>
    public override int Order => Tableau.Order;

    /// <inheritdoc/>
    internal override bool SolvesAlgebraicEquations => true;

    /// <inheritdoc/>
    internal override object Method => typeof(EsdirkMethod); // the code depends on the right-hand side only

    /// <inheritdoc/>
    internal override MethodCode Compile(OdeFunction function) => new LinearizedCode(function);

    /// <inheritdoc/>
    internal override Stepper Start(int dimension, double[] data) => new EsdirkStepper(Tableau, Settings, dimension, data);
}
