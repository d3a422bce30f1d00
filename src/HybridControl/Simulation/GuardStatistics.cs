using HybridControl.Numerics;

namespace HybridControl.Simulation;

/// <summary>What the search of one guard cost, and where it could not prove.</summary>
internal struct GuardStatistics
{
    /// <summary>Steps on which one enclosure proved that nothing happens.</summary>
    public long Dismissed;

    /// <summary>Steps that needed more; above a third of all, the guard wants rewriting.</summary>
    public long Escalated;

    /// <summary>Searches decided by the composed polynomial without pieces.</summary>
    public long AffineDecisions;

    /// <summary>Pieces looked at.</summary>
    public long Pieces;

    /// <summary>The most pieces in one search.</summary>
    public int LargestPieces;

    /// <summary>Extrema of bent pieces located or bounded.</summary>
    public long Extrema;

    /// <summary>Brackets refined.</summary>
    public long Roots;

    /// <summary>Visits to the surface without a crossing.</summary>
    public long Touches;

    /// <summary>Pieces of the width of the time resolution, decided by samples.</summary>
    public long FloorHits;

    /// <summary>Steps cut because the budget was spent.</summary>
    public long BudgetCuts;

    /// <summary>Pieces whose enclosure is infinite at the time resolution, and searches without bounds.</summary>
    public long NotBounded;

    /// <summary>First time of a piece that was not bounded; meaningful if <see cref="NotBounded"/> is positive.</summary>
    public double NotBoundedFrom;

    /// <summary>Last time of a piece that was not bounded.</summary>
    public double NotBoundedTo;

    /// <summary>Exchanges the counts with an archive.</summary>
    public void Exchange(StateArchive archive)
    {
        archive.Exchange(ref Dismissed);
        archive.Exchange(ref Escalated);
        archive.Exchange(ref AffineDecisions);
        archive.Exchange(ref Pieces);
        archive.Exchange(ref LargestPieces);
        archive.Exchange(ref Extrema);
        archive.Exchange(ref Roots);
        archive.Exchange(ref Touches);
        archive.Exchange(ref FloorHits);
        archive.Exchange(ref BudgetCuts);
        archive.Exchange(ref NotBounded);
        archive.Exchange(ref NotBoundedFrom);
        archive.Exchange(ref NotBoundedTo);
    }
}
