namespace HybridControl.Ensembles.Statistics;

/// <summary>Random streams beyond those of a plan, in the sense of <see cref="SampleStreams"/>.</summary>
internal static class StatisticsStreams
{
    /// <summary>Which samples a bootstrap draws.</summary>
    public const uint Bootstrap = 3_000_000;

    /// <summary>Paths of elementary effects.</summary>
    public const uint Morris = 3_000_001;

    /// <summary>Which entrance states a stage of splitting starts from.</summary>
    public const uint Splitting = 3_000_002;

    /// <summary>Points that a falsification tries.</summary>
    public const uint Falsification = 3_000_003;
}
