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

    /// <summary>Steps in which the guard turned back close to its surface without reaching it.</summary>
    public long NearMisses;

    /// <summary>The guard where it came closest; meaningful if <see cref="NearMisses"/> is positive.</summary>
    public double ClosestMiss;

    /// <summary>Time of that, in seconds.</summary>
    public double ClosestMissTime;

    /// <summary>Adds the counts of another guard.</summary>
    public void Add(in GuardStatistics other)
    {
        Dismissed += other.Dismissed;
        Escalated += other.Escalated;
        Pieces += other.Pieces;
        Roots += other.Roots;
        Touches += other.Touches;
        FloorHits += other.FloorHits;
        BudgetCuts += other.BudgetCuts;
        NotBounded += other.NotBounded;
        NearMisses += other.NearMisses;
    }

    /// <summary>The counts as a result of a run.</summary>
    public readonly GuardEffort ToEffort(string mode, string name) => new()
    {
        Mode = mode,
        Name = name,
        Dismissed = Dismissed,
        Escalated = Escalated,
        AffineDecisions = AffineDecisions,
        Pieces = Pieces,
        LargestPieces = LargestPieces,
        Extrema = Extrema,
        Roots = Roots,
        Touches = Touches,
        FloorHits = FloorHits,
        BudgetCuts = BudgetCuts,
        NotBounded = NotBounded,
        NotBoundedFrom = NotBounded > 0 ? NotBoundedFrom : double.NaN,
        NotBoundedTo = NotBounded > 0 ? NotBoundedTo : double.NaN,
        NearMisses = NearMisses,
        ClosestMiss = NearMisses > 0 ? ClosestMiss : double.NaN,
        ClosestMissTime = NearMisses > 0 ? ClosestMissTime : double.NaN,
    };

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
        archive.Exchange(ref NearMisses);
        archive.Exchange(ref ClosestMiss);
        archive.Exchange(ref ClosestMissTime);
    }
}
