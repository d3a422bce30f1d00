using System.Numerics;

namespace HybridControl.Neural.Safetensors;

/// <summary>BF16: the upper half of a single-precision number.</summary>
internal readonly struct BrainFloat : IShortFloat
{
    private const int Dropped = 16;

    /// <inheritdoc/>
    public static Vector<int> Widen(Vector<int> words) => words << Dropped;

    /// <inheritdoc/>
    public static Vector<int> Narrow(Vector<int> bits)
    {
        Vector<int> upper = Vector.ShiftRightLogical(bits, Dropped);
        // Half a unit less one, and one more where the last bit kept is odd: the carry rounds, up to infinity if need be.
        Vector<int> rounded = Vector.ShiftRightLogical(bits + new Vector<int>(0x7FFF) + (upper & Vector<int>.One), Dropped);
        Vector<int> isNaN = Vector.GreaterThan(bits & new Vector<int>(0x7FFF_FFFF), new Vector<int>(0x7F80_0000));
        return Vector.ConditionalSelect(isNaN, upper | new Vector<int>(0x0040), rounded);
    }
}
