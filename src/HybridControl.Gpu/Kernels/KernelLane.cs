using HybridControl.Numerics;
using ILGPU;

namespace HybridControl.Gpu.Kernels;

/// <summary>One double in a kernel: <see cref="LanePlain"/> in the words of the kernel compiler.</summary>
/// <remarks>A device may fuse products and sums on its own; the functions of <see cref="LaneMath"/> allow for it.</remarks>
public readonly struct KernelLane : ILane<KernelLane>
{
    /// <summary>Creates the lane.</summary>
    public KernelLane(double value) => Value = value;

    /// <summary>The number.</summary>
    public double Value { get; }

    /// <inheritdoc/>
    public static KernelLane Constant(double value) => new(value);

    /// <inheritdoc/>
    public static KernelLane operator +(KernelLane a, KernelLane b) => new(a.Value + b.Value);

    /// <inheritdoc/>
    public static KernelLane operator -(KernelLane a, KernelLane b) => new(a.Value - b.Value);

    /// <inheritdoc/>
    public static KernelLane operator *(KernelLane a, KernelLane b) => new(a.Value * b.Value);

    /// <inheritdoc/>
    public static KernelLane operator /(KernelLane a, KernelLane b) => new(a.Value / b.Value);

    /// <inheritdoc/>
    public static KernelLane operator -(KernelLane a) => new(-a.Value);

    /// <inheritdoc/>
    public static KernelLane MultiplyAdd(KernelLane a, KernelLane b, KernelLane c) => new((a.Value * b.Value) + c.Value);

    /// <inheritdoc/>
    public static KernelLane Sqrt(KernelLane a) => new(Math.Sqrt(a.Value));

    /// <inheritdoc/>
    public static KernelLane Abs(KernelLane a) => new(Math.Abs(a.Value));

    /// <inheritdoc/>
    public static KernelLane Floor(KernelLane a) => new(Math.Floor(a.Value));

    /// <inheritdoc/>
    public static KernelLane AtLeast(KernelLane a, KernelLane b, KernelLane whenTrue, KernelLane whenFalse) =>
        new(a.Value >= b.Value ? whenTrue.Value : whenFalse.Value);

    /// <inheritdoc/>
    public static KernelLane Equal(KernelLane a, KernelLane b, KernelLane whenTrue, KernelLane whenFalse) =>
        new(a.Value == b.Value ? whenTrue.Value : whenFalse.Value);

    /// <inheritdoc/>
    public static KernelLane FlipSign(KernelLane a, KernelLane sign) =>
        new(Number(Bits(a.Value) ^ (Bits(sign.Value) & LaneBits.SignMask)));

    /// <inheritdoc/>
    public static KernelLane High(KernelLane a) => new(Number(Bits(a.Value) & LaneBits.HighMask));

    /// <inheritdoc/>
    public static KernelLane PowerOfTwo(KernelLane k) => new(Number(Bits(k.Value + LaneBits.BiasedInteger) << LaneBits.FractionBits));

    /// <inheritdoc/>
    public static KernelLane Exponent(KernelLane a) =>
        new(Number((Bits(a.Value) >> LaneBits.FractionBits) | LaneBits.IntegerBits) - LaneBits.BiasedInteger);

    /// <inheritdoc/>
    public static KernelLane Mantissa(KernelLane a) => new(Number((Bits(a.Value) & LaneBits.FractionMask) | LaneBits.OneBits));

    private static ulong Bits(double value) => Interop.FloatAsInt(value);

    private static double Number(ulong bits) => Interop.IntAsFloat(bits);
}
