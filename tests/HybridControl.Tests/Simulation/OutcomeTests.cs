using HybridControl.Automata;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Simulation;

/// <summary>Semantics 5, 8 and 10: how runs end, with what message, and with what result.</summary>
public class OutcomeTests
{
    [Test]
    public void Zeno_throws_by_default_and_names_guard_count_ratio_and_limit()
    {
        SimulationException error = Assert.Throws<SimulationException>(
            () => Balls.Dropped(1.0, 9.81, 0.7).Simulate(until: 5.0, TightSolvers.One))!;
        Assert.That(error.Trajectory.Status, Is.EqualTo(RunStatus.Zeno));
        Assert.That(error.Message, Does.Contain("'bounce'").And.Contain("so far").And.Contain("0.7").And.Contain("predicted limit"));
        Assert.That(error.Trajectory.EndTime, Is.EqualTo(2.5586339655858077).Within(1e-6));
        Assert.That(error.Trajectory.Jumps, Has.Length.GreaterThan(20));
    }

    [Test]
    public void Zeno_may_stop_the_run_in_good_order()
    {
        Trajectory run = Balls.Dropped(1.0, 9.81, 0.7).Simulate(
            until: 5.0, options: new SimulationOptions { Zeno = ZenoPolicy.Stop });
        Assert.That(run.Status, Is.EqualTo(RunStatus.Zeno));
        Assert.That(run.IsError, Is.False);
    }

    [Test]
    public void A_thermostat_and_an_elastic_ball_are_not_zeno()
    {
        Assert.That(Balls.Dropped(1e-3, 9.81, 1.0).Simulate(until: 20.0).Status, Is.EqualTo(RunStatus.Completed));
        Assert.That(Balls.Dropped(1.0, 9.81, 0.999).Simulate(until: 100.0).Status, Is.EqualTo(RunStatus.Completed));
    }

    [Test]
    public void A_livelock_is_an_error_that_names_the_cycle()
    {
        var model = HybridAutomaton.Build("cycle", h =>
        {
            var x = h.State("x");
            var (a, b, c) = (h.Mode("a").Flow(x, 1.0), h.Mode("b"), h.Mode("c"));
            h.Transition(a, b, "to b").Guard(x >= 1.0);
            h.Transition(b, c, "to c");
            h.Transition(c, b, "back to b");
        });
        Trajectory run = model.TrySimulate(2.0);
        Assert.That(run.Status, Is.EqualTo(RunStatus.Livelock));
        Assert.That(run.IsError, Is.True);
        Assert.That(run.Reason, Does.Contain("'to c'").And.Contain("'back to b'"));
        Assert.That(run.EndTime, Is.EqualTo(1.0).Within(1e-9));
        Assert.That(run.Value("x", 0.5), Is.EqualTo(0.5).Within(1e-9));
    }

    [Test]
    public void A_livelock_that_counts_ends_at_the_limit_of_jumps()
    {
        var model = HybridAutomaton.Build("counting", h =>
        {
            var n = h.Discrete("n");
            var a = h.Mode("a");
            h.Transition(a, a, "again").Guard(n >= 0.0).Reset(n, n + 1.0);
        });
        Trajectory run = model.TrySimulate(2.0, new SimulationOptions { MaxJumpsPerInstant = 50 });
        Assert.That(run.Status, Is.EqualTo(RunStatus.Livelock));
        Assert.That(run.Reason, Does.Contain("50").And.Contain("'again'"));
        Assert.That(run.Jumps, Has.Length.EqualTo(51));
    }

    [Test]
    public void A_flow_that_turns_nan_ends_with_the_part_before()
    {
        var model = HybridAutomaton.Build("nan", h =>
        {
            var x = h.State("x", initial: 1.0);
            h.Mode("m").Flow(x, -Expr.Sqrt(x) - 0.1);
        });
        Trajectory run = model.TrySimulate(10.0);
        Assert.That(run.IsError, Is.True);
        Assert.That(run.Status, Is.EqualTo(RunStatus.NotFinite).Or.EqualTo(RunStatus.StepTooSmall));
        Assert.That(run.EndTime, Is.GreaterThan(1.0));
        Assert.That(double.IsFinite(run.Value("x", run.EndTime)), Is.True);
        Assert.That(run.Reason, Does.Contain("'m'").And.Contain("'x'"));
    }

