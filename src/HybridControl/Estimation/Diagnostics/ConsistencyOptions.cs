using System.Collections.Immutable;
using HybridControl.Diagnostics;

namespace HybridControl.Estimation.Diagnostics;

/// <summary>How a filter is judged.</summary>
public sealed record ConsistencyOptions
{
    /// <summary>Fewer runs say too little about how runs scatter.</summary>
    internal const int LeastRuns = 5;

    /// <summary>Names of the measured components, in order; empty for z0, z1, ...</summary>
    public ImmutableArray<string> Measurements { get; init; } = [];

    /// <summary>Names of the states, in order; empty for x0, x1, ...</summary>
    public ImmutableArray<string> States { get; init; } = [];

    /// <summary>
    /// Probability of the bands, and the probability that a right filter gives no cause for complaint at all: the tests of a report
    /// share the rest between them (Bonferroni). Between 0 and 1.
    /// </summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>Lags of the autocorrelation of innovations.</summary>
    public int Lags { get; init; } = 20;

    /// <summary>Steps of a run for which there is room at once.</summary>
    public int Steps { get; init; } = 1024;

    /// <summary>What a component may be off that a covariance takes for known exactly, in its unit.</summary>
    public double ExactTolerance { get; init; } = 1e-9;

    /// <summary>When a run counts as diverged.</summary>
    public DivergenceOptions Divergence { get; init; } = new();

    /// <exception cref="ModelException">An option is out of range.</exception>
    internal void Check()
    {
        CheckConfidence(Confidence);
        if (Lags < 0 || Steps < 0 || !(ExactTolerance >= 0.0))
        {
            throw new ModelException(
                "consistency options",
                FormattableString.Invariant($"{Lags} lags, room for {Steps} steps, a tolerance of {ExactTolerance}"),
                "Give numbers that are not negative.");
        }
    }

    /// <exception cref="ModelException">It is no probability.</exception>
    internal static void CheckConfidence(double confidence)
    {
        if (!(confidence > 0.0) || !(confidence < 1.0))
        {
            throw new ModelException(
                "confidence", FormattableString.Invariant($"{confidence} is not between 0 and 1"), "Give a probability such as 0.95.");
        }
    }
}
