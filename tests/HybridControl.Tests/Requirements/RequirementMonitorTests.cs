using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Requirements;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Requirements;

public class RequirementMonitorTests
{
    // On from 65 to 75 in 2 ln 3 s, off again in 2 ln 3 s.
    private static readonly HybridAutomaton Thermostat = HybridAutomaton.Build("thermostat", h =>
    {
        Expr x = h.State("x", initial: 70.0);
        ModeBuilder on = h.Mode("on").Flow(x, (-0.5 * x) + 40);
        ModeBuilder off = h.Mode("off").Flow(x, (-0.5 * x) + 30);
        h.Transition(on, off, "hot").Guard(x >= 75);
        h.Transition(off, on, "cold").Guard(x <= 65);
    });

    private static readonly string[] Formulas =
    [
        "always(x <= 75)", "always(x < 74)", "eventually(x > 74)", "always[0, 8](x > 60)", "eventually[0, 3](mode == \"off\")",
        "always(mode == \"off\" implies eventually[0, 3](mode == \"on\"))", "always(fires(\"hot\") implies always[0, 1](mode == \"off\"))",
        "always(x < 74 | eventually[0, 0.1](x > 74.5))", "mode == \"on\" until[1, 3] x > 74", "atEnd(x > 70)",
        "eventually[2, 6](always[0, 1](x < 72))", "!(always(x > 66)) & eventually(x > 74)", "x < 71 implies eventually[0, 9](x < 66)",
    ];

    [TestCaseSource(nameof(Formulas))]
    public void A_monitor_ends_with_the_verdict_on_the_whole_run(string text)
    {
        Requirement requirement = new("r", Formula.Parse(text, Thermostat));
        SimulationRun run = Scenario.For(Thermostat).Start();
        var monitor = RequirementMonitor.Attach(run, requirement);
        run.AdvanceTo(10.0);
        RequirementResult whole = run.ToTrajectory().Check(requirement);
        RequirementResult online = monitor.Conclude();
        Assert.That(online.Verdict, Is.EqualTo(whole.Verdict));
        if (monitor.DecidedAt is null)
        {
            Assert.That(online.Robustness, Is.EqualTo(whole.Robustness));
        }
        else
        {
            Assert.That(online.Lower, Is.LessThanOrEqualTo(whole.Lower));
            Assert.That(online.Upper, Is.GreaterThanOrEqualTo(whole.Upper));
        }
    }

    [Test]
    public void The_interval_narrows_and_always_holds_the_robustness_of_the_whole_run([Values] bool closedForm)
    {
        SimulationOptions options = new() { Solver = closedForm ? new HybridControl.Solvers.MatrixExponential() : new HybridControl.Solvers.DormandPrince5() };
        foreach (string text in Formulas)
        {
            Requirement requirement = new("r", Formula.Parse(text, Thermostat));
            SimulationRun run = Scenario.For(Thermostat).Start(options);
            var monitor = RequirementMonitor.Attach(run, requirement);
            var seen = new List<(double Lower, double Upper)>();
            for (int k = 1; k <= 40; k++)
            {
                run.AdvanceTo(k * 0.25);
                seen.Add((monitor.Current.Lower, monitor.Current.Upper));
            }

            RequirementResult whole = run.ToTrajectory().Check(requirement);
            Assert.That(seen.Select(end => end.Lower), Is.Ordered, text);
            Assert.That(seen.Select(end => end.Upper), Is.Ordered.Descending, text);
            // Quartics are followed exactly, steps of a higher degree by parabolas, which round.
            double rounding = closedForm ? 1e-13 : 0.0;
            Assert.That(
                seen, Has.All.Matches<(double Lower, double Upper)>(end => end.Lower <= whole.Lower + rounding && end.Upper >= whole.Upper - rounding), text);
        }
    }

    // x = 80 - 10 exp(-t / 2) reaches 74 at 2 ln(5 / 3).
    [TestCase("always(x < 74)", 1.0216512475319814, Verdict.Violated)]
    [TestCase("eventually(x > 74)", 1.0216512475319814, Verdict.Satisfied)]
    [TestCase("always[0, 1](x < 74)", 1.0, Verdict.Satisfied)]
    [TestCase("eventually[0, 1](mode == \"off\")", 1.0, Verdict.Violated)]
    [TestCase("always(x < 74 | eventually[0.5, 0.5](x < 60))", 1.5216512475319814, Verdict.Violated)]
    public void The_verdict_comes_with_the_step_that_decides_it(string text, double time, Verdict verdict)
    {
        SimulationRun run = Scenario.For(Thermostat).Start(new() { Solver = new HybridControl.Solvers.DormandPrince5 { MaximumStep = 0.01 } });
        var monitor = RequirementMonitor.Attach(run, new Requirement("r", Formula.Parse(text, Thermostat)));
        run.AdvanceTo(4.0);
        Assert.That(monitor.Current.Verdict, Is.EqualTo(verdict));
        Assert.That(monitor.DecidedAt, Is.InRange(time, time + 0.0101));
    }

    [Test]
    public void A_watched_run_has_the_same_bits()
    {
        SimulationRun alone = Scenario.For(Thermostat).Start();
        alone.AdvanceTo(10.0);
        SimulationRun watched = Scenario.For(Thermostat).Start();
        foreach (string text in Formulas)
        {
            RequirementMonitor.Attach(watched, new Requirement("r", Formula.Parse(text, Thermostat)));
        }

        watched.AdvanceTo(10.0);
        Assert.That(watched.States, Is.EqualTo(alone.States));
        Assert.That(watched.ToTrajectory().Jumps.Select(jump => jump.Time), Is.EqualTo(alone.ToTrajectory().Jumps.Select(jump => jump.Time)));
        Assert.That(watched.ToTrajectory().Statistics, Is.EqualTo(alone.ToTrajectory().Statistics));
    }

    [Test]
    public void A_violation_can_end_the_run()
    {
        SimulationRun run = Scenario.For(Thermostat).Start();
        var monitor = RequirementMonitor.Attach(run, new Requirement("cool", Formula.Parse("always(x < 74)", Thermostat)), stopAt: Verdict.Violated);
        Assert.That(run.AdvanceTo(10.0), Is.False);
        Assert.That(run.Status, Is.EqualTo(RunStatus.Cancelled));
        Assert.That(run.Reason, Does.StartWith("requirement 'cool' (always(x < 74)) is violated"));
        Assert.That(run.Time, Is.LessThan(10.0).And.EqualTo(monitor.DecidedAt));
    }

    [Test]
    public void After_going_back_it_judges_anew()
    {
        SimulationRun run = Scenario.For(Thermostat).Start();
        var monitor = RequirementMonitor.Attach(run, new Requirement("cool", Formula.Parse("always(x < 74)", Thermostat)));
        run.AdvanceTo(0.5);
        RunSnapshot early = run.Snapshot();
        run.AdvanceTo(3.0);
        Assert.That(monitor.Current.Verdict, Is.EqualTo(Verdict.Violated));
        run.Restore(early);
        run.AdvanceTo(0.6);
        Assert.That(monitor.Current.Verdict, Is.EqualTo(Verdict.Undecided));
    }

    [Test]
    public void A_run_without_steps_is_refused() =>
        Assert.That(
            () => RequirementMonitor.Attach(
                Scenario.For(Thermostat).Start(new() { Recording = Recording.Events }), new Requirement("r", Formula.Mode("on"))),
            Throws.TypeOf<ModelException>().With.Message.Contains("keeps no steps"));
}
