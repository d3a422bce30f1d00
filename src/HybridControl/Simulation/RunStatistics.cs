using System.Collections.Immutable;

namespace HybridControl.Simulation;

/// <summary>What a run cost and how often the event search had to work.</summary>
public sealed record RunStatistics
{
    /// <summary>Accepted steps.</summary>
    public long Steps { get; init; }

    /// <summary>Rejected steps.</summary>
    public long Rejections { get; init; }

    /// <summary>Evaluations of the right-hand side.</summary>
    public long RightHandSides { get; init; }

    /// <summary>Jacobians computed; none by explicit methods.</summary>
    public long Jacobians { get; init; }

    /// <summary>Matrices factored; none by explicit methods.</summary>
    public long Factorizations { get; init; }

    /// <summary>Evaluations of guards on doubles.</summary>
    public long GuardEvaluations { get; init; }

    /// <summary>Guards on steps that one enclosure dismissed.</summary>
    public long Dismissed { get; init; }

    /// <summary>Guards on steps that needed more than one enclosure.</summary>
    public long Escalated { get; init; }

    /// <summary>Pieces of steps that were examined.</summary>
    public long Pieces { get; init; }

    /// <summary>Roots that were refined.</summary>
    public long Roots { get; init; }

    /// <summary>Touches without a crossing.</summary>
    public long Touches { get; init; }

    /// <summary>Undecided pieces at the resolution of time, decided by their ends and middle.</summary>
    public long FloorHits { get; init; }

    /// <summary>Pieces on which a guard could not be bounded.</summary>
    public long NotBounded { get; init; }

    /// <summary>Steps cut because the budget of pieces was spent.</summary>
    public long BudgetCuts { get; init; }

    /// <summary>Steps in which a guard turned back close to its surface without reaching it: see <see cref="GuardEffort.NearMisses"/>.</summary>
    public long NearMisses { get; init; }

    /// <summary>Jumps executed.</summary>
    public long Jumps { get; init; }

    /// <summary>The guards that were searched, in the order of the modes.</summary>
    public ImmutableArray<GuardEffort> Guards { get; init; } = [];

    /// <summary>Where rejected steps gathered, up to sixteen of them and the last.</summary>
    public ImmutableArray<RejectionCluster> Rejected { get; init; } = [];

    private (long, long, long, long, long, long, long, long, long, long, long, long, long, long, long, long) Counts => (
        Steps, Rejections, RightHandSides, Jacobians, Factorizations, GuardEvaluations, Dismissed, Escalated, Pieces, Roots, Touches, FloorHits, NotBounded,
        BudgetCuts, NearMisses, Jumps);

    /// <summary>Whether two runs cost the same and met with the same.</summary>
    public bool Equals(RunStatistics? other) => other is not null && Counts.Equals(other.Counts) &&
        Guards.AsSpan().SequenceEqual(other.Guards.AsSpan()) && Rejected.AsSpan().SequenceEqual(other.Rejected.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => Counts.GetHashCode();
}
