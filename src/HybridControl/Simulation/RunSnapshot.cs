using HybridControl.Numerics;

namespace HybridControl.Simulation;

/// <summary>The whole state of a run at one moment: opaque, immutable, in memory.</summary>
public sealed class RunSnapshot
{
    private readonly StateArchive _archive;

    internal RunSnapshot(RunEngine engine, Scenario scenario, SimulationOptions options)
    {
        Scenario = scenario;
        Options = options;
        Time = engine.Time;
        _archive = StateArchive.Writer(shares: true);
        engine.Exchange(_archive);
    }

    /// <summary>Time of the snapshot, in seconds.</summary>
    public double Time { get; }

    internal Scenario Scenario { get; }

    internal SimulationOptions Options { get; }

    /// <summary>Brings an engine of the same scenario and options to this state.</summary>
    internal void CopyTo(RunEngine engine) => engine.Exchange(_archive.ToReader());
}
