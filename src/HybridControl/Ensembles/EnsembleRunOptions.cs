using HybridControl.Ensembles.Statistics;

namespace HybridControl.Ensembles;

/// <summary>How an ensemble is run. Immutable; nothing here changes a result but what is kept of it.</summary>
public sealed record EnsembleRunOptions
{
    /// <summary>Receives progress after each block.</summary>
    public IProgress<EnsembleProgress>? Progress { get; init; }

    /// <summary>Whether the result must have all its blocks; refused before the run if memory does not allow it.</summary>
    public bool KeepBlocks { get; init; }

    /// <summary>What statistics keep.</summary>
    public StatisticsOptions Statistics { get; init; } = new();

    /// <summary>Receives each block in ascending order, before the statistics do; null for nobody.</summary>
    public Action<EnsembleBlock>? Completed { get; init; }
}
