using System.Collections.Immutable;
using System.Diagnostics;
using HybridControl.Diagnostics;
using HybridControl.Ensembles.Statistics;

namespace HybridControl.Ensembles;

/// <summary>Runs a plan on a back-end and collects the statistics.</summary>
/// <remarks>The result is a function of the plan and the back-end's numbers alone: threads and chunks do not reach it.</remarks>
public static class EnsembleRun
{
    /// <summary>Runs a whole plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="on">What runs it.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellation">Ends the run early; the result then has the finished blocks and is not <see cref="EnsembleResult.IsComplete"/>.</param>
    /// <exception cref="ModelException">The plan is not valid, the back-end cannot run it, or blocks to keep do not fit; every finding at once.</exception>
    public static EnsembleResult Run(
        EnsemblePlan plan, IEnsembleBackend on, EnsembleRunOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(on);
        options ??= new EnsembleRunOptions();
        EnsembleLayout layout = Prepare(plan, on);
        long total = TrajectoryCount(plan);
        var accumulator = new EnsembleAccumulator(layout, StatisticsFor(plan, options));
        bool isComplete = Execute(plan, on, 0, EnsembleBlock.CountOf(total), total, accumulator, options, () => true, cancellation);
        return Finish(accumulator, options, isComplete);
    }

    /// <summary>Throws all findings about the plan; then, about a valid one, those of the back-end.</summary>
    internal static EnsembleLayout Prepare(EnsemblePlan plan, IEnsembleBackend on)
    {
        PlanValidator.ThrowIfInvalid(plan);
        Finding[] findings = [.. on.Check(plan).Where(finding => finding.Severity == Severity.Error)];
        return findings.Length > 0 ? throw new ModelException(findings) : EnsembleLayout.Of(plan);
    }

    /// <summary>Trajectories of a plan, those of all alternatives together.</summary>
    internal static long TrajectoryCount(EnsemblePlan plan) => PlanSampler.For(plan).TrajectoryCount;

    /// <summary>The statistics options with room for all blocks if they are to be kept.</summary>
    internal static StatisticsOptions StatisticsFor(EnsemblePlan plan, EnsembleRunOptions options)
    {
        if (!options.KeepBlocks)
        {
            return options.Statistics;
        }

        ImmutableArray<Finding> findings = PlanValidator.CheckMemory(plan, 0.8 * GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        if (findings.Length > 0)
        {
            throw new ModelException(findings);
        }

        return options.Statistics with { ExactMemory = Math.Max(options.Statistics.ExactMemory, (long)PlanValidator.BytesOf(plan)) };
    }

    /// <summary>Runs some blocks into an accumulator.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="on">What runs it.</param>
    /// <param name="firstBlock">Number of the first block.</param>
    /// <param name="blockCount">The number of blocks.</param>
    /// <param name="total">Trajectories of the plan, for the progress.</param>
    /// <param name="accumulator">Takes the blocks.</param>
    /// <param name="options">Who is told.</param>
    /// <param name="goesOn">Asked after each block; once it says no, blocks that still arrive are dropped.</param>
    /// <param name="cancellation">Ends the run early.</param>
    /// <returns>Whether all were run; false if cancelled.</returns>
    internal static bool Execute(
        EnsemblePlan plan, IEnsembleBackend on, long firstBlock, long blockCount, long total, EnsembleAccumulator accumulator,
        EnsembleRunOptions options, Func<bool> goesOn, CancellationToken cancellation)
    {
        long before = accumulator.Count;
        long start = Stopwatch.GetTimestamp();
        long blocks = 0;
        bool isOn = true;
        try
        {
            on.Run(plan, firstBlock, blockCount, Take, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return blocks == blockCount;
        }

        return blocks == blockCount;

        void Take(EnsembleBlock block)
        {
            if (!isOn)
            {
                return;
            }

            options.Completed?.Invoke(block);
            accumulator.Add(block);
            blocks++;
            if (options.Progress is { } progress)
            {
                double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
                double rate = (accumulator.Count - before) / Math.Max(seconds, 1e-9);
                progress.Report(new(accumulator.Count, total, rate, TimeSpan.FromSeconds(Math.Min((total - accumulator.Count) / rate, 1e9))));
            }

            isOn = goesOn();
        }
    }

    /// <summary>The result, with its blocks only if they were asked for.</summary>
    internal static EnsembleResult Finish(EnsembleAccumulator accumulator, EnsembleRunOptions options, bool isComplete) =>
        accumulator.ToResult(isComplete, options.KeepBlocks);
}
