using HybridControl.Numerics;

namespace HybridControl.Ensembles.Sampling;

/// <summary>A design that gives each variation of each sample a uniform number. Immutable and thread-safe.</summary>
internal abstract class UniformDesign
{
    /// <summary>The uniform number of a variation in a sample, between 0 and 1, exclusive.</summary>
    public abstract double At(int variation, long sample);
}

/// <summary>Independent draws.</summary>
internal sealed class RandomDesign(ulong seed) : UniformDesign
{
    /// <inheritdoc/>
    public override double At(int variation, long sample) =>
        Philox4x32.Uniform(seed, sample, SampleStreams.Variations + (uint)variation, 0);
}

/// <summary>One draw in each of n intervals of equal probability, in an order of its own for each variation.</summary>
/// <remarks>M. D. McKay, R. J. Beckman and W. J. Conover, Technometrics 21 (1979), 239-245.</remarks>
internal sealed class LatinHypercubeDesign : UniformDesign
{
    private readonly ulong _seed;
    private readonly long _size;
    private readonly KeyedPermutation[] _orders;

    public LatinHypercubeDesign(ulong seed, long size, int variations)
    {
        _seed = seed;
        _size = size;
        _orders = new KeyedPermutation[variations];
        for (int i = 0; i < variations; i++)
        {
            _orders[i] = new(size, seed, SampleStreams.Designs + (uint)i);
        }
    }

    /// <inheritdoc/>
    public override double At(int variation, long sample)
    {
        long stratum = _orders[variation].At(sample);
        double place = Philox4x32.Uniform(_seed, sample, SampleStreams.Variations + (uint)variation, 0);

        // Rounding must not carry a sample into the next interval.
        return Math.Min((stratum + place) / _size, Math.BitDecrement((stratum + 1.0) / _size));
    }
}

/// <summary>Scrambled Sobol points: sample i is point i of the sequence, so that the first 2^m of them are a net for every m.</summary>
internal sealed class SobolDesign : UniformDesign
{
    private readonly ulong _seed;
    private readonly uint[] _directions;
    private readonly OwenScramble[] _scrambles;

    public SobolDesign(ulong seed, int variations)
    {
        _seed = seed;
        _directions = SobolDirections.Of(variations);
        _scrambles = new OwenScramble[variations];
        for (int i = 0; i < variations; i++)
        {
            _scrambles[i] = new(seed, SampleStreams.Designs + (uint)i);
        }
    }

    /// <inheritdoc/>
    public override double At(int variation, long sample)
    {
        ReadOnlySpan<uint> directions = _directions.AsSpan(variation * SobolDirections.Bits, SobolDirections.Bits);
        uint digits = _scrambles[variation].Of(SobolDirections.Coordinate(directions, (uint)sample));

        // The digits beyond those of the sequence are independent of everything: no two points share the ones before.
        double rest = Philox4x32.Uniform(_seed, sample, SampleStreams.Variations + (uint)variation, 0);
        return Math.Min((digits + rest) * (1.0 / (1L << SobolDirections.Bits)), Math.BitDecrement(1.0));
    }
}
