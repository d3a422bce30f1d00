namespace HybridControl.Numerics;

/// <summary>Counter-based random numbers: each is a function of its address, so none needs those before it.</summary>
/// <remarks>
/// Philox4x32-10 of J. K. Salmon, M. A. Moraes, R. O. Dror and D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3",
/// SC11 (2011). No state: safe on any thread, in any order. Nothing here is beyond a GPU kernel: no spans, no branches
/// but one loop, no throw.
/// </remarks>
public static class Philox4x32
{
    /// <summary>Trajectories and draws are numbered below this.</summary>
    public const long Limit = 1L << 48;

    private const uint Multiplier0 = 0xD2511F53;
    private const uint Multiplier1 = 0xCD9E8D57;
    private const uint Weyl0 = 0x9E3779B9;
    private const uint Weyl1 = 0xBB67AE85;
    private const int Rounds = 10;
    private const double Unit = 1.0 / (1L << 53);

    /// <summary>The four random words of a counter under a key.</summary>
    /// <param name="c0">Counter, first word.</param>
    /// <param name="c1">Counter, second word.</param>
    /// <param name="c2">Counter, third word.</param>
    /// <param name="c3">Counter, fourth word.</param>
    /// <param name="k0">Key, first word.</param>
    /// <param name="k1">Key, second word.</param>
    /// <param name="r0">First random word.</param>
    /// <param name="r1">Second random word.</param>
    /// <param name="r2">Third random word.</param>
    /// <param name="r3">Fourth random word.</param>
    public static void Words(
        uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, out uint r0, out uint r1, out uint r2, out uint r3)
    {
        for (int round = 0; round < Rounds; round++)
        {
            ulong product0 = (ulong)Multiplier0 * c0;
            ulong product1 = (ulong)Multiplier1 * c2;
            c0 = (uint)(product1 >> 32) ^ c1 ^ k0;
            c1 = (uint)product1;
            c2 = (uint)(product0 >> 32) ^ c3 ^ k1;
            c3 = (uint)product0;
            k0 += Weyl0;
            k1 += Weyl1;
        }

        r0 = c0;
        r1 = c1;
        r2 = c2;
        r3 = c3;
    }

    /// <summary>The 64 random bits at an address.</summary>
    /// <param name="seed">Seed; the key.</param>
    /// <param name="trajectory">Number of the trajectory, below <see cref="Limit"/>.</param>
    /// <param name="stream">What the number is for.</param>
    /// <param name="draw">Number of the draw in this stream, below <see cref="Limit"/>.</param>
    public static ulong Bits(ulong seed, long trajectory, uint stream, long draw)
    {
        uint high = ((uint)(trajectory >> 32) & 0xFFFFu) | ((uint)(draw >> 32) << 16);
        Words(
            (uint)trajectory, (uint)draw, stream, high, (uint)seed, (uint)(seed >> 32), out uint r0, out uint r1, out _, out _);
        return ((ulong)r0 << 32) | r1;
    }

    /// <summary>The uniform number at an address, between 0 and 1, never either of them.</summary>
    /// <param name="seed">Seed; the key.</param>
    /// <param name="trajectory">Number of the trajectory, below <see cref="Limit"/>.</param>
    /// <param name="stream">What the number is for.</param>
    /// <param name="draw">Number of the draw in this stream, below <see cref="Limit"/>.</param>
    public static double Uniform(ulong seed, long trajectory, uint stream, long draw) =>
        ToUniform(Bits(seed, trajectory, stream, draw));

    /// <summary>The upper 53 bits as a number between 0 and 1: the middle of one of 2^53 intervals, never an end.</summary>
    /// <remarks>Above one half the middles are halfway between two doubles; the last one would round to 1 and is taken down.</remarks>
    public static double ToUniform(ulong bits) => Math.Min(((bits >> 11) + 0.5) * Unit, 1.0 - Unit);
}
