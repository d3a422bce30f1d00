using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Requirements;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Ensembles;

internal sealed class SequentialRunTests
{
    private static readonly int X = EnsembleLayout.Steps + 1;

    [Test]
    public void Run_ends_at_the_first_block_whose_interval_is_narrow_enough()
    {
        var backend = new FormulaBackend(block => FormulaBackend.Set(block, X, i => Scatter.Normal(i)));
        SequentialResult found = SequentialRun.Run(FormulaBackend.Plan(1_000_000), backend, SequentialTarget.Mean("x", 0.02));
        Assert.That(found.IsReached && found.Result.IsComplete, Is.True);
        Assert.That(found.Interval.HalfWidth, Is.LessThanOrEqualTo(0.02));

        // Deviation 1 needs (1.96 / 0.02)^2 = 9604 trajectories, so the tenth block or one next to it.
        Assert.That(found.Result.Count % 1024, Is.Zero);
        Assert.That(found.Result.Count / 1024, Is.InRange(9, 11));
        EnsembleResult shorter = EnsembleRun.Run(FormulaBackend.Plan(found.Result.Count - 1024), backend);
        Assert.That(shorter.Scalar("x").MeanBand().HalfWidth, Is.GreaterThan(0.02));
    }

    [Test]
    public void Probability_is_reached_by_the_exact_interval_and_covers_about_as_often_as_it_says()
    {
        EnsemblePlan plan = FormulaBackend.Plan(200_000) with { Requirements = [new("met", Expr.Time >= 0.0, RequirementKind.AtEnd)] };
        int covers = 0;
        for (int r = 0; r < 200; r++)
        {
            long start = r * 1_000_000L;
            SequentialResult found = SequentialRun.Run(
                plan, new FormulaBackend(block => FormulaBackend.Set(block, X + 1, i => Scatter.Uniform(start + i) < 0.3 ? 1.0 : 0.0)),
                SequentialTarget.Probability("met", 0.015));
            Assert.That(found.Interval.HalfWidth, Is.LessThanOrEqualTo(0.015));
            covers += found.Interval.Contains(0.3) ? 1 : 0;
        }

        Assert.That(covers, Is.InRange(182, 199));
    }

    [Test]
    public void Plan_that_is_too_small_says_that_the_target_is_not_reached()
    {
        SequentialResult found = SequentialRun.Run(
            FormulaBackend.Plan(2000), new FormulaBackend(block => FormulaBackend.Set(block, X, i => Scatter.Normal(i))),
            SequentialTarget.Mean("x", 1e-3));
        Assert.That((found.IsReached, found.Result.Count, found.Result.IsComplete), Is.EqualTo((false, 2000L, true)));
    }

    [Test]
    public void Designs_without_independent_draws_and_impossible_targets_are_refused()
    {
        var backend = new FormulaBackend(_ => { });
        Assert.That(
            () => SequentialRun.Run(FormulaBackend.Plan(10) with { Design = SamplingDesign.Sobol }, backend, SequentialTarget.Mean("x", 1.0)),
            Throws.TypeOf<ModelException>().With.Message.Contains("random design"));
        Assert.That(
            () => SequentialRun.Run(FormulaBackend.Plan(10), backend, SequentialTarget.Mean("y", 1.0)), Throws.TypeOf<ModelException>());
        Assert.That(
            () => SequentialRun.Run(FormulaBackend.Plan(10), backend, SequentialTarget.Mean("x", 0.0)), Throws.TypeOf<ModelException>());
        Assert.That(backend.Blocks, Is.Zero);
    }
}
