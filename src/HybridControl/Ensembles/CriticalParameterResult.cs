using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Ensembles.Statistics;

namespace HybridControl.Ensembles;

/// <summary>Where a requirement stops being met. Immutable.</summary>
public sealed record CriticalParameterResult
{
    /// <summary>Name of the parameter.</summary>
    public required string Parameter { get; init; }

    /// <summary>The critical value, in the unit of the parameter.</summary>
    public required double Estimate { get; init; }

    /// <summary>
    /// Without randomness, the last bracket, of confidence 1; else an interval of the confidence asked for. An end is
    /// infinite where it is not inside the given bracket.
    /// </summary>
    public required ConfidenceInterval Interval { get; init; }

    /// <summary>Whether the requirement is met below the critical value; else above it.</summary>
    public required bool IsMetBelow { get; init; }

    /// <summary>Trajectories that were run.</summary>
    public required long Trajectories { get; init; }

    /// <summary>The critical values of the single samples, as far as they lie in the bracket.</summary>
    public required SampleSummary Values { get; init; }

    /// <summary>Samples of which no critical value is known, because a trajectory failed or the verdicts at the ends are the wrong way round.</summary>
    public long Unknown { get; init; }

    /// <summary>How often the requirement was met at the estimate with other random numbers; null if that was not measured.</summary>
    public Proportion? Check { get; init; }

    /// <summary>What makes the result doubtful; empty if nothing does.</summary>
    public ImmutableArray<Finding> Findings { get; init; } = [];
}
