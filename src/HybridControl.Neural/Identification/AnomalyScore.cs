using System.Collections.Immutable;
using HybridControl.Numerics;

namespace HybridControl.Neural.Identification;

/// <summary>How unlike a system's outputs are to what it foretells.</summary>
/// <param name="Outputs">Number m of outputs.</param>
/// <param name="Scores">
/// For each sample, run after run, the normalised innovation squared over m: 1 on average where nothing has changed; NaN where nothing was measured.
/// </param>
public sealed record AnomalyScore(int Outputs, ImmutableArray<double> Scores)
{
    /// <summary>Mean of the scores.</summary>
    public double Mean => Scores.Where(score => !double.IsNaN(score)).DefaultIfEmpty(double.NaN).Average();

    /// <summary>Mean over each window of samples, at its last sample; shorter windows at the start.</summary>
    /// <param name="samples">Samples of a window, 1 or more.</param>
    public ImmutableArray<double> Windowed(int samples)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(samples);
        var means = ImmutableArray.CreateBuilder<double>(Scores.Length);
        for (int k = 0; k < Scores.Length; k++)
        {
            means.Add(Scores.AsSpan()[Math.Max(0, k - samples + 1)..(k + 1)].ToArray().Where(score => !double.IsNaN(score)).DefaultIfEmpty(double.NaN).Average());
        }

        return means.MoveToImmutable();
    }

    /// <summary>The mean over a window that an unchanged system exceeds with a given probability, if innovations are normal and white.</summary>
    /// <param name="falseAlarm">The probability, between 0 and 1.</param>
    /// <param name="samples">Samples of a window.</param>
    public double Limit(double falseAlarm, int samples = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(samples);
        double degrees = (double)Outputs * samples;
        return ChiSquare.Quantile(degrees, 1.0 - falseAlarm) / degrees;
    }

    /// <summary>The first sample whose window exceeds the limit, or -1.</summary>
    /// <param name="falseAlarm">Probability of an alarm by chance in each window.</param>
    /// <param name="samples">Samples of a window.</param>
    public int FirstAlarm(double falseAlarm = 1e-4, int samples = 20)
    {
        double limit = Limit(falseAlarm, samples);
        ImmutableArray<double> means = Windowed(samples);
        for (int k = samples - 1; k < means.Length; k++)
        {
            if (means[k] > limit)
            {
                return k;
            }
        }

        return -1;
    }
}
