using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Statistics;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Ensembles;

internal sealed class EnsembleResultTests
{
    private static readonly EnsembleRecording Everything = new()
    {
        GridTimes = [0.0, 0.5, 1.0],
        Grid = [new("y", Expr.Time)],
        GridMode = true,
        EventSlots = 3,
    };

    [TestCase(long.MaxValue)]
    [TestCase(0L)]
    public void Grid_has_mean_deviation_and_quantiles_at_each_time(long exactMemory)
    {
        GridSummary y = Run(3000, exactMemory).Grid("y");
        Assert.That(y.Times, Is.EqualTo(new[] { 0.0, 0.5, 1.0 }));
        for (int k = 0; k < 3; k++)
        {
            // y = k + i over trajectories 0 .. 2999; the last time is missing for odd ones.
            long[] there = [.. Enumerable.Range(0, 3000).Where(i => k < 2 || i % 2 == 0).Select(i => (long)i)];
            Assert.That(y.Mean(k), Is.EqualTo(k + there.Average()).Within(1e-9));
            Assert.That(y.Deviation(k), Is.EqualTo(Math.Sqrt(there.Sum(i => Math.Pow(i - there.Average(), 2)) / (there.Length - 1))).Within(1e-9));
            Assert.That(y.Quantile(k, 0.5), Is.EqualTo(k + there.Average()).Within(y.At(k).RankError * 2 + 1e-9));
            Assert.That(y.At(k).Missing, Is.EqualTo(3000 - there.Length));
        }
    }

    [Test]
    public void Mode_occupancy_is_the_fraction_of_the_trajectories_that_are_left()
    {
        ModeOccupancy modes = Run(3000).ModeOccupancy();
        Assert.That(modes.Modes, Is.EqualTo(new[] { "rest", "other" }));
        Assert.That(modes.Fraction(0, "other"), Is.EqualTo(0.0));
        Assert.That(modes.Fraction(1, "other"), Is.EqualTo(0.25));
        Assert.That((modes.Total(2), modes.Count(2, 1)), Is.EqualTo((1500L, 750L)));
        Assert.That(() => modes.Fraction(0, "othr"), Throws.TypeOf<ModelException>().With.Message.Contains("other"));
    }

    [TestCase(long.MaxValue)]
    [TestCase(0L)]
    public void Events_are_told_apart_by_transition_and_occurrence(long exactMemory)
    {
        EnsembleResult result = Run(2000, exactMemory);
        EventSummary go = result.Events("go");
        Assert.That(go.CountPerTrajectory.Mean, Is.EqualTo(1.5));
        Assert.That((go.Times.Count, go.Times.Min, go.Times.Max), Is.EqualTo((3000L, 0.1, 0.3)));
        Assert.That((go.Time(0).Count, go.Time(0).Mean, go.Time(1).Count, go.Time(1).Mean), Is.EqualTo((2000L, 0.1, 1000L, 0.3)));
        Assert.That(go.Time(1).Missing, Is.EqualTo(1000));
        Assert.That(result.Events("back").Times.Quantile(0.5), Is.EqualTo(0.2));
        Assert.That(go.Truncated, Is.EqualTo(1000));
    }

    [TestCase(3, "at least 4 events")]
    [TestCase(-1, "from 0")]
    public void An_occurrence_that_was_not_kept_is_refused_with_the_remedy(int occurrence, string remedy)
    {
        EventSummary go = Run(10).Events("go");
        Assert.That(go.Occurrences, Is.EqualTo(3));
        Assert.That(() => go.Time(occurrence), Throws.TypeOf<ModelException>().With.Message.Contains("events.go").And.Message.Contains(remedy));
    }

    [Test]
    public void Unknown_names_are_answered_with_the_nearest()
    {
        EnsembleResult result = Run(10);
        Assert.That(() => result.Scalar("timme"), Throws.TypeOf<ModelException>().With.Message.Contains("time"));
        Assert.That(() => result.Events("gone"), Throws.TypeOf<ModelException>().With.Message.Contains("'gone'"));
        Assert.That(() => result.Scalar("x", "base"), Throws.TypeOf<ModelException>().With.Message.Contains("alternative"));
        Assert.That(() => result.Covariance(["x", "status"]), Throws.TypeOf<ModelException>().With.Message.Contains("covariances"));
    }

    private static EnsembleResult Run(long size, long exactMemory = long.MaxValue) => EnsembleRun.Run(
        FormulaBackend.Plan(size, Everything), new FormulaBackend(Fill),
        new() { Statistics = new() { ExactMemory = exactMemory } });

    // Odd trajectories end early and have two events, even ones have four of which three fit.
    private static void Fill(EnsembleBlock block)
    {
        FormulaBackend.Set(block, EnsembleLayout.Jumps, i => i % 2 == 0 ? 4 : 2);
        for (int i = 0; i < block.Count; i++)
        {
            long number = block.First + i;
            for (int k = 0; k < 3; k++)
            {
                if (k < 2 || number % 2 == 0)
                {
                    block.Grid[(k * 2 * block.Count) + i] = k + number;
                    block.Grid[(((k * 2) + 1) * block.Count) + i] = k == 0 ? 0 : k == 1 ? (number % 4 == 1 ? 1 : 0) : number % 4 / 2;
                }
            }

            for (int slot = 0; slot < (number % 2 == 0 ? 3 : 2); slot++)
            {
                block.EventTimes[(slot * block.Count) + i] = slot == 0 ? 0.1 : slot == 1 ? 0.2 : 0.3;
                block.EventTransitions[(slot * block.Count) + i] = slot % 2;
            }
        }
    }
}
