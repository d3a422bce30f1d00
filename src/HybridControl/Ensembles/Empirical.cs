using System.Collections.Immutable;

namespace HybridControl.Ensembles;

/// <summary>The distribution of a sample that was observed.</summary>
/// <remarks>
/// Interpolated: straight lines join the sorted values, the smallest at p = 0 and the largest at p = 1 (definition 7 of R. J.
/// Hyndman and Y. Fan, Am. Stat. 50 (1996), 361-365). Otherwise a step function: each value is drawn with equal probability, as in
/// a bootstrap.
/// </remarks>
public sealed record Empirical : Distribution
{
    /// <summary>Creates the distribution.</summary>
    /// <param name="values">What was observed, in any order, finite.</param>
    /// <param name="interpolated">Whether values between the observed ones occur.</param>
    public Empirical(ImmutableArray<double> values, bool interpolated = true)
    {
        Values = values.IsDefault ? [] : values.Sort();
        Interpolated = interpolated;
    }

    /// <summary>What was observed, in ascending order.</summary>
    public ImmutableArray<double> Values { get; }

    /// <summary>Whether values between the observed ones occur.</summary>
    public bool Interpolated { get; }

    /// <inheritdoc/>
    public override string? Problem => DistributionChecks.Values(Values);

    /// <inheritdoc/>
    public override double Quantile(double p)
    {
        if (!Interpolated)
        {
            return Values[Math.Min((int)(p * Values.Length), Values.Length - 1)];
        }

        double place = p * (Values.Length - 1);
        int below = Math.Min((int)place, Values.Length - 1);
        int above = Math.Min(below + 1, Values.Length - 1);
        double fraction = place - below;
        return ((1.0 - fraction) * Values[below]) + (fraction * Values[above]);
    }

    /// <inheritdoc/>
    public bool Equals(Empirical? other) =>
        other is not null && Interpolated == other.Interpolated && Values.AsSpan().SequenceEqual(other.Values.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Values.Length, Interpolated);
}
