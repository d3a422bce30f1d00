namespace HybridControl.Dynamics;

/// <summary>The same value at all times.</summary>
/// <param name="Value">The value.</param>
public sealed record ConstantSignal(double Value) : Signal
{
    /// <inheritdoc/>
    public override double Evaluate(double time) => Value;
}
