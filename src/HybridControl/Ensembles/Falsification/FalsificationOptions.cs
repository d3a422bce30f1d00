namespace HybridControl.Ensembles.Falsification;

/// <summary>How a falsification is carried out. Immutable.</summary>
public sealed record FalsificationOptions
{
    /// <summary>The method.</summary>
    public FalsificationMethod Method { get; init; } = FalsificationMethod.CmaEs;

    /// <summary>Seed of every random number.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The most runs.</summary>
    public int Budget { get; init; } = 1000;

    /// <summary>Whether the search ends at the first violation.</summary>
    public bool StopsAtViolation { get; init; } = true;

    /// <summary>Runs carried out at a time; 0 for one for each processor. No result depends on it.</summary>
    public int Threads { get; init; }

    /// <summary>Receives progress after each round of runs.</summary>
    public IProgress<FalsificationProgress>? Progress { get; init; }
}
