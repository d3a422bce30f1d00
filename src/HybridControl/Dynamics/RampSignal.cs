using System.Collections.Immutable;

namespace HybridControl.Dynamics;

/// <summary>A straight line between two instants, constant outside.</summary>
/// <param name="Start">Time at which the ramp begins, in seconds.</param>
/// <param name="End">Time at which it ends; later than <paramref name="Start"/>.</param>
/// <param name="From">Value up to the start.</param>
/// <param name="To">Value from the end on.</param>
public sealed record RampSignal(double Start, double End, double From, double To) : Signal
{
    /// <inheritdoc/>
    public override ImmutableArray<double> Breakpoints => [Start, End];

    /// <inheritdoc/>
    public override double Evaluate(double time) =>
        time < Start ? From : time >= End ? To : From + ((time - Start) * ((To - From) / (End - Start)));
}