    [Test]
    public void A_flow_that_is_nan_from_the_start_ends_there()
    {
        var model = HybridAutomaton.Build("nan", h =>
        {
            var x = h.State("x", initial: -1.0);
            h.Mode("m").Flow(x, Expr.Sqrt(x));
        });
        foreach (Solver solver in new Solver[] { new DormandPrince5(), new Euler { Step = 0.1 }, new RungeKutta4 { Step = 0.1 } })
        {
            Trajectory run = model.TrySimulate(1.0, new SimulationOptions { Solver = solver });
            Assert.That(run.Status, Is.EqualTo(RunStatus.NotFinite), solver.Name);
            Assert.That(run.EndTime, Is.Zero);
        }
    }

    [Test]
    public void A_step_of_fixed_size_that_leaps_over_the_end_of_a_domain_is_named_as_the_cause()
    {
        var model = HybridAutomaton.Build("tank", h =>
        {
            var x = h.State("x", initial: 1.0);
            h.Mode("drain").Flow(x, -10.0 * Expr.Sqrt(x));
        });
        Trajectory run = model.TrySimulate(1.0, new SimulationOptions { Solver = new RungeKutta4 { Step = 0.5 } });
        Assert.That(run.Status, Is.EqualTo(RunStatus.NotFinite));
        Assert.That(run.Reason, Does.Contain("The steps of 0.5 s may be too long").And.Contain("use auto"));
        Assert.That(model.TrySimulate(1.0).Reason, Does.Not.Contain("may be too long"));
    }

    [Test]
    public void Steps_below_the_resolution_of_time_end_the_run_at_once([Values("auto", "dp5", "rodas5p", "radau5", "bdf", "adams", "expm", "rk4", "milstein")] string solver)
    {
        var model = HybridAutomaton.Build("late", h =>
        {
            var x = h.State("x", initial: 1.0);
            h.Mode("m").Flow(x, -x);
        });
        Solver tiny = solver is "rk4" or "milstein" ? SolverCatalog.Create(solver, step: 1e-9) : SolverCatalog.Create(solver, maximumStep: 1e-9);
        Trajectory run = model.TrySimulate(1e9 + 1.0, new SimulationOptions { StartTime = 1e9, Solver = tiny, MaxSteps = 1000 });
        Assert.That(run.Status, Is.EqualTo(RunStatus.StepTooSmall));
        Assert.That(run.Reason, Does.Contain("below the resolution of time").And.Contain("t = 1000000000"));
    }

    [Test]
    public void Auto_is_no_remedy_for_itself()
    {
        var model = HybridAutomaton.Build("escape", h =>
        {
            var x = h.State("x", initial: 1.0);
            h.Mode("m").Flow(x, x * x);
        });
        Assert.That(model.TrySimulate(2.0, new SimulationOptions { Solver = new Tsitouras5() }).Reason, Does.Contain("use auto"));
        Assert.That(model.TrySimulate(2.0).Reason, Does.Not.Contain("use auto").And.Contain("end the run before"));
    }

    [Test]
    public void A_solution_that_escapes_to_infinity_ends_before_it_does()
    {
        var model = HybridAutomaton.Build("escape", h =>
        {
            var x = h.State("x", initial: 1.0);
            h.Mode("m").Flow(x, x * x);
        });
        Trajectory run = model.TrySimulate(2.0);
        Assert.That(run.IsError, Is.True);
        Assert.That(run.Status, Is.EqualTo(RunStatus.StepTooSmall).Or.EqualTo(RunStatus.NotFinite));
        Assert.That(run.EndTime, Is.EqualTo(1.0).Within(1e-5));
    }

