using System.Collections.Immutable;
using System.Reflection;
using HybridControl.Automata;
using HybridControl.Dynamics;
using HybridControl.Ensembles;
using HybridControl.Numerics;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Simulation.Stochastic;

/// <summary>A stochastic run: one Wiener path, whatever else happens; events on the numerical path; the same bits again.</summary>
public sealed class StochasticRunTests
{
    private static readonly StochasticSolver[] Methods = [new EulerMaruyama { Step = 0.05 }, new Milstein { Step = 0.05 }];

    [TestCaseSource(nameof(Methods))]
    public void Events_ticks_and_stops_inside_steps_leave_the_Wiener_path_as_it_is(object method)
    {
        var solver = (StochasticSolver)method;
        HybridAutomaton walk = Walk();
        SimulationRun run = Scenario.For(walk).At(0.333, ("kick", 1.0)).Start(new() { Solver = solver, Seed = 4, Trajectory = 3 });
        var path = new WienerPaths(4, 3, 0.05);
        double w = 0.0;
        for (int k = 0; k < 200; k++)
        {
            Assert.That(run["x"], Is.EqualTo((0.02 * 0.05 * k) + w).Within(1e-12), $"at step {k}");
            Assert.That(run.AdvanceTo(0.05 * (k + 0.37)), Is.True);
            w += path.Increment(WienerPaths.OwnStream, k);
            Assert.That(run.AdvanceTo(0.05 * (k + 1)), Is.True);
        }

        Assert.That(run["count"], Is.GreaterThan(5.0));
        Assert.That(run["ticks"], Is.GreaterThan(100.0));
    }

    [TestCaseSource(nameof(Methods))]
    public void A_crossing_is_where_the_line_between_two_points_of_the_grid_meets_the_level(object method)
    {
        Trajectory run = Walk().Simulate(10.0, options: new() { Solver = (StochasticSolver)method, Seed = 8 });
        var path = new WienerPaths(8, 0, 0.05);
        var expected = new List<double>();
        double x = 0.0;
        for (int k = 0; k < 200; k++)
        {
            double next = x + 0.001 + path.Increment(WienerPaths.OwnStream, k);
            double t = 0.05 * k;
            for (double level = Math.Floor(Math.Min(x, next) / 0.25) * 0.25; level <= Math.Max(x, next); level += 0.25)
            {
                if ((level == 0.25 || level == -0.25) && (x < level) != (next < level))
                {
                    expected.Add(t + (0.05 * (level - x) / (next - x)));
                }
            }

            x = next;
        }

        expected.Sort();
        Assert.That(run.Jumps.Select(jump => jump.Time), Is.EqualTo(expected).Within(1e-12));
        Assert.That(expected, Has.Count.GreaterThan(3));
    }

    [Test]
    public void A_run_repeats_bit_by_bit_and_monitors_do_not_change_it([Values] bool milstein)
    {
        SimulationOptions plain = new() { Solver = milstein ? new Milstein { Step = 0.02 } : new EulerMaruyama { Step = 0.02 }, Seed = 5 };
        SimulationOptions watched = plain with { Monitors = [new("high", Expr.Variable(VariableKind.State, "x") >= 0.4)] };
        HybridAutomaton model = Noisy();
        Trajectory first = model.Simulate(20.0, options: plain);
        BitEquality.AssertSame(model.Simulate(20.0, options: plain), first);
        BitEquality.AssertSame(
            model.Simulate(20.0, options: watched), first, record => record.Kind is not (LogKind.Monitor or LogKind.Grazing));
        Assert.That(first.Jumps, Has.Length.GreaterThan(10));
        Assert.That(model.Simulate(20.0, options: plain with { Trajectory = 1 }).Value("x", 20.0), Is.Not.EqualTo(first.Value("x", 20.0)));
        Assert.That(model.Simulate(20.0, options: plain with { Seed = 6 }).Value("x", 20.0), Is.Not.EqualTo(first.Value("x", 20.0)));
    }

    [Test]
    public void A_snapshot_inside_a_step_has_the_same_future()
    {
        SimulationRun run = Scenario.For(Noisy()).Start(new() { Solver = new Milstein { Step = 0.05 }, Seed = 5 });
        run.AdvanceTo(3.021);
        RunSnapshot here = run.Snapshot();
        run.AdvanceTo(9.0);
        Trajectory first = run.ToTrajectory();
        run.Restore(here);
        run.AdvanceTo(9.0);
        BitEquality.AssertSame(run.ToTrajectory(), first);
    }

