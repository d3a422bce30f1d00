using HybridControl.Ensembles;
using HybridControl.Ensembles.Lanes;
using HybridControl.Ensembles.Machine;

namespace HybridControl.Tests.Ensembles.Lanes;

public sealed class GroupExecutorTests
{
    private static readonly TrajectoryMachine Hop = HopMachine.Build();

    private static readonly GroupPolicy[] Policies =
    [
        new(), new() { Regroups = false }, new() { Waiting = 1.0 }, new() { Waiting = 0.1 },
    ];

    [Test]
    public void Groups_of_any_width_and_policy_give_the_trajectories_that_run_alone(
        [Values(8, 16)] int lanes, [ValueSource(nameof(Policies))] object policy)
    {
        EnsemblePlan plan = HopMachine.PlanOf(3000);
        EnsembleBlock[] alone = Run(plan, 1, new GroupPolicy());
        EnsembleBlock[] grouped = Run(plan, lanes, (GroupPolicy)policy);
        BlockComparison.AssertSame(grouped, alone);
        Assert.That(alone.Sum(block => block.Scalar(EnsembleLayout.Jumps).ToArray().Sum()), Is.GreaterThan(3000));
        Assert.That(alone[0].EventTransitions.Where(double.IsFinite).Distinct().Count(), Is.GreaterThan(500), "kicks are random");
    }

    [TestCase(5)]
    [TestCase(17)]
    public void An_ensemble_that_does_not_fill_its_lanes_runs_under_the_same_mask(int size)
    {
        EnsemblePlan plan = HopMachine.PlanOf(size);
        BlockComparison.AssertSame(Run(plan, 16, new GroupPolicy()), Run(plan, 1, new GroupPolicy()));
    }

    [Test]
    public void Counting_leaves_the_results_alone_and_sees_every_pass()
    {
        EnsemblePlan plan = HopMachine.PlanOf(2000);
        var alone = new LaneStatistics(16, Hop.Programs.Length);
        EnsembleBlock[] counted = Run(plan, 16, new GroupPolicy { Waiting = 0.5 }, alone);
        BlockComparison.AssertSame(counted, Run(plan, 1, new GroupPolicy()));
        double steps = counted.Sum(block => block.Scalar(EnsembleLayout.Steps).ToArray().Sum());
        double bounces = counted.Sum(block => block.Scalar(EnsembleLayout.Jumps).ToArray().Sum());
        Assert.That(alone.Active[1] + alone.Active[2], Is.EqualTo(steps));
        Assert.That(alone.Active[3], Is.EqualTo(bounces));
        Assert.That(alone.Occupancy(Loops), Is.InRange(0.5, 1.0));
        Assert.That(alone.Moves, Is.Positive);
    }

    [Test]
    public void Regrouping_fills_the_lanes_of_divided_modes_better()
    {
        EnsemblePlan plan = HopMachine.PlanOf(4000);
        var mixed = new LaneStatistics(16, Hop.Programs.Length);
        var grouped = new LaneStatistics(16, Hop.Programs.Length);
        Run(plan, 16, new GroupPolicy { Waiting = 0.5, Regroups = false }, mixed);
        Run(plan, 16, new GroupPolicy { Waiting = 0.5 }, grouped);
        Assert.That(grouped.Occupancy(Loops), Is.GreaterThan(1.2 * mixed.Occupancy(Loops)));
    }

    [Test]
    public void Running_allocates_nothing_for_a_trajectory()
    {
        long few = Allocated(1024);
        long many = Allocated(8 * 1024);
        long block = new EnsembleBlockCost(HopMachine.PlanOf(1024)).Bytes;
        Assert.That(many - few, Is.LessThan(7 * (block + 4096)));
    }

    [Test]
    public void A_cancelled_executor_stops()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        EnsemblePlan plan = HopMachine.PlanOf(100_000);
        using var executor = new GroupExecutor(MachineOf(16), new GroupPolicy());
        var feed = new ListFeed(plan);
        Assert.That(() => executor.Run(feed, source.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(feed.Blocks, Has.Count.LessThan(97));
    }

    private static double Loops(int program) => Hop.Programs[program].Repeats ? 1.0 : 0.0;

    private static LaneMachine MachineOf(int lanes) => new(Hop, lanes, program => InterpretedLanes.Compile(Hop, program, lanes));

    private static EnsembleBlock[] Run(EnsemblePlan plan, int lanes, GroupPolicy policy, LaneStatistics? statistics = null)
    {
        var feed = new ListFeed(plan);
        LaneMachine machine = MachineOf(lanes);
        using ILaneExecutor executor = lanes == 1 ? new ScalarExecutor(machine) : new GroupExecutor(machine, policy, statistics);
        executor.Run(feed, CancellationToken.None);
        return [.. feed.Blocks.OrderBy(block => block.Number)];
    }

    // Programs that do nothing end a trajectory at once, so that only the traffic around them is counted.
    private static long Allocated(int size)
    {
        EnsemblePlan plan = HopMachine.PlanOf(size);
        LaneMachine machine = EndAtOnce();
        RunOnce();
        long before = GC.GetAllocatedBytesForCurrentThread();
        RunOnce();
        return GC.GetAllocatedBytesForCurrentThread() - before;

        void RunOnce()
        {
            using var executor = new GroupExecutor(machine, new GroupPolicy());
            executor.Run(new ListFeed(plan), CancellationToken.None);
        }
    }

    private static unsafe LaneMachine EndAtOnce() => new(Hop, 16, static _ => static (registers, mask, _) =>
    {
        for (int lane = 0; lane < 16; lane++)
        {
            registers[lane] = mask[lane] != 0 ? -1.0 : registers[lane];
        }

        return 0;
    });

    private sealed record EnsembleBlockCost(EnsemblePlan Plan)
    {
        public long Bytes => sizeof(double) * EnsembleBlock.Capacity * EnsembleLayout.Of(Plan).Width;
    }

    private sealed class ListFeed(EnsemblePlan plan) : ITrajectoryFeed
    {
        private readonly PlanSampler _sampler = PlanSampler.For(plan);
        private readonly EnsembleLayout _layout = EnsembleLayout.Of(plan);
        private OpenBlock? _current;
        private long _next;

        public List<EnsembleBlock> Blocks { get; } = [];

        public bool TryNext(bool wait, out OpenBlock block, out int index)
        {
            while (_current is null || !_current.TryStart(out index))
            {
                if (_next >= _sampler.BlockCount)
                {
                    (block, index) = (null!, -1);
                    return false;
                }

                var begun = new EnsembleBlock(_layout, _next * EnsembleBlock.Capacity, _sampler.CountOf(_next));
                _sampler.Fill(begun);
                _next++;
                _current = new OpenBlock(begun, 0, 1);
            }

            block = _current;
            return true;
        }

        public double Noise(int noise, long trajectory, long draw) => _sampler.Noise(noise, trajectory, draw);

        public void Finished(OpenBlock block) => Blocks.Add(block.Block);
    }
}
