using System.Collections.Immutable;
using HybridControl.Diagnostics;

namespace HybridControl.Estimation;

/// <summary>What a <see cref="MovingHorizonEstimator"/> knows of where states and noise can be.</summary>
/// <remarks>Lists are empty where nothing is known; infinities stand for single bounds that are not there. Immutable.</remarks>
public sealed record HorizonBounds
{
    /// <summary>Least values of the n states.</summary>
    public ImmutableArray<double> StateLower { get; init; } = [];

    /// <summary>Largest values of the n states.</summary>
    public ImmutableArray<double> StateUpper { get; init; } = [];

    /// <summary>Least values of the q sources of noise, in standard deviations.</summary>
    public ImmutableArray<double> NoiseLower { get; init; } = [];

    /// <summary>Largest values of the q sources of noise, in standard deviations.</summary>
    public ImmutableArray<double> NoiseUpper { get; init; } = [];

    /// <summary>Refuses wrong counts and bounds that exclude each other.</summary>
    internal void Check(int states, int sources)
    {
        var findings = new FindingList();
        CheckPair(findings, "bounds.state", StateLower, StateUpper, states);
        CheckPair(findings, "bounds.noise", NoiseLower, NoiseUpper, sources);
        if (findings.Count > 0)
        {
            throw new ModelException(findings.ToImmutable());
        }
    }

    private static void CheckPair(FindingList findings, string where, ImmutableArray<double> lower, ImmutableArray<double> upper, int count)
    {
        if ((lower.Length != 0 && lower.Length != count) || (upper.Length != 0 && upper.Length != count))
        {
            findings.Error(where, $"{lower.Length} lower and {upper.Length} upper bounds for {count}", "Give one for each, or none.");
            return;
        }

        for (int i = 0; i < count; i++)
        {
            (double low, double high) = (At(lower, i, double.NegativeInfinity), At(upper, i, double.PositiveInfinity));
            if (!(low <= high))
            {
                findings.Error(
                    FormattableString.Invariant($"{where}[{i}]"), FormattableString.Invariant($"at least {low} and at most {high}"), "Give bounds that leave room.");
            }
        }
    }

    /// <summary>How far states and noise are out of bounds, all of it added up.</summary>
    /// <param name="states">States of n numbers each.</param>
    /// <param name="noise">Noise of q numbers each.</param>
    /// <param name="n">The number of states.</param>
    /// <param name="q">The number of sources of noise.</param>
    internal double Violation(ReadOnlySpan<double> states, ReadOnlySpan<double> noise, int n, int q) =>
        Excess(states, n, StateLower, StateUpper) + Excess(noise, q, NoiseLower, NoiseUpper);

    /// <summary>A bound, or the infinity that stands for none.</summary>
    internal static double At(ImmutableArray<double> bounds, int index, double none) => bounds.Length == 0 ? none : bounds[index];

    private static double Excess(ReadOnlySpan<double> values, int size, ImmutableArray<double> lower, ImmutableArray<double> upper)
    {
        double sum = 0.0;
        for (int i = 0; i < values.Length; i++)
        {
            double low = At(lower, i % size, double.NegativeInfinity);
            double high = At(upper, i % size, double.PositiveInfinity);
            sum += Math.Max(0.0, Math.Max(low - values[i], values[i] - high));
        }

        return sum;
    }
}
