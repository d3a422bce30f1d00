namespace HybridControl.Numerics;

/// <summary>A random nested permutation of binary digits: each digit is flipped or not according to the digits before it.</summary>
/// <remarks>
/// <para>It keeps the balance of a digital net and makes each of its points uniform: A. B. Owen, "Randomly permuted (t,m,s)-nets and
/// (t,s)-sequences", in Monte Carlo and Quasi-Monte Carlo Methods in Scientific Computing (1995), 299-317. The tree of flips is not stored but
/// hashed, as in B. Burley, "Practical hash-based Owen scrambling", J. Comput. Graph. Tech. 9(4) (2020), 1-20.</para>
/// <para>Unlike the hash there, which has carries run through the digits and reaches only half of the flips of the third digit, each node of the
/// tree has a bit of its own: one 64-bit hash holds the 63 nodes of six levels.</para>
/// </remarks>
internal readonly struct OwenScramble
{
    private const int Digits = 32;
    private const int Levels = 6;

    private readonly ulong _key;

    /// <summary>The scrambling of a seed and a stream.</summary>
    public OwenScramble(ulong seed, uint stream) => _key = Philox4x32.Bits(seed, 0, stream, 0);

    /// <summary>The scrambled digits, the first on top.</summary>
    public uint Of(uint digits)
    {
        uint scrambled = 0;
        for (int depth = 0; depth < Digits; depth += Levels)
        {
            // Nodes are numbered level by level from 1: a one, then the digits that lead there.
            ulong root = (1UL << depth) | ((ulong)digits >> (Digits - depth));
            ulong flips = Mix(_key + (root * 0x9E3779B97F4A7C15));
            int end = Math.Min(depth + Levels, Digits);
            uint node = 1;
            for (int level = depth; level < end; level++)
            {
                uint digit = (digits >> (Digits - 1 - level)) & 1u;
                scrambled = (scrambled << 1) | (digit ^ ((uint)(flips >> (int)node) & 1u));
                node = (node << 1) | digit;
            }
        }

        return scrambled;
    }

    // The finaliser of SplitMix64: G. L. Steele, D. Lea and C. H. Flood, OOPSLA 2014, with the constants of D. Stafford's variant 13.
    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
