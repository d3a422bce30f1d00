using HybridControl.Automata;
using HybridControl.Dynamics;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Simulation;

/// <summary>Models whose event times are known in closed form or from an independent solver.</summary>
public class KnownCaseTests
{
    private const double Within = 1e-9;

    [TestCaseSource(typeof(TightSolvers))]
    public void Bouncing_ball_hits_the_ground_at_the_times_of_the_geometric_series(Solver solver)
    {
        Trajectory run = Balls.Dropped(1.0, 9.81, 0.7).Simulate(until: 2.4, solver);
        double t1 = Math.Sqrt(2.0 / 9.81);
        double time = t1;
        for (int n = 0; n < run.Jumps.Length; n++)
        {
            Assert.That(run.Jumps[n].Time, Is.EqualTo(time).Within(Within), $"impact {n + 1}");
            time += 2.0 * t1 * Math.Pow(0.7, n + 1);
        }

        Assert.That(run.Jumps, Has.Length.GreaterThan(5));
        Assert.That(run.Jumps[4].Time, Is.EqualTo(2.0527167766493295).Within(Within));
    }

    [TestCaseSource(typeof(TightSolvers))]
    public void Bouncing_ball_predicts_the_time_at_which_its_impacts_accumulate(Solver solver)
    {
        Trajectory run = Balls.Dropped(1.0, 9.81, 0.7)
            .TrySimulate(until: 5.0, new SimulationOptions { Solver = solver });
        Assert.That(run.Status, Is.EqualTo(RunStatus.Zeno));
        Assert.That(PredictedLimit(run.Reason), Is.EqualTo(2.5586339655858077).Within(1e-6));
    }

    [TestCaseSource(typeof(TightSolvers))]
    public void Thermostat_switches_every_two_ln_three(Solver solver)
    {
        var thermostat = HybridAutomaton.Build("thermostat", h =>
        {
            var x = h.State("x", initial: 65.0);
            var on = h.Mode("on").Flow(x, (-0.5 * x) + 40.0);
            var off = h.Mode("off").Flow(x, (-0.5 * x) + 30.0);
            h.Transition(on, off).Guard(x >= 75.0);
            h.Transition(off, on).Guard(x <= 65.0);
        });
        Trajectory run = thermostat.Simulate(until: 50.0, solver);
        Assert.That(run.Jumps, Has.Length.EqualTo(22));
        for (int n = 0; n < run.Jumps.Length; n++)
        {
            Assert.That(run.Jumps[n].Time, Is.EqualTo((n + 1) * 2.0 * Math.Log(3.0)).Within(1e-8));
            Assert.That(run.Jumps[n].From, Is.EqualTo(n % 2 == 0 ? "on" : "off"));
        }

        Assert.That(run.Jumps[0].Time, Is.EqualTo(2.197224577336219).Within(Within));
    }

    [Test]
    public void Swing_equation_is_stable_up_to_the_critical_clearing_time_and_not_beyond(
        [ValueSource(typeof(TightSolvers), nameof(TightSolvers.All))] Solver solver,
        [Values] bool complete)
    {
        (double during, double after, double critical) = complete ? (0.0, 1.8, 0.2599561663) : (0.65, 1.4625, 0.4112758468);
        Assert.That(IsStable(critical - 1e-7), Is.True);
        Assert.That(IsStable(critical + 1e-7), Is.False);

        bool IsStable(double clearing)
        {
            HybridAutomaton model = Smib(during, after, clearing);
            Trajectory run = model.Simulate(until: 8.0, solver);
            Assert.That(run.Jumps[0].Time, Is.EqualTo(clearing), "clearing is a time event");
            return run.Jumps.Length == 1;
        }
    }

    [TestCaseSource(typeof(TightSolvers))]
    public void Swing_equation_passes_the_critical_angle_at_the_critical_time(Solver solver)
    {
        Trajectory run = Smib(0.0, 1.8, 0.2599561663).Simulate(until: 0.2599561663, solver);
        double delta = run.Value("delta", 0.2599561663) * 180.0 / Math.PI;
        Assert.That(delta, Is.EqualTo(84.7745).Within(1e-4));
    }

