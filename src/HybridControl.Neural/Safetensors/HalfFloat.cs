using System.Numerics;

namespace HybridControl.Neural.Safetensors;

/// <summary>F16: the half precision of IEEE 754, five bits of exponent and ten of fraction.</summary>
/// <remarks>
/// All lanes take the three ways (numbers with and without a leading one; infinities and NaNs) and each chooses its own, as there
/// is no instruction for this that every processor has.
/// </remarks>
internal readonly struct HalfFloat : IShortFloat
{
    private const int Dropped = 23 - 10;
    private const int Sign = 0x8000;
    private const int Magnitude = 0x7FFF;
    private const int Infinity = 0x7C00;
    private const int QuietNaN = 0x7E00;
    private const int Fraction = 0x03FF;
    private const int BiasShift = (127 - 15) << 23;
    private const int SingleInfinity = 0x7F80_0000;
    private const int SmallestNormal = (127 - 14) << 23;
    private const int TwoToSixteen = (127 + 16) << 23;
    private const int OneHalf = (127 - 1) << 23;
    private const float SmallestStep = 1f / (1 << 24);

    /// <inheritdoc/>
    public static Vector<int> Widen(Vector<int> words)
    {
        Vector<int> magnitude = words & new Vector<int>(Magnitude);
        Vector<int> normal = (magnitude << Dropped) + new Vector<int>(BiasShift);
        Vector<int> special = normal + new Vector<int>(BiasShift);
        Vector<int> tiny = Vector.AsVectorInt32(Vector.ConvertToSingle(magnitude) * SmallestStep);
        Vector<int> wide = Vector.ConditionalSelect(
            Vector.GreaterThan(magnitude, new Vector<int>(Fraction)),
            Vector.ConditionalSelect(Vector.GreaterThanOrEqual(magnitude, new Vector<int>(Infinity)), special, normal),
            tiny);
        return wide | ((words & new Vector<int>(Sign)) << 16);
    }

    /// <inheritdoc/>
    public static Vector<int> Narrow(Vector<int> bits)
    {
        Vector<int> magnitude = bits & new Vector<int>(0x7FFF_FFFF);
        Vector<int> upper = Vector.ShiftRightLogical(magnitude, Dropped);
        // Half a unit less one, and one more where the last bit kept is odd: the carry rounds, up to infinity if need be.
        Vector<int> normal = Vector.ShiftRightLogical(
            magnitude - new Vector<int>(BiasShift) + new Vector<int>(0x0FFF) + (upper & Vector<int>.One), Dropped);
        // Beside one half, single precision has the very steps of the smallest halves: the sum rounds as it should.
        Vector<int> tiny = Vector.AsVectorInt32(Vector.AsVectorSingle(magnitude) + new Vector<float>(0.5f)) - new Vector<int>(OneHalf);
        Vector<int> special = Vector.ConditionalSelect(
            Vector.GreaterThan(magnitude, new Vector<int>(SingleInfinity)),
            new Vector<int>(QuietNaN) | (upper & new Vector<int>(Fraction)),
            new Vector<int>(Infinity));
        Vector<int> narrow = Vector.ConditionalSelect(
            Vector.LessThan(magnitude, new Vector<int>(SmallestNormal)),
            tiny,
            Vector.ConditionalSelect(Vector.GreaterThanOrEqual(magnitude, new Vector<int>(TwoToSixteen)), special, normal));
        return narrow | (Vector.ShiftRightLogical(bits, 16) & new Vector<int>(Sign));
    }
}
