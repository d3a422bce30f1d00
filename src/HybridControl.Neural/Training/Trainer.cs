using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Neural.Layers;

namespace HybridControl.Neural.Training;

/// <summary>Full-batch gradient descent that keeps the best parameters and says why it stopped.</summary>
/// <remarks>
/// Samples are cut into fixed shards, each with a tape and a gradient of its own; sums run in the order of the shards, so that
/// the result is a function of the task and the settings and not of the number of threads. A training that was stopped and goes on from its
/// checkpoint ends with the same bits as one that was not.
/// </remarks>
public sealed record Trainer
{
    /// <summary>Number of steps.</summary>
    public int Iterations { get; init; } = 350;

    /// <summary>Length of the steps.</summary>
    public IRateSchedule Rate { get; init; } = new CosineSchedule(1e-2, 1e-4);

    /// <summary>Rule of the steps.</summary>
    public AdamW Optimizer { get; init; } = new();

    /// <summary>Parameters that are stepped in a way of their own; the first group that fits a name counts.</summary>
    public ImmutableArray<ParameterGroup> Groups { get; init; } = [];

    /// <summary>Largest Euclidean length of a gradient; a longer one is scaled down.</summary>
    public double ClipNorm { get; init; } = 1.0;

    /// <summary>Iterations without a lower loss (on data kept apart, where there is such) after which to stop; the default never stops.</summary>
    public int Patience { get; init; } = int.MaxValue;

    /// <summary>Samples of a shard. Part of the result, to the last bit: the order of sums depends on it.</summary>
    public int ShardSize { get; init; } = 12;

    /// <summary>Threads at most; -1 for as many as there are processors.</summary>
    public int Threads { get; init; } = -1;

    /// <summary>Called after each evaluation with the iteration and the loss.</summary>
    public Action<int, double>? Progress { get; init; }

    /// <summary>Where to write a <see cref="TrainingCheckpoint"/>, when stopped and every <see cref="CheckpointEvery"/> iterations; null for nowhere.</summary>
    public string? CheckpointPath { get; init; }

    /// <summary>Iterations between two checkpoints; 0 for only when stopped.</summary>
    public int CheckpointEvery { get; init; }

    /// <summary>Where to go on; null for a new start.</summary>
    public TrainingCheckpoint? ResumeFrom { get; init; }

    /// <summary>Lowers the loss of a task.</summary>
    /// <param name="task">The loss.</param>
    /// <param name="parameters">Where to start; on return, the best parameters met.</param>
    /// <param name="cancellation">Stops between iterations; the best parameters are kept.</param>
    /// <exception cref="ModelException">
    /// A setting is out of range, a group fits no parameter, the checkpoint is of another network, or there are no samples; with every finding.
    /// Or a checkpoint cannot be written.
    /// </exception>
    public TrainingResult Run(ITrainingTask task, ParameterSet parameters, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(parameters);
        Check(task, parameters);
        var run = new TrainingRun(this, task, parameters);
        return run.Execute(cancellation);
    }

    private void Check(ITrainingTask task, ParameterSet parameters)
    {
        var findings = new FindingList();
        AtLeastOne("samples", task.Samples, findings);
        AtLeastOne("iterations", Iterations, findings);
        AtLeastOne("patience", Patience, findings);
        AtLeastOne("shardSize", ShardSize, findings);
        if (!(ClipNorm > 0.0))
        {
            findings.Error("training.clipNorm", FormattableString.Invariant($"{ClipNorm} is not positive"), "Give a positive length.");
        }

        if (Threads is 0 or < -1)
        {
            findings.Error("training.threads", $"{Threads} threads", "Give 1 or more, or -1 for as many as there are processors.");
        }

        if (CheckpointEvery < 0 || (CheckpointEvery > 0 && CheckpointPath is null))
        {
            findings.Error("training.checkpoint", $"a checkpoint every {CheckpointEvery} iterations, to '{CheckpointPath}'", "Give 0 or more, and a path.");
        }

        CheckGroups(parameters, findings);
        ResumeFrom?.Check(parameters, Iterations, findings);
        if (findings.Count > 0)
        {
            throw new ModelException(findings.ToImmutable());
        }
    }

    private void CheckGroups(ParameterSet parameters, FindingList findings)
    {
        foreach (ParameterGroup group in Groups)
        {
            string where = $"training.groups, '{group.Pattern}'";
            if (!(group.RateFactor >= 0.0 && double.IsFinite(group.RateFactor)) || !(group.WeightDecay is null or >= 0.0))
            {
                findings.Error(
                    where, FormattableString.Invariant($"the rate factor is {group.RateFactor} and the decay {group.WeightDecay}"), "Give numbers from 0.");
            }
        }

        if (Groups.Length > 0 && parameters.Parameters.Count > 0 && !Groups.Any(group => parameters.Parameters.Any(parameter => group.Fits(parameter.Name))))
        {
            findings.Error(
                "training.groups",
                $"no parameter fits any of {string.Join(", ", Groups.Select(group => $"'{group.Pattern}'"))}",
                $"Names of parameters: {string.Join(", ", parameters.Parameters.Select(parameter => parameter.Name))}.");
        }
    }

    private static void AtLeastOne(string what, int count, FindingList findings)
    {
        if (count < 1)
        {
            findings.Error($"training.{what}", $"{count} is less than one", "Give 1 or more.");
        }
    }
}
