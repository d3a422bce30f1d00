using HybridControl.Diagnostics;
using HybridControl.Simulation;

namespace HybridControl.Serialization;

/// <summary>Checkpoints where runs are started and advanced.</summary>
public static class CheckpointExtensions
{
    /// <summary>Writes a checkpoint of a run; a file that exists is replaced, in one go.</summary>
    /// <exception cref="ModelException">The model holds C# delegates, the run has ended, or the file cannot be written.</exception>
    public static void SaveCheckpoint(this SimulationRun run, string path)
    {
        ArgumentNullException.ThrowIfNull(run);
        RunCheckpoint.From(run.Snapshot()).Save(path);
    }

    /// <summary>Goes on with a run from a checkpoint file, to the same bits as if it had not been interrupted.</summary>
    /// <param name="scenario">What was running.</param>
    /// <param name="path">The file.</param>
    /// <param name="options">The options of that run; progress, snapshots and the limit of steps may differ.</param>
    /// <exception cref="ModelException">The file is no checkpoint of this run, with everything that differs; or it cannot be read.</exception>
    public static SimulationRun Resume(this Scenario scenario, string path, SimulationOptions? options = null) =>
        RunCheckpoint.Load(path).Resume(scenario, options);
}
