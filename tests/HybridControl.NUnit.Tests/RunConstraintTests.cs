using HybridControl.Automata;
using HybridControl.NUnit;
using HybridControl.Serialization;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using static HybridControl.NUnit.RunConstraints;

namespace HybridControl.NUnit.Tests;

/// <summary>Constraints on runs, and what they say when they fail.</summary>
public class RunConstraintTests
{
    private static readonly HybridAutomaton Valve = HybridAutomaton.Build("valve", h =>
    {
        Expr level = h.State("level", initial: 0.0, unit: "m");
        Expr rate = h.Parameter("rate", 1.0);
        ModeBuilder open = h.Mode("open").Flow(level, rate);
        ModeBuilder closed = h.Mode("closed").Flow(level, -0.5 * rate);
        h.Transition(open, closed, "full").Guard(level >= 2);
        h.Transition(closed, open, "empty").Guard(level <= 1);
    });

    // Closes at 2, opens at 4, closes at 5, opens at 7, ...
    private static readonly Trajectory Run = Valve.Simulate(until: 6.0);

    [Test]
    public void Runs_that_do_as_asked_pass()
    {
        Assert.That(Run, Satisfies.Always("level >= 0"));
        Assert.That(Run, Satisfies.Always("level >= 1").From(1.0));
        Assert.That(Run, Satisfies.Eventually("level > 1.5").Within(2.0));
        Assert.That(Run, Satisfies.Formula("always[0, 5](level > 1.9 implies eventually[0, 1](mode == \"closed\"))"));
        Assert.That(Run, Satisfies.Formula(HybridControl.Requirements.Formula.Mode("open")));
        Assert.That(Run, SwitchesTo("closed").Before(2.5));
        Assert.That(Run, SwitchesTo("closed").Times(2));
        Assert.That(Run, SwitchesTo("closed").Between(4.5, 5.5).Times(1));
        Assert.That(Run, SwitchesTo("open").After(3.0));
        Assert.That(Run, StaysIn("open").Within(1.9));
        Assert.That(Run, StaysIn("open", "closed"));
        Assert.That(Run, !Satisfies.Always("level < 1"));
    }

    [Test]
    public void A_run_under_way_is_judged_as_far_as_it_has_come()
    {
        SimulationRun run = Scenario.For(Valve).Start();
        run.AdvanceTo(1.0);
        Assert.That(run, StaysIn("open"));
        run.AdvanceTo(3.0);
        Assert.That(run, SwitchesTo("closed"));
    }

    [Test]
    public void A_failed_formula_says_requirement_time_signal_value_and_mode()
    {
        string message = MessageOf(() => Assert.That(Run, Satisfies.Formula("always[0, 5](level < 1.5)").Named("not full")));
        Assert.That(message, Does.Contain("a run that meets 'not full': always[0, 5](level < 1.5)"));
        Assert.That(message, Does.Contain(
            "requirement 'not full' (always[0, 5](level < 1.5)) is violated, robustness -0.5: level < 1.5 with level = 2 m at t = 2 s"));
        Assert.That(message, Does.Contain("in mode 'open'"));
    }

    [Test]
    public void A_failed_interval_says_what_it_was()
    {
        string message = MessageOf(() => Assert.That(Run, Satisfies.Eventually("level > 3").Within(2.0)));
        Assert.That(message, Does.Contain("a run that meets eventually[0, 2](level > 3)"));
        Assert.That(message, Does.Contain("robustness -1"));
        Assert.That(MessageOf(() => Assert.That(Run, Satisfies.Always("level > -1").Within(60.0))), Does.Contain("undecided: the run ends at t = 6 s"));
    }

    [Test]
    public void A_failed_switch_says_when_it_switched_and_which_mode_it_was_in()
    {
        Assert.That(MessageOf(() => Assert.That(Run, SwitchesTo("closed").Before(1.5))), Does.Contain("a run that switches to 'closed' before 1.5 s")
            .And.Contain("it switched to 'closed' at t = 2 s from 'open' by 'full', at t = 5 s").And.Contain("it was in mode 'open' at t = 1.5 s"));
        Assert.That(MessageOf(() => Assert.That(Run, SwitchesTo("closed").Times(3))), Does.Contain("switches to 'closed' 3 times"));
        Assert.That(MessageOf(() => Assert.That(Valve.Simulate(until: 1.0), SwitchesTo("closed").Before(3.0))), Does.Contain(
            "it switched to 'closed' never; it was in mode 'open' at t = 1 s, where it ended"));
        Assert.That(() => Assert.That(Run, SwitchesTo("shut")), Throws.TypeOf<Diagnostics.ModelException>());
    }

    [Test]
    public void A_left_mode_names_the_mode_it_left_for() =>
        Assert.That(MessageOf(() => Assert.That(Run, StaysIn("open").Within(3.0))), Does.Contain("mode == \"open\" at t = 2 s").And.Contain("in mode 'closed'"));

    [Test]
    public void Another_solver_matches_the_golden_run_within_its_tolerance()
    {
        Trajectory other = Valve.Simulate(until: 6.0, solver: new RungeKutta4 { Step = 0.01 });
        Assert.That(other, Matches.GoldenRun(Run).Within(absolute: 1e-6).JumpsWithin(1e-6));
        string file = Path.Combine(TestContext.CurrentContext.WorkDirectory, "golden.csv");
        TrajectoryTable.From(Run).SaveCsv(file);
        Assert.That(other, Matches.GoldenRun(file).Within(1e-6, 1e-6).JumpsWithin(1e-6));
    }

    [Test]
    public void A_run_beside_the_golden_one_names_the_first_signal_and_time()
    {
        Trajectory faster = Valve.Simulate(until: 6.0, options: new() { Values = System.Collections.Immutable.ImmutableDictionary<string, double>.Empty.Add("rate", 1.01) });
        string message = MessageOf(() => Assert.That(faster, Matches.GoldenRun(Run).Within(1e-3).JumpsWithin(1e-3).Only("level")));
        Assert.That(message, Does.Contain("level = ").And.Contain("off by").And.Contain("mode 'open'"));
        Assert.That(faster, Matches.GoldenRun(Run).Within(absolute: 0.15).JumpsWithin(0.1).Only("level"));
        string jumps = MessageOf(() => Assert.That(faster, Matches.GoldenRun(Run).Within(absolute: 0.15).JumpsWithin(0.01).Only("level")));
        Assert.That(jumps, Does.Contain("instead of 'open'").Or.Contain("instead of 'closed'"));
    }

    [Test]
    public void What_is_no_run_is_refused() =>
        Assert.That(() => Satisfies.Always("level > 0").ApplyTo(Valve), Throws.ArgumentException.With.Message.Contains("A Trajectory or a SimulationRun"));

    private static string MessageOf(Action failing) => Assert.Throws<AssertionException>(() =>
    {
        using (new global::NUnit.Framework.Internal.TestExecutionContext.IsolatedContext())
        {
            failing();
        }
    })!.Message;
}
