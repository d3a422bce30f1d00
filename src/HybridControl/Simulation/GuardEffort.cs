namespace HybridControl.Simulation;

/// <summary>What the search for the events of one guard in one mode took, and what it met with.</summary>
public sealed record GuardEffort
{
    /// <summary>Name of the mode.</summary>
    public required string Mode { get; init; }

    /// <summary>Name of the guard: of its transition, invariant or choice.</summary>
    public required string Name { get; init; }

    /// <summary>Steps on which one enclosure proved that nothing happens.</summary>
    public long Dismissed { get; init; }

    /// <summary>Steps that needed more.</summary>
    public long Escalated { get; init; }

    /// <summary>Of those, steps that the polynomial of an affine guard decided as a whole: they cost next to nothing.</summary>
    public long AffineDecisions { get; init; }

    /// <summary>Pieces of steps that were examined.</summary>
    public long Pieces { get; init; }

    /// <summary>The most pieces in one step.</summary>
    public int LargestPieces { get; init; }

    /// <summary>Extrema that were located or bounded.</summary>
    public long Extrema { get; init; }

    /// <summary>Roots that were refined.</summary>
    public long Roots { get; init; }

    /// <summary>Touches without a crossing.</summary>
    public long Touches { get; init; }

    /// <summary>Pieces at the resolution of time that samples decided.</summary>
    public long FloorHits { get; init; }

    /// <summary>Steps that were cut because the budget of pieces was spent.</summary>
    public long BudgetCuts { get; init; }

    /// <summary>Pieces on which the guard could not be bounded.</summary>
    public long NotBounded { get; init; }

    /// <summary>First time of such a piece, in seconds; NaN if there is none.</summary>
    public double NotBoundedFrom { get; init; }

    /// <summary>Last time of such a piece, in seconds; NaN if there is none.</summary>
    public double NotBoundedTo { get; init; }

    /// <summary>Steps in which the guard turned back within a hundredth of what it travelled in the step, without reaching its surface.</summary>
    public long NearMisses { get; init; }

    /// <summary>The guard where it came closest; NaN if it never did.</summary>
    public double ClosestMiss { get; init; }

    /// <summary>Time of that, in seconds; NaN if there is none.</summary>
    public double ClosestMissTime { get; init; }
}
