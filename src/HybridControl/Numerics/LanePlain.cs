using System.Runtime.CompilerServices;

namespace HybridControl.Numerics;

/// <summary>One double without fused multiply-adds: what code gives where a product and a sum are rounded each.</summary>
/// <param name="Value">The number.</param>
public readonly record struct LanePlain(double Value) : ILane<LanePlain>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePlain Constant(double value) => new(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePlain operator +(LanePlain a, LanePlain b) => new(a.Value + b.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePlain operator -(LanePlain a, LanePlain b) => new(a.Value - b.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePlain operator *(LanePlain a, LanePlain b) => new(a.Value * b.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePlain operator /(LanePlain a, LanePlain b) => new(a.Value / b.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePlain operator -(LanePlain a) => new(-a.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePlain MultiplyAdd(LanePlain a, LanePlain b, LanePlain c) => new((a.Value * b.Value) + c.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePlain Sqrt(LanePlain a) => new(Math.Sqrt(a.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePlain Abs(LanePlain a) => new(Math.Abs(a.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePlain Floor(LanePlain a) => new(Math.Floor(a.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePlain AtLeast(LanePlain a, LanePlain b, LanePlain whenTrue, LanePlain whenFalse) => a.Value >= b.Value ? whenTrue : whenFalse;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePlain Equal(LanePlain a, LanePlain b, LanePlain whenTrue, LanePlain whenFalse) => a.Value == b.Value ? whenTrue : whenFalse;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePlain FlipSign(LanePlain a, LanePlain sign) =>
        new(BitConverter.UInt64BitsToDouble(Bits(a) ^ (Bits(sign) & LaneBits.SignMask)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePlain High(LanePlain a) => new(BitConverter.UInt64BitsToDouble(Bits(a) & LaneBits.HighMask));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePlain PowerOfTwo(LanePlain k) => new(BitConverter.UInt64BitsToDouble(
        BitConverter.DoubleToUInt64Bits(k.Value + LaneBits.BiasedInteger) << LaneBits.FractionBits));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePlain Exponent(LanePlain a) => new(BitConverter.UInt64BitsToDouble(
        (Bits(a) >> LaneBits.FractionBits) | LaneBits.IntegerBits) - LaneBits.BiasedInteger);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePlain Mantissa(LanePlain a) =>
        new(BitConverter.UInt64BitsToDouble((Bits(a) & LaneBits.FractionMask) | LaneBits.OneBits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Bits(LanePlain a) => BitConverter.DoubleToUInt64Bits(a.Value);
}
