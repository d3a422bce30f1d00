using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Machine;
using HybridControl.Ensembles.Statistics;
using HybridControl.Gpu.Devices;
using HybridControl.Gpu.Ensembles;
using HybridControl.Gpu.Kernels;

namespace HybridControl.Gpu.Tests.Ensembles;

/// <summary>The back-end on the emulated device, with a machine written by hand.</summary>
public sealed class GpuEnsembleBackendTests
{
    private const int Slots = 6;

    private static readonly GpuDevice Device = GpuDevice.Emulated();

    [OneTimeTearDown]
    public void Close() => Device.Dispose();

    [Test]
    public void Blocks_come_in_order_with_the_numbers_of_the_interpreter()
    {
        EnsemblePlan plan = Plan(2500);
        EnsembleBlock[] blocks = Run(plan, new(Device, KernelPrecision.Double, Compile, NoFindings));
        Assert.That(blocks.Select(block => block.First), Is.EqualTo(new[] { 0, 1024, 2048 }));
        Assert.That(blocks.Sum(block => block.Count), Is.EqualTo(2500));
        TrajectoryMachine machine = Compile(plan, 0);
        var sampler = PlanSampler.For(plan);
        foreach (EnsembleBlock block in blocks)
        {
            for (int i = 0; i < block.Count; i += 101)
            {
                var plain = new PlainMachine(
                    machine, [block.Sample(0)[i], block.Sample(1)[i]], (noise, draw) => sampler.Noise(noise, block.First + i, draw));
                double[] scalars = [.. Enumerable.Range(0, machine.Results.Length).Select(column => block.Scalar(column)[i])];
                Assert.That(scalars, Is.EqualTo(machine.Results.Select(register => plain.Registers[register])));
                Assert.That(Enumerable.Range(0, Slots).Select(slot => block.EventTimes[(slot * block.Count) + i]), Is.EqualTo(plain.Arrays[0]));
            }
        }
    }

    [Test]
    public void Neither_chunks_nor_budgets_nor_ranges_change_a_result()
    {
        EnsemblePlan plan = Plan(3000);
        double[] whole = Numbers(Run(plan, new(Device, KernelPrecision.Double, Compile, NoFindings)));
        var small = new GpuEnsembleBackend(Device, KernelPrecision.Double, Compile, NoFindings) { ChunkLimit = 1024, Budget = 37 };
        Assert.That(Numbers(Run(plan, small)), Is.EqualTo(whole));
        Assert.That(Numbers([.. Run(plan, small, 0, 1), .. Run(plan, small, 1, 2)]), Is.EqualTo(whole));
    }

    [Test]
    public void Each_alternative_runs_its_own_machine_on_the_same_samples()
    {
        EnsemblePlan plan = Plan(700) with
        {
            Alternatives = [new("earth", ImmutableDictionary<string, double>.Empty), new("moon", ImmutableDictionary<string, double>.Empty)],
        };
        EnsembleBlock[] blocks = Run(plan, new(Device, KernelPrecision.Double, Compile, NoFindings));
        Assert.That(blocks.Sum(block => block.Count), Is.EqualTo(1400));
        var sampler = PlanSampler.For(plan);
        foreach (int i in new[] { 0, 1, 600, 601 })
        {
            double[] samples = [blocks[0].Sample(0)[i], blocks[0].Sample(1)[i]];
            var plain = new PlainMachine(Compile(plan, i % 2), samples, (noise, draw) => sampler.Noise(noise, i, draw));
            Assert.That(blocks[0].Scalar(EnsembleLayout.Jumps)[i], Is.EqualTo(plain.Registers[Compile(plan, 0).Results[EnsembleLayout.Jumps]]));
        }

        Assert.That(blocks[0].Sample(0)[0], Is.EqualTo(blocks[0].Sample(0)[1]));
        Assert.That(blocks[0].Scalar(EnsembleLayout.Jumps)[0], Is.GreaterThan(blocks[0].Scalar(EnsembleLayout.Jumps)[1]));
    }

