using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Ensembles.Statistics;

namespace HybridControl.Ensembles.RareEvents;

/// <summary>The probability of a rare event. Immutable.</summary>
public sealed record RareEventEstimate
{
    /// <summary>The mean over the replications: an unbiased estimate.</summary>
    public required double Probability { get; init; }

    /// <summary>The deviation of that mean.</summary>
    public required double StandardError { get; init; }

    /// <summary>Student's interval over the replications, cut at zero; [0, 1] if no path reached the target.</summary>
    public required ConfidenceInterval Interval { get; init; }

    /// <summary>The levels, ascending; the last is the target.</summary>
    public required ImmutableArray<double> Levels { get; init; }

    /// <summary>The part of the paths that passed from each level to the next, over all replications.</summary>
    public required ImmutableArray<double> PassingFractions { get; init; }

    /// <summary>Paths that were started, those of the pilot run included.</summary>
    public required long Paths { get; init; }

    /// <summary>What makes the estimate doubtful; empty if nothing does.</summary>
    public ImmutableArray<Finding> Findings { get; init; } = [];

    /// <summary>How many paths plain Monte Carlo needs for the same standard error.</summary>
    public double EquivalentPaths => Probability * (1.0 - Probability) / (StandardError * StandardError);
}
