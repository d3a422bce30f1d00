namespace HybridControl.Solvers;

/// <summary>The classical Runge-Kutta method of order 4, with a fixed step.</summary>
/// <remarks>Four evaluations a step. Dense output is the cubic Hermite polynomial, of order 3. Sources stand with <see cref="Tableaus.RungeKutta4"/>.</remarks>
public sealed record RungeKutta4 : FixedStepRungeKutta
{
    /// <inheritdoc/>
    public override string Name => "rk4";

    /// <inheritdoc/>
    public override ButcherTableau Tableau => Tableaus.RungeKutta4;
}
