using HybridControl.Dynamics;

namespace HybridControl.Solvers;

/// <summary>An explicit Runge-Kutta pair that chooses its step from an error estimate.</summary>
/// <remarks>PI control after K. Gustafsson, ACM Trans. Math. Softw. 17 (1991), 533-554, with Hairer's constants.</remarks>
public abstract record AdaptiveRungeKutta : AdaptiveSolver, IRungeKuttaMethod
{
    /// <inheritdoc/>
    public abstract ButcherTableau Tableau { get; }

    /// <inheritdoc/>
    public override int Order => Tableau.Order;

    /// <summary>How the next step is chosen.</summary>
    internal virtual StepControl Control => StepControl.Default;

    /// <inheritdoc/>
    internal override object Method => Tableau;

    /// <inheritdoc/>
    internal override MethodCode Compile(OdeFunction function) => ExplicitCode.Of(Tableau, function);

    /// <inheritdoc/>
    internal override Stepper Start(int dimension, double[] data) =>
        new ExplicitRungeKuttaStepper(Tableau, Control, Settings, dimension, data);
}
