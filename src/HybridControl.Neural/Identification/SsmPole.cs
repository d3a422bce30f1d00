using System.Numerics;

namespace HybridControl.Neural.Identification;

/// <summary>A pole of an identified system, for a pair the one with the positive imaginary part.</summary>
/// <param name="Value">The pole, in 1/s.</param>
/// <param name="IsPair">Whether its conjugate is a pole as well.</param>
public readonly record struct SsmPole(Complex Value, bool IsPair)
{
    /// <summary>Natural frequency: its distance from zero, in rad/s.</summary>
    public double NaturalFrequency => Complex.Abs(Value);

    /// <summary>Damping ratio: 1 for a real pole, 0 for a motion that never ends.</summary>
    public double DampingRatio => NaturalFrequency > 0.0 ? -Value.Real / NaturalFrequency : 1.0;

    /// <summary>Time in which a motion falls to 1/e, in seconds.</summary>
    public double TimeConstant => -1.0 / Value.Real;
}
