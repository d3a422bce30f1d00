using System.Numerics;

namespace HybridControl.Neural.Tests.TestKit;

/// <summary>Asserts that arrays agree entry by entry: |a - b| at most a tolerance times 1 + |b|.</summary>
internal static class Nearness
{
    public static void Check(ReadOnlySpan<double> found, ReadOnlySpan<double> expected, double tolerance, string what = "") =>
        Assert.That(GoldenCase.Misfit(found, expected, tolerance), Is.LessThanOrEqualTo(1.0), what);

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
