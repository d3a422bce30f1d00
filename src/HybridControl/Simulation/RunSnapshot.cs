using HybridControl.Numerics;

namespace HybridControl.Simulation;

/// <summary>The whole state of a run at one moment: opaque, immutable, in memory.</summary>
/// <remarks>Costs a copy of the record so far. For a file see <c>RunCheckpoint</c> in HybridControl.Serialization.</remarks>
public sealed class RunSnapshot
{
    private readonly StateArchive _archive;

    internal RunSnapshot(RunEngine engine, Scenario scenario, SimulationOptions options, bool shares)
    {
        Scenario = scenario;
        Options = options;
        Time = engine.Time;
        JumpIndex = engine.JumpIndex;
        Mode = engine.ModeName;
        Status = engine.Status;
        _archive = StateArchive.Writer(shares);
        engine.Exchange(_archive);
        IsWhole = !shares;
    }

    /// <summary>Time of the snapshot, in seconds.</summary>
    public double Time { get; }

    /// <summary>Jump index j.</summary>
    public int JumpIndex { get; }

    /// <summary>Name of the active mode.</summary>
    public string Mode { get; }

    /// <summary>How the run stands; <see cref="RunStatus.Completed"/> while it can go on.</summary>
    public RunStatus Status { get; }

    internal Scenario Scenario { get; }

    internal SimulationOptions Options { get; }

    /// <summary>Whether <see cref="Bytes"/> say everything; if not, objects of the process belong to them.</summary>
    internal bool IsWhole { get; }

    internal ReadOnlySpan<byte> Bytes => _archive.Bytes;

    /// <summary>Brings an engine of the same scenario and options to this state.</summary>
    internal void CopyTo(RunEngine engine) => engine.Exchange(_archive.ToReader());

    /// <summary>The same state in bytes that say everything.</summary>
    internal RunSnapshot ToWhole()
    {
        if (IsWhole)
        {
            return this;
        }

        RunEngine engine = Scenario.CreateEngine(Options);
        CopyTo(engine);
        return new(engine, Scenario, Options, shares: false);
    }
}
