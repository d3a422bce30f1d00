using System.Numerics;

namespace HybridControl.Neural.Tests.TestKit;

/// <summary>Asserts that arrays agree entry by entry: |a - b| at most a tolerance times 1 + |b|.</summary>
internal static class Nearness
{
    public static void Check(ReadOnlySpan<double> found, ReadOnlySpan<double> expected, double tolerance, string what = "")
    {
        Assert.That(found.Length, Is.EqualTo(expected.Length), what);
        for (int i = 0; i < found.Length; i++)
        {
            double allowed = tolerance * (1.0 + Math.Abs(expected[i]));
            if (!(Math.Abs(found[i] - expected[i]) <= allowed))
            {
                Assert.Fail(FormattableString.Invariant($"{what} entry {i}: {found[i]:R} where {expected[i]:R} is expected, allowed {allowed:R}"));
            }
        }
    }

    public static void Check(ReadOnlySpan<Complex> found, ReadOnlySpan<double> expectedPairs, double tolerance, string what = "")
    {
        var pairs = new double[2 * found.Length];
        for (int i = 0; i < found.Length; i++)
        {
            (pairs[2 * i], pairs[(2 * i) + 1]) = (found[i].Real, found[i].Imaginary);
        }

        Check(pairs, expectedPairs, tolerance, what);
    }
}
