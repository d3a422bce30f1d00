using System.Collections.Immutable;
using System.Numerics;
using HybridControl.Diagnostics;

namespace HybridControl.Neural.Sequences.Mixers;

/// <summary>Complex arrays that files keep with a last axis of real and imaginary part.</summary>
internal static class ComplexPairs
{
    /// <summary>The numbers of pairs.</summary>
    public static ImmutableArray<Complex> Read(ReadOnlySpan<double> pairs)
    {
        var numbers = ImmutableArray.CreateBuilder<Complex>(pairs.Length / 2);
        for (int i = 0; i + 1 < pairs.Length; i += 2)
        {
            numbers.Add(new(pairs[i], pairs[i + 1]));
        }

        return numbers.MoveToImmutable();
    }

    /// <summary>Complains about an array of another length, or with a number that is not finite.</summary>
    public static void Check(FindingList findings, string where, ImmutableArray<Complex> values, int length)
    {
        CheckLength(findings, where, values.IsDefault ? 0 : values.Length, length);
        CheckFinite(findings, where, values.IsDefault || values.All(Complex.IsFinite));
    }

    /// <inheritdoc cref="Check(FindingList, string, ImmutableArray{Complex}, int)"/>
    public static void Check(FindingList findings, string where, ImmutableArray<double> values, int length)
    {
        CheckLength(findings, where, values.IsDefault ? 0 : values.Length, length);
        CheckFinite(findings, where, values.IsDefault || values.All(double.IsFinite));
    }

    private static void CheckLength(FindingList findings, string where, int found, int expected)
    {
        if (found != expected)
        {
            findings.Error(where, FormattableString.Invariant($"{found} numbers where {expected} are expected"), "Give one for each entry, row after row.");
        }
    }

    private static void CheckFinite(FindingList findings, string where, bool isFinite)
    {
        if (!isFinite)
        {
            findings.Error(where, "a number is NaN or infinite", "Give finite numbers.");
        }
    }
}
