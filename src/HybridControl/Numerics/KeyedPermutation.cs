using System.Numerics;

namespace HybridControl.Numerics;

/// <summary>A random order of the numbers from 0 to n - 1, any place of which is found without the others.</summary>
/// <remarks>
/// A Feistel cipher on the smallest power of two that holds n, its rounds a mixing function under keys of their own; a number that lands
/// beyond n - 1 is enciphered again until it does not (cycle walking: J. Black and P. Rogaway, "Ciphers with arbitrary finite domains",
/// CT-RSA 2002). Fewer than two walks on average. Immutable and thread-safe.
/// </remarks>
internal sealed class KeyedPermutation
{
    private const int Rounds = 12;

    private readonly long _count;
    private readonly int _lowBits;
    private readonly uint _lowMask;
    private readonly uint _highMask;
    private readonly uint[] _keys = new uint[Rounds];

    /// <summary>The order of a seed and a stream.</summary>
    /// <param name="count">How many numbers; at least one, below <see cref="Philox4x32.Limit"/>.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="stream">Orders of different streams are independent.</param>
    public KeyedPermutation(long count, ulong seed, uint stream)
    {
        _count = count;
        int bits = Math.Max(2, 64 - BitOperations.LeadingZeroCount((ulong)(count - 1)));
        _lowBits = bits / 2;
        _lowMask = (1u << _lowBits) - 1u;
        _highMask = (1u << (bits - _lowBits)) - 1u;
        for (int round = 0; round < Rounds; round++)
        {
            _keys[round] = (uint)Philox4x32.Bits(seed, 0, stream, round);
        }
    }

    /// <summary>The number at a place.</summary>
    public long At(long place)
    {
        long number = place;
        do
        {
            number = Encipher(number);
        }
        while (number >= _count);
        return number;
    }

    private long Encipher(long number)
    {
        uint low = (uint)number & _lowMask;
        uint high = (uint)(number >> _lowBits) & _highMask;
        for (int round = 0; round < Rounds; round += 2)
        {
            high ^= Mix(low ^ _keys[round]) & _highMask;
            low ^= Mix(high ^ _keys[round + 1]) & _lowMask;
        }

        return ((long)high << _lowBits) | low;
    }

    // The finaliser of A. Appleby's MurmurHash3: every bit of the result depends on every bit of the argument.
    private static uint Mix(uint x)
    {
        x = (x ^ (x >> 16)) * 0x85EBCA6B;
        x = (x ^ (x >> 13)) * 0xC2B2AE35;
        return x ^ (x >> 16);
    }
}