    [TestCaseSource(typeof(TightSolvers))]
    public void Load_shedding_relays_pick_up_and_trip_at_the_known_times(Solver solver)
    {
        var grid = HybridAutomaton.Build("load shedding", h =>
        {
            var f = h.State("f", initial: 50.0);
            var shed = h.Discrete("shed");
            var run = h.Mode("run").Flow(f, 5.0 * (-(0.3 - shed) - ((f - 50.0) / 50.0)));
            foreach (double stage in new[] { 49.0, 48.8, 48.6 })
            {
                h.Transition(run, run, $"trip {stage}").Guard(f <= stage).After(0.2, survives: true).Reset(shed, shed + 0.1);
            }
        });
        Trajectory run = grid.Simulate(until: 5.0, solver);
        double[] pickUps = [0.689928715, 0.833816089, 1.031688262];
        double[] frequencies = [48.722781426, 48.598170263, 48.527672266];
        Assert.That(run.Jumps, Has.Length.EqualTo(3));
        for (int i = 0; i < 3; i++)
        {
            Assert.That(run.Jumps[i].Time, Is.EqualTo(pickUps[i] + 0.2).Within(Within), $"stage {i + 1}");
            Assert.That(run.Jumps[i].StatesBefore[0], Is.EqualTo(frequencies[i]).Within(Within));
        }

        LogRecord[] started = [.. run.Log.Where(record => record.Kind == LogKind.TimerStarted)];
        Assert.That(started.Select(record => record.Time), Is.EqualTo(pickUps).Within(Within));
    }

    [TestCaseSource(typeof(TightSolvers))]
    public void Automatic_transmission_shifts_up_and_down_again(Solver solver)
    {
        var gearbox = HybridAutomaton.Build("gearbox", h =>
        {
            var speed = h.Input("speed", new TableSignal([0.0, 60.0, 120.0], [0.0, 60.0, 0.0]));
            var gear = h.Discrete("gear", 1.0);
            var drive = h.Mode("drive");
            h.Transition(drive, drive, "1-2").Guard(gear <= 1.5 & speed >= 20.0).Reset(gear, 2.0);
            h.Transition(drive, drive, "2-3").Guard(gear >= 1.5 & gear <= 2.5 & speed >= 40.0).Reset(gear, 3.0);
            h.Transition(drive, drive, "3-2").Guard(gear >= 2.5 & speed <= 35.0).Reset(gear, 2.0);
            h.Transition(drive, drive, "2-1").Guard(gear >= 1.5 & gear <= 2.5 & speed <= 15.0).Reset(gear, 1.0);
        });
        Trajectory run = gearbox.Simulate(until: 120.0, solver);
        Assert.That(run.Jumps.Select(jump => jump.Transition), Is.EqualTo(new[] { "1-2", "2-3", "3-2", "2-1" }));
        Assert.That(run.Jumps.Select(jump => jump.Time), Is.EqualTo(new[] { 20.0, 40.0, 85.0, 105.0 }).Within(Within));
    }

    [TestCaseSource(typeof(TightSolvers))]
    public void Ladder_of_resets_jumps_five_times_at_one_instant(Solver solver)
    {
        Trajectory run = Ladder(persistent: true).Simulate(until: 1.5, solver);
        Assert.That(run.Jumps.Select(jump => jump.Time), Is.EqualTo(new[] { 1.0, 1.0, 1.0, 1.0, 1.0 }).Within(Within));
        Assert.That(run.Jumps.Select(jump => jump.StatesAfter[0]), Is.EqualTo(new[] { 0.2, 0.4, 0.6, 0.8, 1.0 }));
        Assert.That(run.Jumps.Select(jump => jump.Time).Distinct().Count(), Is.EqualTo(1), "one instant, one double");
    }

    [TestCaseSource(typeof(TightSolvers))]
    public void Ladder_of_resets_jumps_once_where_the_others_are_tested_again(Solver solver)
    {
        Trajectory run = Ladder(persistent: false).Simulate(until: 1.1, solver);
        Assert.That(run.Jumps, Has.Length.EqualTo(1));
        Assert.That(run.Jumps[0].StatesAfter[0], Is.EqualTo(0.2));
    }

