namespace HybridControl.Simulation;

/// <summary>What a diagnosis of a run is about.</summary>
public enum DiagnosisKind
{
    /// <summary>A guard turned back close to its surface.</summary>
    NearMiss,

    /// <summary>A guard touched its surface without crossing it.</summary>
    Grazing,

    /// <summary>A guard could not be bounded, so that events on those pieces may be missed.</summary>
    NotBounded,

    /// <summary>Pieces at the resolution of time were decided by samples.</summary>
    Undecided,

    /// <summary>The budget of pieces was spent on a guard.</summary>
    BudgetSpent,

    /// <summary>Sensitivities that hold for small changes only, on one side only, or end.</summary>
    Sensitivity,

    /// <summary>More than a third of the steps needed a closer look for a guard.</summary>
    CostlyGuard,

    /// <summary>Rejected steps gather at a time: the flow looks discontinuous there.</summary>
    Discontinuity,

    /// <summary>A stretch of very small steps.</summary>
    SmallSteps,

    /// <summary>Stability, not accuracy, limits the steps.</summary>
    Stiffness,

    /// <summary>Events accumulate at a time.</summary>
    Accumulation,

    /// <summary>Events follow each other too fast to mean anything.</summary>
    Chattering,
}
