namespace HybridControl.Simulation;

/// <summary>Receives snapshots of a run between its steps: for checkpoints of long runs.</summary>
/// <remarks>
/// A snapshot never cuts a step, so a run with a sink is bit-identical to one without, whatever the sink answers and when. Both
/// methods are called on the thread of the run; what they throw ends the run.
/// </remarks>
public interface ISnapshotSink
{
    /// <summary>Whether a snapshot is wanted now; asked before every step, so it should answer within nanoseconds.</summary>
    /// <param name="progress">How far the run has come.</param>
    bool Wants(in SimulationProgress progress);

    /// <summary>Takes a snapshot: one that was wanted, or the last before a run is cancelled.</summary>
    void Take(RunSnapshot snapshot);
}
