using System.Numerics;

namespace HybridControl.Neural.Explanation;

/// <summary>One mode in the words of control theory.</summary>
/// <param name="Mode">Its number.</param>
/// <param name="Pole">Its pole, in 1/s; the conjugate is meant too.</param>
/// <param name="Drive">Length of its input row: how strongly inputs reach it.</param>
/// <param name="Visibility">Length of its output column: how strongly it is seen.</param>
/// <param name="EnergyShare">
/// Its part of the energy of the impulse response, all parts adding up to 1. Negative for a mode that takes away what others add; NaN
/// if a mode does not decay or nothing passes.
/// </param>
public sealed record ModeSummary(int Mode, Complex Pole, double Drive, double Visibility, double EnergyShare)
{
    /// <summary>Natural frequency in rad/s: the distance of the pole from zero.</summary>
    public double NaturalFrequency => Pole.Magnitude;

    /// <summary>Damping ratio: 1 for a real stable pole, 0 for an oscillation that never ends, negative for one that grows.</summary>
    public double Damping => Pole == Complex.Zero ? 0.0 : -Pole.Real / Pole.Magnitude;

    /// <summary>Time constant in seconds: in this time the mode falls to 1/e; infinite or negative if it does not fall.</summary>
    public double TimeConstant => -1.0 / Pole.Real;
}
