using System.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Statistics;

namespace HybridControl.Cli.Ensembles;

/// <summary>Runs ensembles for the command line: tables, statistics, progress, report.</summary>
internal sealed class EnsembleSession(Terminal terminal, CancellationToken cancellation)
{
    /// <summary>Runs a plan in this process, straight into tables and statistics.</summary>
    /// <returns>The exit code.</returns>
    public int Run(EnsembleRequest request)
    {
        EnsemblePlan plan = request.Plan;
        var layout = EnsembleLayout.Of(plan);
        OutputOptions.Check(request.Files, layout, PlanSampler.For(plan).TrajectoryCount);
        using var choice = BackendChoice.Choose(request.On, plan, request.Threads);
        using var outputs = new EnsembleOutputs(request.Files.Table, layout, request.Files.Grid, request.Files.Events);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        EnsemblePicture? picture = request.Files.Plot is null ? null : EnsemblePicture.Read(request.Files, layout);
        bool hopeless = false;
        var clock = Stopwatch.StartNew();
        EnsembleResult result;
        using (var progress = new EnsembleProgressLine(terminal, !request.Files.Quiet))
        {
            result = EnsembleRun.Run(plan, choice.Backend, new() { Progress = progress, Completed = Take, KeepBlocks = picture is { NeedsBlocks: true } }, stop.Token);
        }

        double seconds = clock.Elapsed.TotalSeconds;
        outputs.Complete();
        Say(request.Files, $"{plan.Model.Name} on {choice.Backend.Name} ({choice.Why}).");
        return Conclude(result, plan, choice.Backend.Name, request.Files, outputs, (seconds, result.Count), hopeless);

        void Take(EnsembleBlock block)
        {
            outputs.Add(block);
            if (block.Number == 0 && !request.KeepGoing && AllFailed(block))
            {
                hopeless = true;
                stop.Cancel();
            }
        }
    }

    /// <summary>Statistics and tables of blocks that are there already.</summary>
    /// <returns>The exit code.</returns>
    public int Merge(IEnumerable<EnsembleBlock> blocks, EnsemblePlan plan, string backend, bool isComplete, OutputFiles files, (double Seconds, long Count)? cost)
    {
        var layout = EnsembleLayout.Of(plan);
        using var outputs = new EnsembleOutputs(files.Table, layout, files.Grid, files.Events);
        bool keepsBlocks = files.Plot is not null && EnsemblePicture.Read(files, layout).NeedsBlocks;
        var accumulator = new EnsembleAccumulator(layout, EnsembleRun.StatisticsFor(plan, new() { KeepBlocks = keepsBlocks }));
        foreach (EnsembleBlock block in blocks)
        {
            outputs.Add(block);
            accumulator.Add(block);
        }

        outputs.Complete();
        return Conclude(accumulator.ToResult(isComplete, showBlocks: keepsBlocks), plan, backend, files, outputs, cost, hopeless: false);
    }

    /// <summary>Prints a line unless errors only are asked for.</summary>
    public void Say(OutputFiles files, string line)
    {
        if (!files.Quiet)
        {
            terminal.Output.WriteLine(line);
        }
    }

    /// <summary>Whether every trajectory of a block failed.</summary>
    public static bool AllFailed(EnsembleBlock block)
    {
        foreach (double status in block.Scalar(EnsembleLayout.Status))
        {
            if (ColumnMap.IsGood(status))
            {
                return false;
            }
        }

        return true;
    }

    private int Conclude(
        EnsembleResult result, EnsemblePlan plan, string backend, OutputFiles files, EnsembleOutputs outputs, (double Seconds, long Count)? cost, bool hopeless)
    {
        if (!files.Quiet && result.Count > 0)
        {
            EnsembleReport.Write(result, terminal);
        }

        if (cost is { Seconds: > 0 } spent)
        {
            Say(files, FormattableString.Invariant(
                $"Cost: {spent.Seconds:0.000} s, {EnsembleProgressLine.Rate(spent.Count / spent.Seconds)}, start included."));
        }

        foreach ((string title, string path) in outputs.Files)
        {
            Say(files, $"{title}: {path}");
        }

        foreach (string path in files.Summaries)
        {
            EnsembleSummaryFile.Save(path, result, plan, backend);
            Say(files, $"Summary: {path}");
        }

        if (files.Plot is { } plot && result.Count > 0)
        {
            var picture = EnsemblePicture.Read(files, result.Layout);
            picture.Save(result, plan.Model, plot);
            Say(files, $"Plot: {plot}{picture.Shown(result.Layout)}");
        }

        return Code(result, plan, hopeless);
    }

    private int Code(EnsembleResult result, EnsemblePlan plan, bool hopeless)
    {
        if (hopeless)
        {
            terminal.WriteError(plan.Model.Name, FormattableString.Invariant($"every one of the first {result.Count} trajectories failed, so the run was stopped"),
                "Run one of them with hybrid simulate to see why, or add --keep-going.");
            return ExitCode.RunFailed;
        }

        if (cancellation.IsCancellationRequested && !result.IsComplete)
        {
            terminal.WriteError(plan.Model.Name, FormattableString.Invariant($"stopped after {result.Count} trajectories"), "They are kept.");
            return ExitCode.Cancelled;
        }

        if (result.Count > 0 && result.Failed == result.Count)
        {
            terminal.WriteError(plan.Model.Name, "every trajectory failed", "Run one of them with hybrid simulate to see why.");
            return ExitCode.RunFailed;
        }

        return ExitCode.Ok;
    }
}