    [Test]
    public void A_guard_that_turns_nan_ends_with_its_name([Values(0.0, 3.0)] double start)
    {
        var model = HybridAutomaton.Build("nan", h =>
        {
            var x = h.State("x", initial: 1.0);
            var (m, end) = (h.Mode("m").Flow(x, -1.0), h.Mode("end"));
            h.Transition(m, end, "root").Guard(Expr.Sqrt(x) <= -1.0);
        });
        Trajectory run = model.TrySimulate(start + 5.0, new SimulationOptions { StartTime = start });
        Assert.That(run.Status, Is.EqualTo(RunStatus.NotFinite));
        Assert.That(run.Reason, Does.Contain("'root'"));
        Assert.That(run.EndTime, Is.InRange(start + 0.999, start + 5.0), "noticed where it is sampled");
    }

    [Test]
    public void A_guard_that_is_nan_at_the_start_ends_there()
    {
        var model = HybridAutomaton.Build("nan", h =>
        {
            var x = h.State("x", initial: -1.0);
            var (m, end) = (h.Mode("m").Flow(x, 1.0), h.Mode("end"));
            h.Transition(m, end, "root").Guard(Expr.Log(x) >= 1.0);
        });
        Trajectory run = model.TrySimulate(1.0);
        Assert.That(run.Status, Is.EqualTo(RunStatus.NotFinite));
        Assert.That(run.EndTime, Is.Zero);
    }

    [Test]
    public void A_reset_that_gives_nan_ends_with_both_names_and_a_finite_left_limit()
    {
        var model = HybridAutomaton.Build("nan", h =>
        {
            var x = h.State("x");
            var (m, end) = (h.Mode("m").Flow(x, 1.0), h.Mode("end"));
            h.Transition(m, end, "jump").Guard(x >= 1.0).Reset(x, Expr.Sqrt(-x));
        });
        Trajectory run = model.TrySimulate(2.0);
        Assert.That(run.Status, Is.EqualTo(RunStatus.NotFinite));
        Assert.That(run.Reason, Does.Contain("'jump'").And.Contain("'x'"));
        Assert.That(run.Value("x", run.EndTime), Is.EqualTo(1.0).Within(1e-9));
        Assert.That(run.Jumps, Is.Empty);
    }

    [Test]
    public void A_sampled_update_that_gives_nan_writes_nothing()
    {
        var model = HybridAutomaton.Build("nan", h =>
        {
            var (a, b) = (h.Discrete("a", 2.0), h.Discrete("b", 1.0));
            h.Mode("m");
            h.Every("update", 1.0, (a, a - 1.0), (b, Expr.Log(a - 1.5)));
        });
        Trajectory run = model.TrySimulate(5.0);
        Assert.That(run.Status, Is.EqualTo(RunStatus.NotFinite));
        Assert.That(run.Reason, Does.Contain("'update'").And.Contain("'b'"));
        Assert.That(run.Value("a", run.EndTime), Is.EqualTo(1.0));
    }

    [Test]
    public void A_block_that_cannot_go_on_ends_the_run_with_its_reason()
    {
        var model = HybridAutomaton.Build("tired", h =>
        {
            var (x, u) = (h.State("x"), h.Discrete("u"));
            h.Mode("m").Flow(x, 1.0 + (0.0 * u));
        });
        Trajectory run = Scenario.For(model).Sample(new Tired(), "x", "u").TrySimulate(5.0);
        Assert.That(run.Status, Is.EqualTo(RunStatus.BlockRefused));
        Assert.That(run.IsError, Is.True);
        Assert.That(run.Reason, Does.Contain("'Tired 1'").And.Contain("three ticks").And.Contain("Rest."));
        Assert.That(run.Value("x", run.EndTime), Is.EqualTo(3.0).Within(1e-12));
    }

    [TestCase(1)]
    [TestCase(10)]
    public void The_limit_of_steps_ends_the_run(int steps)
    {
        Trajectory run = Spring().TrySimulate(100.0, new SimulationOptions { MaxSteps = steps });
        Assert.That(run.Status, Is.EqualTo(RunStatus.StepLimit));
        Assert.That(run.Statistics.Steps, Is.EqualTo(steps));
        Assert.That(run.EndTime, Is.GreaterThan(0.0).And.LessThan(100.0));
    }

