using HybridControl.Diagnostics;
using HybridControl.Ensembles;

namespace HybridControl.Tests.Ensembles;

internal sealed class EnsembleRunTests
{
    private static readonly int X = EnsembleLayout.Steps + 1;

    [Test]
    public void Progress_goes_from_block_to_block_up_to_the_total()
    {
        var seen = new List<EnsembleProgress>();
        EnsembleResult result = EnsembleRun.Run(
            FormulaBackend.Plan(2500), new FormulaBackend(Fill), new() { Progress = new Listener<EnsembleProgress>(seen.Add) });
        Assert.That(seen.Select(progress => progress.Done), Is.EqualTo(new[] { 1024L, 2048L, 2500L }));
        Assert.That(seen.Select(progress => progress.Total), Is.All.EqualTo(2500));
        Assert.That(seen.Select(progress => progress.Rate), Is.All.GreaterThan(0.0));
        Assert.That(seen[^1].Remaining, Is.EqualTo(TimeSpan.Zero));
        Assert.That(result.IsComplete, Is.True);
    }

    [Test]
    public void Cancelled_run_gives_the_finished_blocks_and_says_so()
    {
        using var stop = new CancellationTokenSource();
        EnsembleResult result = EnsembleRun.Run(
            FormulaBackend.Plan(100_000), new FormulaBackend(Fill),
            new() { Completed = block => Cancel(block.Number == 2, stop), KeepBlocks = true }, stop.Token);
        Assert.That(result.IsComplete, Is.False);
        Assert.That((result.Count, result.Blocks.Length, result.Scalar("x").Max), Is.EqualTo((3072L, 3, 3071.0)));
    }

    [Test]
    public void Blocks_are_kept_only_if_asked_for()
    {
        EnsemblePlan plan = FormulaBackend.Plan(5000);
        Assert.That(EnsembleRun.Run(plan, new FormulaBackend(Fill)).Blocks, Is.Empty);
        EnsembleResult kept = EnsembleRun.Run(
            plan, new FormulaBackend(Fill), new() { KeepBlocks = true, Statistics = new() { ExactMemory = 0 } });
        Assert.That(kept.Blocks.Select(block => block.First), Is.EqualTo(new[] { 0L, 1024L, 2048L, 3072L, 4096L }));
        Assert.That(kept.IsExact, Is.True);
    }

    [Test]
    public void Blocks_that_do_not_fit_into_memory_are_refused_before_the_run()
    {
        var backend = new FormulaBackend(Fill);
        Assert.That(
            () => EnsembleRun.Run(FormulaBackend.Plan(1L << 40), backend, new() { KeepBlocks = true }),
            Throws.TypeOf<ModelException>().With.Message.Contains("TiB").And.Message.Contains("statistics only"));
        Assert.That(backend.Blocks, Is.Zero);
    }

    [Test]
    public void Plan_that_is_not_valid_is_refused_before_the_run()
    {
        var backend = new FormulaBackend(Fill);
        Assert.That(
            () => EnsembleRun.Run(FormulaBackend.Plan(10) with { Until = -1.0, MaxSteps = 0 }, backend),
            Throws.TypeOf<ModelException>().With.Property(nameof(ModelException.Findings)).Length.EqualTo(2));
        Assert.That(backend.Blocks, Is.Zero);
    }

    [Test]
    public void Findings_of_the_back_end_are_thrown_before_the_run()
    {
        var backend = new FormulaBackend(Fill, [new("flow", "no", "Yes."), new("guard", "neither", "Both.")]);
        Assert.That(
            () => EnsembleRun.Run(FormulaBackend.Plan(10), backend),
            Throws.TypeOf<ModelException>().With.Property(nameof(ModelException.Findings)).Length.EqualTo(2));
        Assert.That(backend.Blocks, Is.Zero);
    }

    private static void Fill(EnsembleBlock block) => FormulaBackend.Set(block, X, i => i);

    private static void Cancel(bool now, CancellationTokenSource stop)
    {
        if (now)
        {
            stop.Cancel();
        }
    }

    private sealed class Listener<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
