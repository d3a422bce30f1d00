namespace HybridControl.Simulation;

/// <summary>What a trajectory keeps of a run.</summary>
public enum Recording
{
    /// <summary>Every step with its interpolant, jumps and log.</summary>
    Everything,

    /// <summary>Jumps and log only; values are kept at the ends of segments.</summary>
    Events,
}
