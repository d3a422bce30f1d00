using System.Collections.Immutable;

namespace HybridControl.Dynamics;

/// <summary>One value before an instant, another from it on.</summary>
/// <param name="At">Time of the step, in seconds.</param>
/// <param name="Before">Value before.</param>
/// <param name="After">Value from then on.</param>
public sealed record StepSignal(double At, double Before, double After) : Signal
{
    /// <inheritdoc/>
    public override ImmutableArray<double> Breakpoints => [At];

    /// <inheritdoc/>
    public override double Evaluate(double time) => time < At ? Before : After;
}
