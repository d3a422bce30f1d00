using System.Runtime.CompilerServices;

namespace HybridControl.Numerics;

/// <summary>One double with fused multiply-adds: a lane of <see cref="Lane512"/> or <see cref="Lane256"/> alone, equal to it bit for bit.</summary>
/// <param name="Value">The number.</param>
public readonly record struct LaneFused(double Value) : ILane<LaneFused>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneFused Constant(double value) => new(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneFused operator +(LaneFused a, LaneFused b) => new(a.Value + b.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneFused operator -(LaneFused a, LaneFused b) => new(a.Value - b.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneFused operator *(LaneFused a, LaneFused b) => new(a.Value * b.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneFused operator /(LaneFused a, LaneFused b) => new(a.Value / b.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneFused operator -(LaneFused a) => new(-a.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneFused MultiplyAdd(LaneFused a, LaneFused b, LaneFused c) => new(Math.FusedMultiplyAdd(a.Value, b.Value, c.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneFused Sqrt(LaneFused a) => new(Math.Sqrt(a.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneFused Abs(LaneFused a) => new(Math.Abs(a.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneFused Floor(LaneFused a) => new(Math.Floor(a.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneFused AtLeast(LaneFused a, LaneFused b, LaneFused whenTrue, LaneFused whenFalse) => a.Value >= b.Value ? whenTrue : whenFalse;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneFused Equal(LaneFused a, LaneFused b, LaneFused whenTrue, LaneFused whenFalse) => a.Value == b.Value ? whenTrue : whenFalse;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneFused FlipSign(LaneFused a, LaneFused sign) =>
        new(BitConverter.UInt64BitsToDouble(Bits(a) ^ (Bits(sign) & LaneBits.SignMask)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneFused High(LaneFused a) => new(BitConverter.UInt64BitsToDouble(Bits(a) & LaneBits.HighMask));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneFused PowerOfTwo(LaneFused k) => new(BitConverter.UInt64BitsToDouble(
        BitConverter.DoubleToUInt64Bits(k.Value + LaneBits.BiasedInteger) << LaneBits.FractionBits));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneFused Exponent(LaneFused a) => new(BitConverter.UInt64BitsToDouble(
        (Bits(a) >> LaneBits.FractionBits) | LaneBits.IntegerBits) - LaneBits.BiasedInteger);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LaneFused Mantissa(LaneFused a) =>
        new(BitConverter.UInt64BitsToDouble((Bits(a) & LaneBits.FractionMask) | LaneBits.OneBits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Bits(LaneFused a) => BitConverter.DoubleToUInt64Bits(a.Value);
}