    [Test]
    public void A_cancelled_run_keeps_what_it_has()
    {
        using var source = new CancellationTokenSource();
        var model = HybridAutomaton.Build("cancel", h =>
        {
            var (x, u) = (h.State("x"), h.Input("u", new HybridControl.Dynamics.DelegateSignal(t =>
            {
                if (t > 50.0)
                {
                    source.Cancel();
                }

                return 1.0;
            })));
            h.Mode("m").Flow(x, u);
        });
        Trajectory run = model.TrySimulate(
            1000.0, new SimulationOptions { Solver = new RungeKutta4 { Step = 0.01 } }, source.Token);
        Assert.That(run.Status, Is.EqualTo(RunStatus.Cancelled));
        Assert.That(run.IsError, Is.False);
        Assert.That(run.EndTime, Is.InRange(50.0, 60.0));
        Assert.That(run.Value("x", run.EndTime), Is.EqualTo(run.EndTime).Within(1e-9));
    }

    [Test]
    public void A_run_that_is_cancelled_beforehand_stays_at_its_start()
    {
        Trajectory run = Spring().TrySimulate(1.0, cancellation: new CancellationToken(canceled: true));
        Assert.That(run.Status, Is.EqualTo(RunStatus.Cancelled));
        Assert.That(run.EndTime, Is.Zero);
    }

    [Test]
    public void Progress_is_reported_in_order()
    {
        // However fast the machine is: the run goes on until it has reported three times.
        const double Far = 1e6;
        var seen = new List<SimulationProgress>();
        using var stop = new CancellationTokenSource();
        Spring().TrySimulate(
            Far,
            new SimulationOptions { Solver = new RungeKutta4 { Step = 1e-3 }, Recording = Recording.Events, Progress = new Counted(seen, stop) },
            stop.Token);
        Assert.That(seen, Has.Count.EqualTo(3));
        Assert.That(seen.Select(progress => progress.Time), Is.Ordered);
        Assert.That(seen.Select(progress => progress.End), Is.All.EqualTo(Far));
    }

    [Test]
    public void A_step_that_shrinks_to_nothing_fails_with_mode_state_and_remedy()
    {
        var model = HybridAutomaton.Build("blow-up", h =>
        {
            var (slow, fast) = (h.State("slow", initial: 1.0), h.State("fast", initial: 1.0));
            var (arc, end) = (h.Mode("arc").Flow((slow, fast), (-slow, 5.0 * fast * fast * fast)), h.Mode("end"));
            h.Transition(arc, end, "exit").Guard(slow <= 0.1);
        });
        Trajectory run = model.TrySimulate(10.0);
        Assert.That(run.Status, Is.EqualTo(RunStatus.StepTooSmall));
        Assert.That(run.EndTime, Is.EqualTo(0.1).Within(1e-6));
        Assert.That(run.Reason, Does.Contain("'arc'").And.Contain("'fast'").And.Contain("t = 0.1").Or.Contain("t = 0.09"));
        Assert.That(run.Reason, Does.Contain("stiff").And.Contain("'exit'"));
    }

    private static HybridAutomaton Spring() => HybridAutomaton.Build("spring", h =>
    {
        var (x, v) = (h.State("x", initial: 1.0), h.State("v"));
        h.Mode("m").Flow((x, v), (v, -x));
    });

    private sealed class Counted(List<SimulationProgress> seen, CancellationTokenSource stop) : IProgress<SimulationProgress>
    {
        public void Report(SimulationProgress value)
        {
            seen.Add(value);
            if (seen.Count == 3)
            {
                stop.Cancel();
            }
        }
    }

    private sealed class Tired : HybridControl.Dynamics.ISampledBlock
    {
        public double Period => 1.0;

        public int InputCount => 1;

        public int OutputCount => 1;

        public int StateCount => 1;

        public void Initialize(Span<double> state) => state.Clear();

        public void Update(double time, ReadOnlySpan<double> inputs, Span<double> state, Span<double> outputs)
        {
            state[0]++;
            outputs[0] = state[0] <= 3.0 ? 0.0 : throw new HybridControl.Diagnostics.ModelException("tired", "three ticks are enough", "Rest.");
        }
    }
}
