namespace HybridControl.Dynamics;

/// <summary>offset + amplitude * sin(2 pi frequency t + phase).</summary>
/// <param name="Amplitude">Amplitude.</param>
/// <param name="Frequency">Frequency in hertz.</param>
/// <param name="Phase">Phase in radians.</param>
/// <param name="Offset">Mean value.</param>
public sealed record SineSignal(double Amplitude, double Frequency, double Phase = 0.0, double Offset = 0.0) : Signal
{
    /// <inheritdoc/>
    public override double Evaluate(double time) =>
        Offset + (Amplitude * Math.Sin((2.0 * Math.PI * Frequency * time) + Phase));
}
