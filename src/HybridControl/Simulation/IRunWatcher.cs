namespace HybridControl.Simulation;

/// <summary>Looks at a run between its steps, without a trace in it, and may end it.</summary>
internal interface IRunWatcher
{
    /// <summary>Why the run should end now; null to go on.</summary>
    string? ReasonToStop(RunEngine engine);
}
