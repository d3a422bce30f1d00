using HybridControl.Numerics;

namespace HybridControl.Ensembles.Statistics;

/// <summary>How often a requirement was met.</summary>
/// <remarks>
/// A failed trajectory is neither a success nor a failure of the requirement: it is <see cref="Unknown"/> and no trial.
/// If there are such, <see cref="WorstCase"/> says what they could change. Immutable.
/// </remarks>
/// <param name="Successes">Trajectories that met it.</param>
/// <param name="Trials">Trajectories of which it is known whether they met it.</param>
/// <param name="Unknown">Trajectories of which it is not known, because they failed.</param>
public sealed record Proportion(long Successes, long Trials, long Unknown = 0)
{
    /// <summary>The fraction that met it; NaN without trials.</summary>
    public double Estimate => (double)Successes / Trials;

    /// <summary>Wilson's score interval: covers with about the stated probability on average over all true values.</summary>
    /// <remarks>E. B. Wilson, J. Amer. Statist. Assoc. 22 (1927), 209-212. Without trials it is [0, 1].</remarks>
    /// <param name="confidence">Between 0 and 1.</param>
    public ConfidenceInterval Wilson(double confidence = 0.95)
    {
        double z = Normal01.TwoSided(confidence);
        if (Trials == 0)
        {
            return new(0.0, 1.0, confidence);
        }

        double n = Trials;
        double p = Estimate;
        double z2 = z * z;
        double center = (p + (z2 / (2.0 * n))) / (1.0 + (z2 / n));
        double half = z / (1.0 + (z2 / n)) * Math.Sqrt((p * (1.0 - p) / n) + (z2 / (4.0 * n * n)));
        return new(
            Successes == 0 ? 0.0 : Math.Max(0.0, center - half),
            Successes == Trials ? 1.0 : Math.Min(1.0, center + half),
            confidence);
    }

    /// <summary>Clopper and Pearson's interval: covers with at least the stated probability, whatever the true value.</summary>
    /// <remarks>C. J. Clopper and E. S. Pearson, Biometrika 26 (1934), 404-413. Without trials it is [0, 1].</remarks>
    /// <param name="confidence">Between 0 and 1.</param>
    public ConfidenceInterval ClopperPearson(double confidence = 0.95)
    {
        Normal01.RequireConfidence(confidence);
        double tail = 0.5 * (1.0 - confidence);
        long failures = Trials - Successes;
        double lower = Successes == 0 ? 0.0 : IncompleteBeta.Inverse(Successes, failures + 1.0, tail);

        // The same number seen from either side: an end close to 0 or to 1 keeps its digits.
        double upper =
            failures == 0 ? 1.0 :
            Successes < failures ? IncompleteBeta.Inverse(Successes + 1.0, failures, 1.0 - tail) :
            1.0 - IncompleteBeta.Inverse(failures, Successes + 1.0, tail);
        return new(lower, upper, confidence);
    }

    /// <summary>The interval that holds whatever the unknown trajectories would have done: all failing below, all meeting above.</summary>
    /// <param name="confidence">Between 0 and 1.</param>
    public ConfidenceInterval WorstCase(double confidence = 0.95) => new(
        new Proportion(Successes, Trials + Unknown).ClopperPearson(confidence).Lower,
        new Proportion(Successes + Unknown, Trials + Unknown).ClopperPearson(confidence).Upper,
        confidence);
}
