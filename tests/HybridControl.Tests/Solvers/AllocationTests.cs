using HybridControl.Automata;
using HybridControl.Dynamics;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.Simulation;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Solvers;

/// <summary>A step allocates nothing: stepper, run between jumps, event search.</summary>
public class AllocationTests
{
    private static readonly Solver[] AllSolvers =
    [
        new DormandPrince5 { RelativeTolerance = 1e-8 }, new Tsitouras5(),
        new BogackiShampine3 { RelativeTolerance = 1e-3, AbsoluteTolerance = 1e-4 },
        new DormandPrince853 { RelativeTolerance = 1e-11, AbsoluteTolerance = 1e-12 },
        new Verner9 { RelativeTolerance = 1e-13, AbsoluteTolerance = 1e-14 },
        new Radau5(), new Radau { RelativeTolerance = 1e-9, MaximumStep = 0.25 }, new Rodas5P { RelativeTolerance = 1e-7 }, new Esdirk4(),
        new RungeKutta4 { Step = 1e-3 }, new Euler { Step = 2e-5 },
    ];

    [TestCaseSource(nameof(AllSolvers))]
    public void Steps_of_a_stepper_allocate_nothing(Solver solver)
    {
        foreach (int oscillators in (int[])[1, 20]) // the whole step emitted, and loops around the right-hand side
        {
            OdeFunction ode = Oscillators(oscillators).Compiled.Mode(0).Ode;
            Stepper stepper = solver.Start(ode.Dimension, new double[1]);
            stepper.States[0] = 1.0;
            stepper.Use(solver.Compile(ode));
            stepper.Restart(0.0, keepSize: false);
            double[] dense = new double[ode.Dimension * (stepper.DenseDegree + 1)];
            OdeBench.StepOn(stepper, dense, steps: 100);
            Allocations.None(() => OdeBench.StepOn(stepper, dense, steps: 500), calls: 10);
        }
    }

    [TestCaseSource(nameof(AllSolvers))]
    public void Steps_of_a_run_between_jumps_allocate_nothing(Solver solver)
    {
        SimulationRun run = Scenario.For(Watched()).Start(new() { Solver = solver, Recording = Recording.Events });
        run.AdvanceTo(1.0);
        long before = run.ToTrajectory().Statistics.Steps;
        Allocations.None(k => run.AdvanceTo(1.0 + k), first: 1, warmUp: 0, calls: 399);
        RunStatistics statistics = run.ToTrajectory().Statistics;
        Assert.That(statistics.Steps - before, Is.GreaterThan(1000));
        Assert.That(statistics.Escalated, solver is AdaptiveSolver ? Is.Positive : Is.Zero); // long steps need pieces
        Assert.That(statistics.Jumps, Is.Zero);
    }

    [Test]
    public void A_search_allocates_nothing_whatever_it_finds()
    {
        var bench = new SearchBench(
            1, (t, v) => v[0] - v[1], (t, v) => Expr.Sin(v[0] - v[1]), (t, v) => Expr.Abs(v[0]) - 3.0);
        double[] c = [-1.0, 2.5, 0.5, -0.25, 0.125];
        double[] data = new double[2];
        long events = 0;
        void Run(int searches)
        {
            for (int i = 0; i < searches; i++)
            {
                data[0] = (i % 100) * 0.03;
                bench.Search.Bind(bench.Set, data);
                bench.Search.BeginStep(0.0, 1.0, 4, c);
                for (int k = 0; k < bench.States.Length; k++)
                {
                    GuardProbe probe = bench.Search.ProbeStep(k, 0.0);
                    bench.States[k] = GuardState.Start(probe.Value, probe.Error);
                }

                SearchOutcome outcome = bench.Search.Search(bench.States, bench.Wanted, 1e-13);
                events += outcome.Status == SearchStatus.Event ? 1 : 0;
            }
        }

        Run(100);
        Allocations.None(() => Run(100), calls: 50);
        Assert.That(events, Is.GreaterThan(1000).And.LessThan(5300));
    }

    private static HybridAutomaton Oscillators(int count) => HybridAutomaton.Build("oscillators", h =>
    {
        ModeBuilder mode = h.Mode("flow");
        for (int i = 0; i < count; i++)
        {
            Expr x = h.State($"x{i}", 1.0);
            Expr v = h.State($"v{i}");
            mode.Flow((x, v), (v, -Expr.Sin((1.0 + i) * x)));
        }
    });

    // An oscillator under an affine guard, a curved guard that comes near without touching, and an invariant.
    private static HybridAutomaton Watched() => HybridAutomaton.Build("watched", h =>
    {
        Expr x = h.State("x", 1.0);
        Expr v = h.State("v");
        ModeBuilder mode = h.Mode("flow").Flow((x, v), (v, -Expr.Sin(x))).Invariant(x <= 2.0);
        h.Transition(mode, mode).Guard(x >= 1.01).Reset(v, 0.0);
        h.Transition(mode, mode).Guard((x * x) + (v * v) >= 1.02).Reset(v, 0.0);
    });
}
