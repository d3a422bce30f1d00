using HybridControl.Diagnostics;

namespace HybridControl.Solvers;

/// <summary>An explicit Runge-Kutta method of fixed step.</summary>
/// <remarks>Events, ticks and the end of the run cut a step; after an event the steps count from there.</remarks>
public abstract record FixedStepRungeKutta : ExplicitRungeKutta
{
    /// <summary>Step in seconds, positive.</summary>
    public double Step { get; init; } = 1e-3;

    /// <inheritdoc/>
    internal override double FirstStep => Step;

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
