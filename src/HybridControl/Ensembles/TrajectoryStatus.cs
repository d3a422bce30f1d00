namespace HybridControl.Ensembles;

/// <summary>How one trajectory of an ensemble ended. The numbers are what is stored in results and files.</summary>
public enum TrajectoryStatus
{
    /// <summary>The end time was reached.</summary>
    Completed = 0,

    /// <summary>A stop rule of the plan held.</summary>
    Stopped = 1,

    /// <summary>Events accumulate at a finite time.</summary>
    Zeno = 2,

    /// <summary>An invariant was left and no transition was enabled.</summary>
    InvariantViolated = 3,

    /// <summary>The limit of jumps at one instant was reached.</summary>
    Livelock = 4,

    /// <summary>The step size fell below the resolution of time.</summary>
    StepTooSmall = 5,

    /// <summary>A flow, guard or reset gave NaN or infinity.</summary>
    NotFinite = 6,

    /// <summary>The limit on the number of steps was reached.</summary>
    StepLimit = 7,

    /// <summary>Flows that point at their common surface hand over to each other without end.</summary>
    Chattering = 8,

    /// <summary>The matrix of an implicit method was singular.</summary>
    SingularSystem = 9,

    /// <summary>The iteration of an implicit method did not converge.</summary>
    NoConvergence = 10,

    /// <summary>No values of the algebraic variables satisfied the algebraic equations.</summary>
    InconsistentState = 11,
}
