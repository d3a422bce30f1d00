using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Statistics;
using HybridControl.Gpu.Devices;
using HybridControl.Gpu.Ensembles;
using HybridControl.Gpu.Kernels;
using HybridControl.Gpu.Tests.Devices;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Gpu.Tests.Ensembles;

/// <summary>Ensembles on the devices of this machine, against vector lanes.</summary>
/// <remarks>A device fuses multiplications and additions as it likes, so trajectories agree to rounding, and what is drawn to the bit.</remarks>
[TestFixture(GpuDeviceKind.Cuda, Category = "Gpu")]
[TestFixture(GpuDeviceKind.OpenCL, Category = "Gpu")]
[TestFixture(GpuDeviceKind.Emulated)]
public sealed class PresentDeviceTests(GpuDeviceKind kind)
{
    private GpuDevice _device = null!;

    private int Size => kind == GpuDeviceKind.Emulated ? 6 : 3000;

    [OneTimeSetUp]
    public void Open() => _device = PresentDevice.Of(kind);

    [OneTimeTearDown]
    public void Close() => _device?.Dispose();

    private static string[] Models() => ModelFolder.Files();

    [TestCaseSource(nameof(Models))]
    public void A_model_file_runs_as_on_lanes(string name)
    {
        EnsemblePlan plan = ModelFolder.PlanOf(name);
        plan = plan with
        {
            Size = Size,
            Until = name.Contains("converter", StringComparison.Ordinal) ? 0.02 : 1.5, // theirs switch many thousand times a second
            Solver = new DormandPrince5 { RelativeTolerance = 1e-9, AbsoluteTolerance = 1e-12 },
            Variations = plan.Model.Parameters.Length > 0 ? [Around(plan.Model)] : [],
        };
        ImmutableArray<Finding> findings = new GpuEnsembleBackend(_device).Check(plan);
        if (!findings.IsEmpty)
        {
            Assert.Ignore(findings[0].ToString());
        }

        Compare(plan, 1e-6);
    }

    [Test]
    public void Robertsons_reaction_runs_as_on_lanes() => Compare(ModelFolder.Stiff with { Size = Size }, 1e-7);

    [Test]
    public void Van_der_Pols_relaxation_runs_as_on_lanes() => Compare(ModelFolder.Relaxation with { Size = Size }, 1e-6);

    [Test]
    public void Lorenz_with_a_fixed_step_runs_as_on_lanes()
    {
        EnsemblePlan plan = ModelFolder.PlanOf("lorenz.json") with
        {
            Size = Size,
            Until = 1.0,
            Solver = new RungeKutta4 { Step = 0.01 },
            Variations = [new("rho", new Uniform(0.0, 21.0))],
        };
        Compare(plan, 1e-12);
    }

    [Test]
    public void Random_numbers_are_those_of_lanes_bit_for_bit()
    {
        HybridAutomaton model = HybridAutomaton.Build("draws", h =>
        {
            Expr u = h.State("u", initial: Expr.Uniform(0.0, 1.0));
            Expr last = h.Discrete("last");
            ModeBuilder a = h.Mode("a").Flow(u, 0.0);
            h.Transition(a, a).After(0.25).Reset(last, Expr.Uniform(0.0, 1.0));
        });
        EnsemblePlan plan = new()
        {
            Model = model,
            Size = 10 * Size,
            Until = 2.0,
            Seed = 0xFEDC_BA98_7654_3210UL,
            Recording = new()
            {
                GridTimes = [0.0, 0.3, 0.6, 0.9, 1.2, 1.5, 1.8],
                Grid = [new("last", Expr.Variable(VariableKind.Discrete, "last")), new("u", Expr.Variable(VariableKind.State, "u"))],
            },
        };
        Compare(plan, 0.0);
    }

