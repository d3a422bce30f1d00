using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Ensembles;
using HybridControl.Gpu.Devices;
using HybridControl.Gpu.Ensembles;
using HybridControl.Gpu.Kernels;
using HybridControl.Neural.InTheLoop;
using HybridControl.Neural.Layers;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Gpu.Tests.Ensembles;

/// <summary>A network inside a flow, in kernels on the emulated device.</summary>
public sealed class LearnedTermTests
{
    private static readonly GpuDevice Device = GpuDevice.Emulated();

    [OneTimeTearDown]
    public void Close() => Device.Dispose();

    [Test]
    public void A_learned_residual_in_kernels_gives_the_run_on_the_cpu()
    {
        var parameters = new ParameterSet();
        var network = new Mlp(parameters, "net", 2, 6, 6);
        var output = new DenseLayer(parameters, "output", 6, 1);
        network.Initialize(3);
        output.Initialize(3);
        LearnedTerm term = LearnedTerm.Of(network, output);
        HybridAutomaton automaton = HybridAutomaton.Build("spring", h =>
        {
            Expr q = h.State("q", initial: 1.0);
            Expr v = h.State("v");
            ModeBuilder swing = h.Mode("swing").Flow((q, v), (v, -q + term.ToExpressions(q, v)[0]));
            h.Transition(swing, swing).Guard(q <= 0.0 & v < 0.0).Reset(v, -0.9 * v);
        });
        EnsemblePlan plan = new()
        {
            Model = automaton,
            Size = 6,
            Until = 4.0,
            Seed = 5,
            Variations = [new("q", new Uniform(0.5, 1.5))],
            Solver = new DormandPrince5 { RelativeTolerance = 1e-10, AbsoluteTolerance = 1e-12 },
        };
        var backend = new GpuEnsembleBackend(Device, KernelPrecision.Double);
        Assert.That(backend.Check(plan), Is.Empty);
        var blocks = new List<EnsembleBlock>();
        backend.Run(plan, 0, 1, blocks.Add, CancellationToken.None);
        EnsembleBlock block = blocks.Single();
        for (int i = 0; i < block.Count; i++)
        {
            Trajectory run = automaton.Simulate(until: 4.0, options: new()
            {
                Solver = plan.Solver,
                Values = ImmutableDictionary<string, double>.Empty.Add("q", block.Sample(0)[i]),
            });
            Assert.That(run.Jumps, Is.Not.Empty);
            Assert.That(block.Scalar(block.Layout.Scalars.ToList().IndexOf("q"))[i], Is.EqualTo(run.Value("q", 4.0)).Within(1e-8));
            Assert.That(block.Scalar(block.Layout.Scalars.ToList().IndexOf("v"))[i], Is.EqualTo(run.Value("v", 4.0)).Within(1e-8));
        }
    }
}