    [TestCaseSource(typeof(TightSolvers))]
    public void Urgent_chain_runs_through_both_guards_at_one_instant(Solver solver)
    {
        var chain = HybridAutomaton.Build("chain", h =>
        {
            var x = h.State("x");
            var y = h.Discrete("y");
            var m = h.Mode("m").Flow(x, 1.0);
            h.Transition(m, m, "edge").Guard(x >= 1.0).Edge().Reset(x, 3.0).Reset(y, y + 1.0);
            h.Transition(m, m, "urgent").Guard(x >= 2.5).Reset(x, 2.0).Reset(y, y * 3.0);
        });
        Trajectory run = chain.Simulate(until: 1.4, solver);
        Assert.That(run.Jumps.Select(jump => jump.Transition), Is.EqualTo(new[] { "edge", "urgent" }));
        Assert.That(run.Jumps.Select(jump => jump.Time), Is.EqualTo(new[] { 1.0, 1.0 }).Within(Within));
        Assert.That(run.Jumps[1].StatesAfter[0], Is.EqualTo(2.0));
        Assert.That(run.Jumps[1].DiscretesAfter[0], Is.EqualTo(3.0));
    }

    [TestCaseSource(typeof(TightSolvers))]
    public void Batch_tank_drains_in_the_time_of_torricelli(Solver solver)
    {
        var tank = HybridAutomaton.Build("tank", h =>
        {
            var level = h.State("h", initial: 2.0);
            var drain = h.Mode("drain").Flow(level, -0.5 * Expr.Sqrt(level));
            var rest = h.Mode("rest");
            h.Transition(drain, rest).Guard(level <= 0.5);
        });
        Trajectory run = tank.Simulate(until: 5.0, solver);
        Assert.That(run.Jumps[0].Time, Is.EqualTo(2.8284271247461903).Within(Within));
    }

    [TestCaseSource(typeof(TightSolvers))]
    public void Empty_tank_never_evaluates_the_root_of_a_negative_level(Solver solver)
    {
        // Down to a level where a long trial step would overshoot zero.
        var tank = HybridAutomaton.Build("tank", h =>
        {
            var level = h.State("h", initial: 2.0);
            var drain = h.Mode("drain").Flow(level, -0.5 * Expr.Sqrt(level));
            var rest = h.Mode("rest");
            h.Transition(drain, rest).Guard(level <= 1e-6);
        });
        Trajectory run = tank.Simulate(until: 10.0, solver);
        Assert.That(run.Jumps[0].Time, Is.EqualTo(4.0 * (Math.Sqrt(2.0) - 1e-3)).Within(1e-6));
        Assert.That(run.Status, Is.EqualTo(RunStatus.Completed));
    }

    internal static double PredictedLimit(string reason)
    {
        const string before = "predicted limit t = ";
        int from = reason.IndexOf(before, StringComparison.Ordinal) + before.Length;
        int to = reason.IndexOf(" s", from, StringComparison.Ordinal);
        return double.Parse(reason[from..to], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static HybridAutomaton Ladder(bool persistent) => HybridAutomaton.Build("ladder", h =>
    {
        var x = h.State("x", initial: 1.0);
        var m = h.Mode("m").Flow(x, -1.0);
        foreach (double value in new[] { 0.2, 0.4, 0.6, 0.8, 1.0 })
        {
            TransitionBuilder rung = h.Transition(m, m, $"to {value}").Guard(x < 0.0).Edge().Reset(x, value);
            _ = persistent ? rung : rung.NotPersistent();
        }
    });

    // delta'' = w0 / (2 H) (Pm - Pmax sin delta); past 170 degrees the machine has lost synchronism.
    private static HybridAutomaton Smib(double during, double after, double clearing) =>
        HybridAutomaton.Build("smib", h =>
        {
            const double gain = 2.0 * Math.PI * 60.0 / 10.0;
            double start = Math.Asin(0.8 / 1.8);
            var delta = h.State("delta", initial: start);
            var omega = h.State("omega");
            var fault = h.Mode("fault").Flow((delta, omega), (omega, gain * (0.8 - (during * Expr.Sin(delta)))));
            var cleared = h.Mode("cleared").Flow((delta, omega), (omega, gain * (0.8 - (after * Expr.Sin(delta)))));
            var lost = h.Mode("lost");
            h.Transition(fault, cleared, "clear").After(clearing);
            h.Transition(cleared, lost, "lose step").Guard(delta >= Math.PI);
        });
}