    [Test]
    public void Neither_chunks_nor_budgets_change_a_bit()
    {
        EnsemblePlan plan = ModelFolder.PlanOf("bouncing-ball.json") with { Size = Math.Max(1500, Size), Variations = [new("e", new Uniform(0.7, 0.9))] };
        double[] whole = BlockComparison.Numbers(BlockComparison.Run(new GpuEnsembleBackend(_device), plan));
        var small = new GpuEnsembleBackend(_device) { ChunkLimit = 1024, Budget = 37 };
        Assert.That(BlockComparison.Numbers(BlockComparison.Run(small, plan)), Is.EqualTo(whole));
    }

    [Test]
    public void Sums_made_on_the_device_are_those_of_its_blocks()
    {
        EnsemblePlan plan = ModelFolder.PlanOf("bouncing-ball.json") with { Size = Math.Max(1500, Size), Variations = [new("e", new Uniform(0.7, 0.9))] };
        var backend = new GpuEnsembleBackend(_device);
        DeviceStatistics sums = backend.Reduce(plan);
        var accumulator = new EnsembleAccumulator(EnsembleLayout.Of(plan));
        Array.ForEach(BlockComparison.Run(backend, plan), accumulator.Add);
        EnsembleResult result = accumulator.ToResult();
        Assert.That(sums.StatusCounts, Is.EqualTo(result.StatusCounts));
        foreach (string column in new[] { "time", "jumps", "steps", plan.Model.States[0].Name })
        {
            SampleSummary expected = result.Scalar(column);
            ColumnMoments found = sums.Scalar(column);
            Assert.That(found.Count, Is.EqualTo(expected.Count));
            Assert.That(found.Mean, Is.EqualTo(expected.Mean).Within(1e-13 * Math.Abs(expected.Mean)));
            Assert.That(found.StandardDeviation, Is.EqualTo(expected.StandardDeviation).Within(1e-11 * (1.0 + expected.StandardDeviation)));
            Assert.That((found.Min, found.Max), Is.EqualTo((expected.Min, expected.Max)));
        }
    }

    [Test]
    public void Single_precision_sees_the_same_bounces()
    {
        EnsemblePlan plan = ModelFolder.PlanOf("bouncing-ball.json") with
        {
            Size = Size,
            Variations = [new("e", new Uniform(0.7, 0.9))],
            Solver = new DormandPrince5 { RelativeTolerance = 1e-4, AbsoluteTolerance = 1e-4 },
        };
        BlockComparison.Agree(
            BlockComparison.Run(new GpuEnsembleBackend(_device, KernelPrecision.Single), plan),
            BlockComparison.Run(new CpuEnsembleBackend(), plan), 2e-2);
    }

    // The context of a device belongs to a thread until it is bound to another.
    [Test]
    public void A_device_serves_several_threads()
    {
        EnsemblePlan plan = ModelFolder.PlanOf("bouncing-ball.json") with { Size = Size, Variations = [new("e", new Uniform(0.7, 0.9))] };
        var backend = new GpuEnsembleBackend(_device);
        double[][] runs = new double[4][];
        Parallel.For(0, runs.Length, new ParallelOptions { MaxDegreeOfParallelism = runs.Length }, i => runs[i] = BlockComparison.Numbers(BlockComparison.Run(backend, plan)));
        Assert.That(runs, Is.All.EqualTo(runs[0]));
    }

    // A parameter that is not zero, a twentieth to either side.
    private static Variation Around(HybridAutomaton model)
    {
        Parameter parameter = model.Parameters.FirstOrDefault(p => p.Value != 0.0) ?? model.Parameters[0];
        (double low, double high) = (0.95 * parameter.Value, 1.05 * parameter.Value);
        return new(parameter.Name, new Uniform(Math.Min(low, high), Math.Max(low, high)));
    }

    private void Compare(EnsemblePlan plan, double tolerance) => BlockComparison.Agree(
        BlockComparison.Run(new GpuEnsembleBackend(_device), plan), BlockComparison.Run(new CpuEnsembleBackend(), plan), tolerance);
}
