using HybridControl.Automata;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Lanes;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Ensembles.Lanes;

public sealed class CpuEnsembleBackendTests
{
    private const int Size = 1500;

    private static readonly (string Name, Func<long, EnsemblePlan> Plan)[] Cases =
    [
        ("balls", EnsembleCases.Balls),
        ("thermostats", EnsembleCases.Thermostats),
        ("generators", EnsembleCases.Generators),
        ("grids", EnsembleCases.Grids),
        ("valves", EnsembleCases.Valves),
        ("everything", EnsembleCases.Everything),
    ];

    private static readonly LaneWidth[] Widths =
        [.. new[] { LaneWidth.Vector256, LaneWidth.Vector512 }.Where(width => width <= LaneCompiler.Best)];

    private static IEnumerable<TestCaseData> Plans =>
        Cases.Select(entry => new TestCaseData(entry.Plan(Size)).SetArgDisplayNames(entry.Name));

    [TestCaseSource(nameof(Plans))]
    public void A_trajectory_is_the_same_on_every_width_thread_count_split_and_grouping(object plan)
    {
        var ensemble = (EnsemblePlan)plan;
        EnsembleBlock[] alone = Run(ensemble, new CpuEnsembleBackend(1, LaneWidth.Scalar));
        BlockComparison.AssertSame(Run(ensemble, new CpuEnsembleBackend(2, LaneWidth.Scalar)), alone);
        foreach (LaneWidth width in Widths)
        {
            BlockComparison.AssertSame(Run(ensemble, new CpuEnsembleBackend(1, width)), alone);
            BlockComparison.AssertSame(Run(ensemble, new CpuEnsembleBackend(2, width)), alone);
            var policy = new GroupPolicy { Waiting = 0.2, Regroups = false };
            BlockComparison.AssertSame(Run(ensemble, new CpuEnsembleBackend(2, width) { Policy = policy }), alone);
            BlockComparison.AssertSame(RunInParts(ensemble, new CpuEnsembleBackend(1, width)), alone);
        }
    }

    [Test]
    public void Cancelling_keeps_the_finished_blocks()
    {
        EnsemblePlan plan = EnsembleCases.Balls(200_000);
        using var source = new CancellationTokenSource();
        var kept = new List<EnsembleBlock>();
        Assert.That(
            () => new CpuEnsembleBackend(2).Run(plan, 0, PlanSampler.For(plan).BlockCount, block =>
            {
                kept.Add(block);
                if (kept.Count == 3)
                {
                    source.Cancel();
                }
            }, source.Token),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(kept, Has.Count.InRange(3, 60));
        var again = new List<EnsembleBlock>();
        new CpuEnsembleBackend(1).Run(plan, 0, kept.Count, again.Add, CancellationToken.None);
        BlockComparison.AssertSame(kept, again);
    }

    [Test]
    public void A_trajectory_that_fails_carries_its_status_and_spoils_no_other()
    {
        HybridAutomaton model = HybridAutomaton.Build("runaway", h =>
        {
            Expr x = h.State("x", initial: 1.0);
            Expr a = h.Parameter("a", 0.0);
            Expr b = h.Parameter("b", 0.0);
            ModeBuilder run = h.Mode("run").Flow(x, (a * x * x) + (1e-12 * Expr.Log(2.5 - b))).Invariant(x <= 1e6);
            ModeBuilder ping = h.Mode("ping").Flow(x, 0.0);
            h.Transition(run, ping).Guard(x <= 0.5 & b > 0.5).Reset(x, 0.4);
            h.Transition(ping, run).Guard(x <= 0.6);
        });
        var plan = new EnsemblePlan
        {
            Model = model,
            Size = 1,
            Until = 2.0,
            Design = SamplingDesign.Grid,
            Variations =
                [new("a", new GridPoints([-1.0, 0.0, 1.0])), new("b", new GridPoints([.. Enumerable.Range(0, 400).Select(i => i % 4 * 1.0)]))],
        };
        TrajectoryStatus[] expected = [.. Run(plan, new SimulatorEnsembleBackend(2)).SelectMany(StatusesOf)];
        foreach (LaneWidth width in Widths)
        {
            Assert.That(Run(plan, new CpuEnsembleBackend(2, width)).SelectMany(StatusesOf), Is.EqualTo(expected));
        }

        Assert.That(
            expected.Distinct(),
            Is.EquivalentTo(new[]
            {
                TrajectoryStatus.Completed, TrajectoryStatus.Livelock, TrajectoryStatus.InvariantViolated, TrajectoryStatus.NotFinite,
            }));
    }

    [Test]
    public void Lanes_that_this_processor_does_not_have_are_refused()
    {
        Assert.That(
            new CpuEnsembleBackend(1, LaneWidth.Vector512).Check(EnsembleCases.Balls(10)).Select(finding => finding.Where),
            LaneCompiler.Best == LaneWidth.Vector512 ? Is.Empty : Is.EqualTo(new[] { "lanes" }));
        Assert.That(new CpuEnsembleBackend(3, LaneWidth.Scalar).Name, Is.EqualTo("CPU, scalar, 3 threads"));
    }

    private static IEnumerable<TrajectoryStatus> StatusesOf(EnsembleBlock block) =>
        block.Scalar(EnsembleLayout.Status).ToArray().Select(status => (TrajectoryStatus)status);

    private static EnsembleBlock[] Run(EnsemblePlan plan, IEnsembleBackend backend)
    {
        var blocks = new List<EnsembleBlock>();
        Assert.That(backend.Check(plan), Is.Empty);
        backend.Run(plan, 0, PlanSampler.For(plan).BlockCount, blocks.Add, CancellationToken.None);
        return [.. blocks];
    }

    private static EnsembleBlock[] RunInParts(EnsemblePlan plan, CpuEnsembleBackend backend)
    {
        var blocks = new List<EnsembleBlock>();
        for (long first = PlanSampler.For(plan).BlockCount - 1; first >= 0; first--)
        {
            backend.Run(plan, first, 1, blocks.Add, CancellationToken.None);
        }

        return [.. blocks.OrderBy(block => block.Number)];
    }
}
