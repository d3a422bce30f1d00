using HybridControl.Automata;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Machine;
using HybridControl.Gpu.Devices;
using HybridControl.Gpu.Ensembles;
using HybridControl.Gpu.Kernels;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Gpu.Tests.Ensembles;

/// <summary>Models through the whole back-end on the emulated device, against the interpreter of machines.</summary>
public sealed class MachineAgreementTests
{
    private static readonly GpuDevice Device = GpuDevice.Emulated();

    [OneTimeTearDown]
    public void Close() => Device.Dispose();

    // With a fixed step nothing but arithmetic is left: then the numbers are the same bit for bit.
    [Test]
    public void Lorenz_with_a_fixed_step_is_the_interpreters_bit_for_bit()
    {
        EnsemblePlan plan = ModelFolder.PlanOf("lorenz.json") with
        {
            Solver = new RungeKutta4 { Step = 0.01 },
            Variations = [new("rho", new Uniform(0.0, 21.0))],
        };
        Compare(plan, KernelPrecision.Double, 0.0);
    }

    [Test]
    public void A_stiff_reaction_agrees_with_the_interpreter() => Compare(ModelFolder.Stiff, KernelPrecision.Double, 1e-7);

    [TestCase("bouncing-ball.json", "e", 0.7, 0.9)]
    [TestCase("pressure-relief-valve.json", "q", 1.0, 4.0)]
    [TestCase("thermostat.json", null, 0.0, 0.0)]
    [TestCase("keller-miksis.json", null, 0.0, 0.0)]
    public void Models_with_events_agree_with_the_interpreter(string name, string? varied, double low, double high)
    {
        EnsemblePlan plan = ModelFolder.PlanOf(name) with
        {
            Variations = varied is null ? [] : [new(varied, new Uniform(low, high))],
        };
        Compare(plan, KernelPrecision.Double, 1e-7);
    }

    [TestCase(0UL)]
    [TestCase(0xFEDC_BA98_7654_3210UL)]
    public void A_rate_draws_on_a_device_what_it_draws_elsewhere(ulong seed) =>
        Compare(ModelFolder.PlanOf("telegraph-process.json") with { Until = 5.0, Seed = seed }, KernelPrecision.Double, 1e-9);

    [Test]
    public void Draws_and_rules_agree_with_the_interpreter()
    {
        HybridAutomaton model = HybridAutomaton.Build("rules", h =>
        {
            var (x, u, n) = (h.State("x", initial: Expr.Uniform(0.0, 0.5)), h.Input("u", 0.0), h.Discrete("n"));
            var a = h.Mode("a").Flow(x, 1.0 + u).Invariant(x <= 1.0);
            var b = h.Mode("b").Flow(x, -1.0 + (0.1 * n));
            h.Transition(a, b, "late").Permissive(PermissivePolicy.Alap).Reset(x, 1.0 - Expr.Exponential(5.0));
            h.Transition(b, a, "seen").Guard(x <= 0.2).Sampled(1.0 / 30.0).Reset(n, Expr.Normal(0.0, 1.0)).ValuesAtTrigger();
            h.Transition(b, b, "echo").Guard(x >= 0.4).After(Expr.Uniform(0.1, 0.6), survives: true, instances: 2).Reset(n, 0.0);
            h.Transition(b, a, "chance").Guard(x >= 0.1).Rate(0.5 + x);
        });
        EnsemblePlan plan = new()
        {
            Model = model,
            Size = 64,
            Until = 6.0,
            Seed = 7,
            Noise = [new("u", new Normal(0.0, 0.2), 0.5)],
            Recording = new()
            {
                EventSlots = 32,
                GridTimes = [0.0, 3.0],
                Grid = [new("x", Expr.Variable(VariableKind.State, "x"))],
            },
        };
        Assert.That(new GpuEnsembleBackend(Device).Check(plan), Is.Empty);
        Compare(plan, KernelPrecision.Double, 1e-8);
        Assert.That(
            new GpuEnsembleBackend(Device, KernelPrecision.Single).Check(plan).Select(finding => finding.What),
            Has.Some.Contains("draws random numbers"));
    }

    [Test]
    public void Single_precision_sees_the_same_bounces()
    {
        EnsemblePlan plan = ModelFolder.PlanOf("bouncing-ball.json") with
        {
            Until = 5.0,
            Variations = [new("e", new Uniform(0.7, 0.9))],
            Solver = new DormandPrince5 { RelativeTolerance = 1e-4, AbsoluteTolerance = 1e-4 },
        };
        Compare(plan, KernelPrecision.Single, 2e-2);
    }

    [Test]
    public void Each_model_that_has_no_finding_runs()
    {
        var backend = new GpuEnsembleBackend(Device);
        Assert.That(backend.Check(ModelFolder.PlanOf("bouncing-ball.json")), Is.Empty);
    }

    private static void Compare(EnsemblePlan plan, KernelPrecision precision, double tolerance)
    {
        var backend = new GpuEnsembleBackend(Device, precision);
        var blocks = new List<EnsembleBlock>();
        backend.Run(plan, 0, 1, blocks.Add, CancellationToken.None);
        EnsembleBlock block = blocks.Single();
        TrajectoryMachine machine = MachineCompiler.Compile(plan, 0);
        var sampler = PlanSampler.For(plan);
        for (int i = 0; i < block.Count; i++)
        {
            double[] samples = [.. Enumerable.Range(0, plan.Variations.Length).Select(v => block.Sample(v)[i])];
            long trajectory = block.First + i;
            (double[] registers, double[][] arrays) = MachineInterpreter.Run(
                machine, samples, (noise, draw) => sampler.Noise(noise, trajectory, draw));
            for (int column = 0; column < machine.Results.Length; column++)
            {
                if (column != EnsembleLayout.Steps || tolerance == 0.0)
                {
                    Near(block.Scalar(column)[i], registers[machine.Results[column]], tolerance, $"{block.Layout.Scalars[column]} of trajectory {i}");
                }
            }

            double[][] tables = [block.Grid, block.EventTimes, block.EventTransitions];
            for (int table = 0; table < arrays.Length; table++)
            {
                for (int entry = 0; entry < arrays[table].Length; entry++)
                {
                    Near(tables[table][(entry * block.Count) + i], arrays[table][entry], tolerance, $"table {table}, entry {entry} of trajectory {i}");
                }
            }
        }
    }

    private static void Near(double found, double expected, double tolerance, string what) =>
        Assert.That(found, Is.EqualTo(expected).Within(double.IsFinite(expected) ? tolerance * Math.Max(1.0, Math.Abs(expected)) : 0.0), what);
}
