namespace HybridControl.Simulation;

/// <summary>How a run ended.</summary>
public enum RunStatus
{
    /// <summary>The end time was reached.</summary>
    Completed,

    /// <summary>The run was cancelled; what was computed is kept.</summary>
    Cancelled,

    /// <summary>Infinitely many events accumulate at a finite time.</summary>
    Zeno,

    /// <summary>Flows that point at their common surface hand over to each other without end.</summary>
    Chattering,

    /// <summary>An invariant was left and no transition was enabled.</summary>
    InvariantViolated,

    /// <summary>The same state recurred at one instant, or the limit of jumps per instant was reached.</summary>
    Livelock,

    /// <summary>The step size fell below the resolution of time.</summary>
    StepTooSmall,

    /// <summary>A flow, guard or reset gave NaN or infinity, and smaller steps did not help.</summary>
    NotFinite,

    /// <summary>The limit on the number of steps was reached.</summary>
    StepLimit,

    /// <summary>A sampled block could not go on and said why.</summary>
    BlockRefused,

    /// <summary>A variable was given a value that it cannot have, such as a fraction for an integer.</summary>
    ValueRefused,

    /// <summary>The matrix of an implicit method was singular, and smaller steps did not help.</summary>
    SingularSystem,

    /// <summary>Newton's iteration of an implicit method did not converge, and smaller steps did not help.</summary>
    NoConvergence,

    /// <summary>No values of the algebraic variables satisfy the algebraic equations near those that were there.</summary>
    InconsistentState,
}
