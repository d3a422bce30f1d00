namespace HybridControl.Simulation;

/// <summary>What happens when infinitely many events accumulate at a finite time.</summary>
public enum ZenoPolicy
{
    /// <summary>The run ends as an error that names the guard, the count, the ratio and the predicted time.</summary>
    Throw,

    /// <summary>The run ends in good order with status <see cref="RunStatus.Zeno"/>.</summary>
    Stop,
}
