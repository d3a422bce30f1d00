using HybridControl.Numerics;

namespace HybridControl.Tests.Numerics;

public sealed class KeyedPermutationTests
{
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    [TestCase(7)]
    [TestCase(64)]
    [TestCase(1000)]
    [TestCase(65_537)]
    public void Every_number_has_exactly_one_place(int count)
    {
        var order = new KeyedPermutation(count, seed: 9, stream: 4);
        IEnumerable<long> numbers = Enumerable.Range(0, count).Select(place => order.At(place));
        Assert.That(numbers.Order(), Is.EqualTo(Enumerable.Range(0, count)));
    }

    [Test]
    public void Large_orders_stay_in_range()
    {
        long count = (1L << 40) + 12_345;
        var order = new KeyedPermutation(count, seed: 1, stream: 0);
        long[] numbers = [.. Enumerable.Range(0, 1000).Select(i => order.At(count - 1 - i))];
        Assert.That(numbers, Is.Unique);
        Assert.That(numbers, Is.All.InRange(0L, count - 1));
        Assert.That(numbers.Average(n => (double)n) / count, Is.EqualTo(0.5).Within(0.04));
    }

    [Test]
    public void Pairs_of_places_take_all_pairs_of_numbers_equally_often()
    {
        const int count = 5;
        const int seeds = 20_000;
        int[] hits = new int[count * count];
        for (uint seed = 0; seed < seeds; seed++)
        {
            var order = new KeyedPermutation(count, seed, stream: 7);
            hits[(order.At(0) * count) + order.At(3)]++;
        }

        double expected = seeds / (double)(count * (count - 1));
        double chiSquare = hits.Where((_, pair) => pair / count != pair % count).Sum(hit => (hit - expected) * (hit - expected) / expected);
        Assert.That(chiSquare, Is.LessThan(43.8), "19 degrees of freedom, one in a thousand");
    }
}
