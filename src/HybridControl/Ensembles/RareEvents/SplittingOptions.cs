using System.Collections.Immutable;

namespace HybridControl.Ensembles.RareEvents;

/// <summary>How importance splitting is done. Immutable.</summary>
public sealed record SplittingOptions
{
    /// <summary>Paths of each stage of each replication; 1000.</summary>
    public int Effort { get; init; } = 1000;

    /// <summary>Independent replications, from whose spread the interval comes; 20.</summary>
    public int Replications { get; init; } = 20;

    /// <summary>Levels below the target, ascending; empty to let a pilot run choose them.</summary>
    public ImmutableArray<double> Levels { get; init; } = [];

    /// <summary>The part of the paths that shall pass from one chosen level to the next; 0.2.</summary>
    public double PassingFraction { get; init; } = 0.2;

    /// <summary>Confidence of the interval; 0.95.</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>For a plan: seconds between looks at the level, besides those at the ticks of the noise; zero for none.</summary>
    public double CheckEvery { get; init; }
}
