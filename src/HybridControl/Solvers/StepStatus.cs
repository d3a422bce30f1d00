namespace HybridControl.Solvers;

/// <summary>How an attempt to step ended.</summary>
public enum StepStatus
{
    /// <summary>A step was accepted.</summary>
    Accepted,

    /// <summary>The step size fell below the resolution of time.</summary>
    TooSmall,

    /// <summary>The right-hand side stayed NaN or infinite down to the smallest step.</summary>
    NotFinite,

    /// <summary>The matrix of an implicit method stayed singular down to the smallest step.</summary>
    Singular,

    /// <summary>Newton's iteration of an implicit method did not converge down to the smallest step.</summary>
    NoConvergence,
}
