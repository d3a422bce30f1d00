namespace HybridControl.Simulation;

/// <summary>The whole state of a <see cref="SimulationRun"/> at one moment: opaque, immutable, in memory.</summary>
public sealed class RunSnapshot
{
    internal RunSnapshot(RunEngine engine) => Engine = engine;

    /// <summary>Time of the snapshot, in seconds.</summary>
    public double Time => Engine.Time;

    internal RunEngine Engine { get; }
}
