namespace HybridControl.Neural.Explanation;

/// <summary>How much a part of a stack says about itself.</summary>
public enum Explainability
{
    /// <summary>A linear time-invariant system in time: poles, responses, norms and reductions are exact.</summary>
    Linear,

    /// <summary>A linear system that its input schedules: exact at an operating point, bounded over a sequence.</summary>
    Scheduled,

    /// <summary>Attention: maps of what looked at what.</summary>
    Attention,

    /// <summary>A function of each token by itself: no dynamics.</summary>
    Memoryless,

    /// <summary>It remembers, but has no explanation here.</summary>
    None,
}
