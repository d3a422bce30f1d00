using HybridControl.Numerics;

namespace HybridControl.Tests.Numerics;

public sealed class Philox4x32Tests
{
    // Known answers of the authors' Random123 library: counter, key, words.
    [TestCase(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [TestCase(~0u, ~0u, ~0u, ~0u, ~0u, ~0u, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [TestCase(
        0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u,
        0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Words_are_the_published_ones(
        uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint r0, uint r1, uint r2, uint r3)
    {
        Philox4x32.Words(c0, c1, c2, c3, k0, k1, out uint w0, out uint w1, out uint w2, out uint w3);
        Assert.That(new[] { w0, w1, w2, w3 }, Is.EqualTo(new[] { r0, r1, r2, r3 }));
    }

    [Test]
    public void A_uniform_number_is_never_zero_or_one()
    {
        Assert.That(Philox4x32.ToUniform(0), Is.EqualTo(0.5 / (1L << 53)));
        Assert.That(Philox4x32.ToUniform(ulong.MaxValue), Is.LessThan(1.0));
        Assert.That(Philox4x32.ToUniform(1UL << 63), Is.EqualTo(0.5).Within(1e-15));
    }

    [Test]
    public void Every_part_of_an_address_counts()
    {
        long far = Philox4x32.Limit - 1;
        ulong[] bits =
        [
            Philox4x32.Bits(1, 0, 0, 0), Philox4x32.Bits(1UL << 40, 0, 0, 0), Philox4x32.Bits(1, 1, 0, 0),
            Philox4x32.Bits(1, 0, 1, 0), Philox4x32.Bits(1, 0, 0, 1), Philox4x32.Bits(1, 1L << 32, 0, 0),
            Philox4x32.Bits(1, 0, 0, 1L << 32), Philox4x32.Bits(1, far, 0, 0), Philox4x32.Bits(1, 0, 0, far),
            Philox4x32.Bits(1, far, 0, far),
        ];
        Assert.That(bits, Is.Unique);
    }

    [Test]
    public void Uniform_numbers_fill_the_interval_evenly()
    {
        double[] sorted = [.. Enumerable.Range(0, 20_000).Select(i => Philox4x32.Uniform(42, i, 3, 5)).Order()];
        double distance = sorted.Select((u, i) => Math.Max(u - ((double)i / sorted.Length), ((i + 1.0) / sorted.Length) - u)).Max();
        Assert.That(distance, Is.LessThan(1.95 / Math.Sqrt(sorted.Length)), "Kolmogorov and Smirnov's bound at one in a thousand");
    }
}
