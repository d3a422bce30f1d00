using HybridControl.Numerics;

namespace HybridControl.Tests.Numerics;

public sealed class OwenScrambleTests
{
    [Test]
    public void Numbers_that_share_their_first_digits_still_do_and_differ_in_the_next()
    {
        var scramble = new OwenScramble(seed: 5, stream: 2);
        var random = new Random(1);
        for (int trial = 0; trial < 2000; trial++)
        {
            int shared = random.Next(32);
            uint a = (uint)random.NextInt64(1L << 32);
            uint b = a ^ (1u << (31 - shared)) ^ (uint)random.NextInt64(1L << (31 - shared));
            Assert.That(System.Numerics.BitOperations.LeadingZeroCount(scramble.Of(a) ^ scramble.Of(b)), Is.EqualTo(shared));
        }
    }

    [Test]
    public void A_number_is_scrambled_to_all_numbers_alike()
    {
        const int seeds = 20_000;
        double[] sorted =
        [
            .. Enumerable.Range(0, seeds).Select(seed => new OwenScramble((ulong)seed, 1).Of(0x12345678) / Math.Pow(2.0, 32)).Order(),
        ];
        double distance = sorted.Select((u, i) => Math.Max(u - ((double)i / seeds), ((i + 1.0) / seeds) - u)).Max();
        Assert.That(distance, Is.LessThan(1.95 / Math.Sqrt(seeds)), "Kolmogorov and Smirnov's bound at one in a thousand");
    }

    // Every node of the tree has a flip of its own: all combinations occur, equally often.
    [TestCase(2, 37.7)]
    [TestCase(3, 330.5)]
    public void Flips_of_one_level_are_independent(int level, double bound)
    {
        const int seeds = 40_000;
        int nodes = 1 << level;
        int[] hits = new int[1 << nodes];
        for (uint seed = 0; seed < seeds; seed++)
        {
            var scramble = new OwenScramble(seed, 3);
            int flips = 0;
            for (uint prefix = 0; prefix < nodes; prefix++)
            {
                flips = (flips << 1) | (int)((scramble.Of(prefix << (32 - level)) >> (31 - level)) & 1);
            }

            hits[flips]++;
        }

        double expected = seeds / (double)hits.Length;
        double chiSquare = hits.Sum(hit => (hit - expected) * (hit - expected) / expected);
        Assert.That(chiSquare, Is.LessThan(bound), "one in a thousand");
    }
}
