using HybridControl.Dynamics;

namespace HybridControl.Solvers;

/// <summary>A stiffly accurate Rosenbrock method, for stiff flows and for index-1 DAEs M x' = f(t, x).</summary>
/// <remarks>
/// Linearly implicit: a step solves one linear system for each stage, all with the same matrix, and iterates nowhere. Each
/// step takes a Jacobian of its own and each step size a factorisation. A step is accepted if the root mean square of
/// error_i / (absolute + relative max(|x_i|, |x_i new|)) is at most one; PI control as for the explicit pairs.
/// </remarks>
public abstract record RosenbrockMethod : AdaptiveSolver
{
    /// <summary>The coefficients.</summary>
    public abstract RosenbrockTableau Tableau { get; }

    /// <inheritdoc/>
    public override int Order => Tableau.Order;

    /// <inheritdoc/>
    internal override bool SolvesAlgebraicEquations => true;

    /// <inheritdoc/>
    internal override object Method => Tableau;

    /// <inheritdoc/>
    internal override MethodCode Compile(OdeFunction function) => RosenbrockCode.Of(Tableau, function);

    /// <inheritdoc/>
    internal override Stepper Start(int dimension, double[] data) => new RosenbrockStepper(Tableau, Settings, dimension, data);
}