    [Test]
    public void No_field_of_a_stochastic_stepper_is_forgotten_in_a_copy()
    {
        // Scratch of one step, and increments that are drawn again from their addresses.
        string[] derived =
        [
            "Stepper.ErrorScale", .. new[] { "_data", "_work", "_probe", "_increments", "_drawn", "_processes", "_streams", "_origin" }.Select(name => $"StochasticStepper.{name}"),
        ];
        var walk = new StateComparison(derived, [typeof(Solver), typeof(OdeFunction), typeof(WienerPaths)]);
        RunEngine engine = Scenario.For(Noisy()).CreateEngine(new() { Solver = new Milstein { Step = 0.05 } });
        engine.Start();
        engine.Advance(1.02, CancellationToken.None);
        Stepper stepper = StepperOf(engine);
        Stepper copy = StepperOf(engine.Clone());
        Assert.That(walk.Differences(stepper, copy), Is.Empty, "as it runs");
        walk.Scramble(stepper);
        Assert.That(walk.Differences(stepper, copy), Has.Count.GreaterThan(8));
        var archive = StateArchive.Writer(shares: false);
        stepper.Exchange(archive);
        copy.Exchange(StateArchive.Reader(archive.Bytes.ToArray()));
        Assert.That(walk.Differences(stepper, copy), Is.Empty, "each field with a value of its own");
        Assert.That(derived.Except(walk.Used), Is.Empty);

        static Stepper StepperOf(RunEngine engine) =>
            (Stepper)typeof(RunEngine).GetField("_stepper", BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(engine)!;
    }

    [Test]
    public void Trajectories_of_an_ensemble_are_single_runs_of_their_number_on_any_number_of_threads()
    {
        var plan = new EnsemblePlan
        {
            Model = Noisy(),
            Size = 1500,
            Until = 2.0,
            Seed = 12,
            Solver = new EulerMaruyama { Step = 0.05 },
            Alternatives =
            [
                new("one", ImmutableDictionary<string, double>.Empty), new("two", ImmutableDictionary<string, double>.Empty.Add("gain", 0.9)),
            ],
        };
        double[][] runs = [.. new[] { 1, 3 }.Select(threads =>
        {
            var blocks = new List<EnsembleBlock>();
            new SimulatorEnsembleBackend(threads).Run(plan, 0, PlanSampler.For(plan).BlockCount, blocks.Add, CancellationToken.None);
            return blocks.OrderBy(block => block.First).SelectMany(block => block.Scalar(block.Layout.FirstState).ToArray()).ToArray();
        })];
        Assert.That(runs[1], Is.EqualTo(runs[0]));
        Assert.That(runs[0], Is.Unique);
        double alone = plan.Model.Simulate(2.0, options: new() { Solver = plan.Solver, Seed = 12, Trajectory = 700 }).Value("x", 2.0);
        Assert.That(runs[0][1400], Is.EqualTo(alone), "alternatives share their noise");
    }

    [Test]
    public void Modes_without_diffusion_run_on_the_same_grid_and_the_path_goes_on_below_them()
    {
        HybridAutomaton model = HybridAutomaton.Build("pause", h =>
        {
            Expr x = h.State("x");
            ModeBuilder noisy = h.Mode("noisy").Diffusion(x, 1.0);
            ModeBuilder calm = h.Mode("calm").Flow(x, 1.0);
            h.Transition(noisy, calm).After(0.13);
            h.Transition(calm, noisy).After(0.4);
        });
        Trajectory run = model.Simulate(1.0, options: new() { Solver = new EulerMaruyama { Step = 0.1 }, Seed = 2 });
        var path = new WienerPaths(2, 0, 0.1);
        double W(double t)
        {
            int k = (int)Math.Floor((t / 0.1) + 1e-9);
            double sum = Enumerable.Range(0, k).Sum(i => path.Increment(WienerPaths.OwnStream, i));
            return sum + (((t / 0.1) - k) * path.Increment(WienerPaths.OwnStream, k));
        }

        Assert.That(run.Value("x", 0.53), Is.EqualTo(W(0.13) + 0.4).Within(1e-12));
        Assert.That(run.Value("x", 0.66), Is.EqualTo(W(0.13) + 0.4 + W(0.66) - W(0.53)).Within(1e-12));
    }

    [Test]
    public void A_state_that_only_noise_moves_does_not_rest()
    {
        HybridAutomaton model = HybridAutomaton.Build("drunk", h =>
        {
            (Expr x, Expr y) = (h.State("x"), h.State("y"));
            ModeBuilder walk = h.Mode("walk").Diffusion(x, 1.0).Diffusion(y, 1.0);
            h.Transition(walk, h.Mode("home"), "home").Guard(Expr.Abs(x - y) >= 1.0);
        });
        Trajectory run = model.Simulate(100.0, options: new() { Solver = new EulerMaruyama { Step = 0.01 }, Seed = 2 });
        Assert.That(run.Jumps, Has.Length.EqualTo(1));
        Assert.That(run.Jumps[0].GuardBefore, Is.EqualTo(0.0).Within(1e-9));
    }

    [Test]
    public void A_tick_that_falls_on_the_grid_but_for_rounding_cuts_no_sliver()
    {
        HybridAutomaton model = HybridAutomaton.Build("ticks", h =>
        {
            Expr x = h.State("x");
            Expr n = h.Discrete("n");
            h.Mode("m").Diffusion(x, 1.0);
            h.Every("count", 0.1, (n, n + 1.0));
        });
        Trajectory run = model.Simulate(50.0, options: new() { Solver = new EulerMaruyama { Step = 0.01 } });
        Assert.That(run.Value("n", 50.0), Is.EqualTo(501.0));
        Assert.That(run.Statistics.Steps, Is.EqualTo(5000));
    }

    [Test]
    public void Steps_allocate_nothing()
    {
        HybridAutomaton model = HybridAutomaton.Build("two", h =>
        {
            (Expr x, Expr y) = (h.State("x", 1.0), h.State("y", 1.0));
            WienerProcess w = h.Wiener("w");
            h.Mode("m").Flow(x, -x).Diffusion(x, w, 0.1 * x).Diffusion(y, w, 0.2 * y);
        });
        foreach (StochasticSolver solver in Methods)
        {
            SimulationRun run = Scenario.For(model).Start(new() { Solver = solver, Recording = Recording.Events });
            Allocations.None(i => run.AdvanceTo(i * 10.0), first: 1, warmUp: 3, calls: 10);
        }
    }

    [Test]
    public void A_diffusion_that_is_not_finite_ends_the_run_and_keeps_what_was_computed()
    {
        HybridAutomaton model = HybridAutomaton.Build("root", h =>
        {
            Expr x = h.State("x", 0.01);
            h.Mode("m").Diffusion(x, Expr.Sqrt(x));
        });
        Trajectory run = model.TrySimulate(1000.0, new() { Solver = new EulerMaruyama { Step = 0.1 } });
        Assert.That(run.Status, Is.EqualTo(RunStatus.NotFinite));
        Assert.That(run.Reason, Does.Contain("'x'"));
        Assert.That(run.EndTime, Is.Positive);
    }

    // Driftless walks cross levels again and again; the levels count and change nothing.
    private static HybridAutomaton Walk() => HybridAutomaton.Build("walk", h =>
    {
        Expr x = h.State("x");
        (Expr count, Expr ticks) = (h.Discrete("count"), h.Discrete("ticks"));
        h.Parameter("kick", 0.0);
        ModeBuilder walk = h.Mode("walk").Flow(x, 0.02).Diffusion(x, 1.0);
        h.Transition(walk, walk, "up").Guard(Condition.Crosses(x - 0.25)).Edge(EdgeDirection.Both).Reset(count, count + 1.0);
        h.Transition(walk, walk, "down").Guard(Condition.Crosses(x + 0.25)).Edge(EdgeDirection.Both).Reset(count, count + 1.0);
        h.Every("clock", 0.0731, (ticks, ticks + 1.0));
    });

    private static HybridAutomaton Noisy() => HybridAutomaton.Build("noisy thermostat", h =>
    {
        Expr x = h.State("x");
        Expr gain = h.Parameter("gain", 1.0);
        ModeBuilder up = h.Mode("up").Flow(x, gain * (1.0 - x)).Diffusion(x, 0.3 + (0.1 * x));
        ModeBuilder down = h.Mode("down").Flow(x, -gain * (1.0 + x)).Diffusion(x, 0.2 + (0.1 * x));
        h.Transition(up, down).Guard(x >= 0.5);
        h.Transition(down, up).Guard(x <= -0.5);
    });
}