    [Test]
    public void A_cancelled_run_keeps_what_was_delivered()
    {
        using var source = new CancellationTokenSource();
        var delivered = new List<EnsembleBlock>();
        var backend = new GpuEnsembleBackend(Device, KernelPrecision.Double, Compile, NoFindings) { ChunkLimit = 1024 };
        Assert.That(
            () => backend.Run(Plan(5000), 0, 5, block => { delivered.Add(block); source.Cancel(); }, source.Token),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(delivered, Has.Count.EqualTo(1));
    }

    [Test]
    public void Without_a_device_the_check_says_so_and_offers_the_cpu()
    {
        ImmutableArray<Finding> findings = new GpuEnsembleBackend(null, KernelPrecision.Double, Compile, NoFindings).Check(Plan(10));
        Assert.That(findings, Has.Length.EqualTo(1));
        Assert.That(findings[0].What, Does.Contain("no device"));
        Assert.That(findings[0].Mend, Does.Contain("CPU"));
    }

    [Test]
    public void A_plan_that_does_not_fit_is_refused_with_its_bytes()
    {
        var backend = new GpuEnsembleBackend(Device, KernelPrecision.Double, (_, _) => SampleMachines.Ball(100_000_000, false), NoFindings);
        Assert.That(backend.Check(Plan(10)).Single().What, Does.Contain("do not fit"));
        Assert.That(new GpuEnsembleBackend(Device, KernelPrecision.Double, Compile, NoFindings).Check(Plan(10)), Is.Empty);
    }

    [Test]
    public void Single_precision_refuses_to_count_further_than_it_can()
    {
        EnsemblePlan plan = Plan(10) with { MaxSteps = (1L << 24) + 1 };
        Assert.That(new GpuEnsembleBackend(Device, KernelPrecision.Single, Compile, NoFindings).Check(plan).Single().What, Does.Contain("16777216"));
        Assert.That(new GpuEnsembleBackend(Device, KernelPrecision.Double, Compile, NoFindings).Check(plan), Is.Empty);
    }

    [Test]
    public void Sums_made_on_the_device_agree_with_those_of_the_blocks_and_do_not_depend_on_chunks()
    {
        EnsemblePlan plan = Plan(1700) with
        {
            Alternatives = [new("earth", ImmutableDictionary<string, double>.Empty), new("moon", ImmutableDictionary<string, double>.Empty)],
        };
        var backend = new GpuEnsembleBackend(Device, KernelPrecision.Double, Compile, NoFindings);
        DeviceStatistics sums = backend.Reduce(plan);
        var accumulator = new EnsembleAccumulator(EnsembleLayout.Of(plan));
        Array.ForEach(Run(plan, backend), accumulator.Add);
        EnsembleResult result = accumulator.ToResult();
        Assert.That(sums.StatusCounts, Is.EqualTo(result.StatusCounts));
        foreach (string column in new[] { "time", "jumps", "y", "v", "steps" })
        {
            foreach (string alternative in new[] { "earth", "moon" })
            {
                SampleSummary expected = result.Scalar(column, alternative);
                ColumnMoments found = sums.Scalar(column, alternative);
                Assert.That(found.Count, Is.EqualTo(expected.Count));
                Assert.That(found.Mean, Is.EqualTo(expected.Mean).Within(1e-14 * Math.Abs(expected.Mean)));
                Assert.That(found.StandardDeviation, Is.EqualTo(expected.StandardDeviation).Within(1e-12 * expected.StandardDeviation));
                Assert.That((found.Min, found.Max), Is.EqualTo((expected.Min, expected.Max)));
            }
        }

        var small = new GpuEnsembleBackend(Device, KernelPrecision.Double, Compile, NoFindings) { ChunkLimit = 1024 };
        Assert.That(small.Reduce(plan).Scalar("y"), Is.EqualTo(sums.Scalar("y")));
    }

    private static TrajectoryMachine Compile(EnsemblePlan plan, int alternative) =>
        SampleMachines.Ball(Slots, noise: true, alternative == 0 ? 9.81 : 1.62);

    private static ImmutableArray<Finding> NoFindings(EnsemblePlan plan) => [];

    private static EnsemblePlan Plan(long size) => new()
    {
        Model = HybridAutomaton.Build("ball", h =>
        {
            var y = h.State("y", initial: 1.0);
            var v = h.State("v");
            var e = h.Parameter("e", 0.8);
            h.Input("gust", 0.0);
            var fall = h.Mode("fall").Flow((y, v), (v, -9.81)).Invariant(y >= 0);
            h.Transition(fall, fall).Guard(y <= 0 & v < 0).Reset(v, -e * v);
        }),
        Size = size,
        Until = 3.0,
        Seed = 5,
        Variations = [new("y", new Uniform(0.5, 1.5)), new("e", new Uniform(0.6, 0.9))],
        Noise = [new("gust", new Normal(0.0, 1.0), 0.06)],
        Recording = new() { EventSlots = Slots },
    };

    private static EnsembleBlock[] Run(EnsemblePlan plan, GpuEnsembleBackend backend, long first = 0, long? count = null)
    {
        var blocks = new List<EnsembleBlock>();
        backend.Run(plan, first, count ?? PlanSampler.For(plan).BlockCount, blocks.Add, CancellationToken.None);
        return [.. blocks];
    }

    private static double[] Numbers(EnsembleBlock[] blocks) =>
        [.. blocks.SelectMany(block => block.Samples.Concat(block.Scalars).Concat(block.EventTimes).Concat(block.EventTransitions))];
}
