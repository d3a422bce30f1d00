namespace HybridControl.Simulation;

/// <summary>What happens when an invariant is left and no transition is enabled.</summary>
public enum InvariantPolicy
{
    /// <summary>The run ends as an error that names mode, time, value and the closest guard.</summary>
    Throw,

    /// <summary>The run ends in good order with status <see cref="RunStatus.InvariantViolated"/>.</summary>
    Stop,

    /// <summary>A warning is logged and the run goes on.</summary>
    Warn,
}
