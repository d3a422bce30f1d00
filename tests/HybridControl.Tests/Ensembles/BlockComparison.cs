using System.Runtime.InteropServices;
using HybridControl.Ensembles;

namespace HybridControl.Tests.Ensembles;

/// <summary>Compares blocks bit for bit.</summary>
internal static class BlockComparison
{
    public static void AssertSame(IReadOnlyList<EnsembleBlock> actual, IReadOnlyList<EnsembleBlock> expected)
    {
        Assert.That(actual, Has.Count.EqualTo(expected.Count));
        for (int b = 0; b < expected.Count; b++)
        {
            Assert.That(actual[b].First, Is.EqualTo(expected[b].First));
            Assert.That(actual[b].Count, Is.EqualTo(expected[b].Count));
            AssertSame(actual[b].Samples, expected[b].Samples, $"samples of block {b}");
            AssertSame(actual[b].Scalars, expected[b].Scalars, $"scalars of block {b}");
            AssertSame(actual[b].Grid, expected[b].Grid, $"grid of block {b}");
            AssertSame(actual[b].EventTimes, expected[b].EventTimes, $"event times of block {b}");
            AssertSame(actual[b].EventTransitions, expected[b].EventTransitions, $"transitions of block {b}");
        }
    }

    private static void AssertSame(double[] actual, double[] expected, string what)
    {
        int length = MemoryMarshal.Cast<double, long>(expected).CommonPrefixLength(MemoryMarshal.Cast<double, long>(actual.AsSpan()));
        Assert.That(actual, Has.Length.EqualTo(expected.Length), what);
        Assert.That(
            length, Is.EqualTo(expected.Length),
            () => $"{what}: entry {length} is {actual[length]:R}, not {expected[length]:R}");
    }
}
