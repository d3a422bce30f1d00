namespace HybridControl.Numerics;

/// <summary>The fields of a binary64 number, for every implementation of <see cref="ILane{T}"/>.</summary>
public static class LaneBits
{
    /// <summary>Bits of the fraction.</summary>
    public const int FractionBits = 52;

    /// <summary>The sign bit.</summary>
    public const ulong SignMask = 0x8000_0000_0000_0000;

    /// <summary>The bits of the fraction.</summary>
    public const ulong FractionMask = 0x000F_FFFF_FFFF_FFFF;

    /// <summary>All but the last 27 bits of the fraction.</summary>
    public const ulong HighMask = 0xFFFF_FFFF_F800_0000;

    /// <summary>The bits of 1.0.</summary>
    public const ulong OneBits = 0x3FF0_0000_0000_0000;

    /// <summary>The bits of 2^52: put in front of an integer below 2^52, they make it 2^52 + that integer.</summary>
    public const ulong IntegerBits = 0x4330_0000_0000_0000;

    /// <summary>2^52 + 1023: added to an exponent, it leaves the biased exponent in the last bits.</summary>
    public const double BiasedInteger = 4503599627370496.0 + 1023.0;
}
