using System.Diagnostics;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Simulation;

/// <summary>Runs that a program advances.</summary>
public class SimulationRunTests
{
    [Test]
    public void A_run_in_slices_agrees_with_a_run_in_one()
    {
        SimulationRun run = Scenario.For(Heater()).Start();
        for (int k = 1; k <= 100; k++)
        {
            Assert.That(run.AdvanceTo(0.1 * k), Is.True);
            Assert.That(run.Time, Is.EqualTo(0.1 * k));
        }

        Trajectory whole = Heater().Simulate(until: 10.0);
        Trajectory slices = run.ToTrajectory();
        Assert.That(slices.Jumps.Select(jump => jump.Transition), Is.EqualTo(whole.Jumps.Select(jump => jump.Transition)));
        Assert.That(slices.Jumps.Select(jump => jump.Time), Is.EqualTo(whole.Jumps.Select(jump => jump.Time)).Within(1e-4));
    }

    [Test]
    public void Setting_a_variable_wakes_the_guards_that_depend_on_it()
    {
        SimulationRun run = Scenario.For(Heater()).Start();
        run.AdvanceTo(0.25);
        run.Set("T", 30.0);
        Assert.That(run.Mode, Is.EqualTo("off"));
        Assert.That(run["T"], Is.EqualTo(30.0));
        run.Set("high", 40.0);
        Assert.That(run["high"], Is.EqualTo(40.0));
        Assert.That(() => run.Set("hihg", 1.0), Throws.TypeOf<ModelException>());
        Assert.That(() => run.Set("T", double.NaN), Throws.TypeOf<ModelException>());
        Assert.That(run.JumpIndex, Is.EqualTo(1));
    }

    [Test]
    public void A_command_answers_whether_it_was_taken()
    {
        SimulationRun run = Scenario.For(Heater()).Start();
        Assert.That(run.Command("stop"), Is.True);
        Assert.That(run.Mode, Is.EqualTo("stopped"));
        Assert.That(run.Command("stop"), Is.False);
        Assert.That(() => run.Command("sotp"), Throws.TypeOf<ModelException>());
        Assert.That(run.ToTrajectory().Jumps.Single().Time, Is.Zero);
    }

    [Test]
    public void A_run_does_not_go_back()
    {
        SimulationRun run = Scenario.For(Heater()).Start();
        run.AdvanceTo(1.0);
        Assert.That(() => run.AdvanceTo(0.5), Throws.TypeOf<ModelException>());
        Assert.That(run.AdvanceTo(1.0), Is.True);
    }

    [Test]
    public void An_ended_run_stays_as_it_is()
    {
        var model = HybridAutomaton.Build("wall", h =>
        {
            var x = h.State("x");
            var m = h.Mode("m").Flow(x, 1.0).Invariant(x <= 1.0);
            h.Transition(m, m, "go").OnCommand("go").Reset(x, 0.0);
        });
        SimulationRun run = Scenario.For(model).Start();
        Assert.That(run.AdvanceTo(2.0), Is.False);
        int length = run.ToTrajectory().Segments.Length;
        Assert.That(run.AdvanceTo(3.0), Is.False);
        Assert.That(run.Command("go"), Is.False);
        Assert.That(() => run.Set("x", 0.0), Throws.TypeOf<ModelException>().With.Message.Contains("has ended"));
        Assert.That(run.Status, Is.EqualTo(RunStatus.InvariantViolated));
        Assert.That(run.ToTrajectory().Segments, Has.Length.EqualTo(length));
        Assert.That(run["x"], Is.EqualTo(1.0).Within(1e-9));
    }

    [Test]
    public void Pace_holds_the_run_to_the_clock()
    {
        SimulationRun run = Scenario.For(Heater()).Start();
        run.Pace = 4.0;
        long start = Stopwatch.GetTimestamp();
        run.AdvanceTo(0.8);
        Assert.That(Stopwatch.GetElapsedTime(start).TotalSeconds, Is.GreaterThan(0.19));
        Assert.That(run.Time, Is.EqualTo(0.8));
    }

    private static HybridAutomaton Heater() => HybridAutomaton.Build("heater", h =>
    {
        var (low, high) = (h.Parameter("low", 19.0), h.Parameter("high", 21.0));
        var temperature = h.State("T", initial: 20.0);
        var (on, off, stopped) = (
            h.Mode("on").Flow(temperature, 30.0 - temperature), h.Mode("off").Flow(temperature, 10.0 - temperature), h.Mode("stopped"));
        h.Transition(on, off).Guard(temperature >= high);
        h.Transition(off, on).Guard(temperature <= low);
        h.Transition(on, stopped, "stop").OnCommand("stop");
    });
}
