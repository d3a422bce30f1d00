using HybridControl.Diagnostics;
using HybridControl.Dynamics;

namespace HybridControl.Solvers;

/// <summary>An explicit Runge-Kutta method of fixed step.</summary>
/// <remarks>Events, ticks and the end of the run cut a step; after an event the steps count from there.</remarks>
public abstract record FixedStepRungeKutta : Solver, IRungeKuttaMethod
{
    /// <summary>Step in seconds, positive.</summary>
    public double Step { get; init; } = 1e-3;

    /// <inheritdoc/>
    public abstract ButcherTableau Tableau { get; }

    /// <inheritdoc/>
    public override int Order => Tableau.Order;

    /// <inheritdoc/>
    internal override object Method => Tableau;

    /// <inheritdoc/>
    internal override StepSettings Settings => new(0.0, 0.0, Step, MaximumStep);

    /// <inheritdoc/>
    internal override MethodCode Compile(OdeFunction function) => ExplicitCode.Of(Tableau, function);

    /// <inheritdoc/>
    internal override Stepper Start(int dimension, double[] data) =>
        new ExplicitRungeKuttaStepper(Tableau, StepControl.Default, Settings, dimension, data);

    /// <inheritdoc/>
    internal override IEnumerable<Finding> Validate()
    {
        foreach (Finding finding in base.Validate())
        {
            yield return finding;
        }

        if (!(Step > 0.0 && double.IsFinite(Step)))
        {
            yield return new(
                $"solver {Name}", FormattableString.Invariant($"step {Step} s"), "Give a positive number of seconds.");
        }
    }
}
