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

    /// <summary>Jumps executed.</summary>
    public long Jumps { get; init; }
}
