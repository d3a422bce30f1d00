using HybridControl.Automata;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Simulation;

/// <summary>A mode starts with the step size that it had before, and events stay where they belong.</summary>
public class StepSizeMemoryTests
{
    private static readonly DormandPrince5 Tight = new() { RelativeTolerance = 1e-9, AbsoluteTolerance = 1e-12 };

    [Test]
    public void Switches_between_known_modes_need_no_tiny_first_steps()
    {
        HybridAutomaton thermostat = HybridAutomaton.Build("thermostat", h =>
        {
            Expr t = h.State("T", 20.0);
            ModeBuilder on = h.Mode("on").Flow(t, 0.1 * (30.0 - t));
            ModeBuilder off = h.Mode("off").Flow(t, 0.1 * (10.0 - t));
            h.Transition(on, off).Guard(t >= 22.0);
            h.Transition(off, on).Guard(t <= 18.5);
        });
        Trajectory run = thermostat.Simulate(353.0, Tight);
        Assert.That(run.Statistics.RightHandSides / (double)run.Jumps.Length, Is.LessThan(42.0));

        // 10 ln(10 / 8) to the first switch, then 10 ln(12 / 8.5) down and 10 ln(11.5 / 8) up.
        double exact = 10.0 * Math.Log(10.0 / 8.0);
        for (int i = 0; i < run.Jumps.Length; i++)
        {
            Assert.That(run.Jumps[i].Time, Is.EqualTo(exact).Within(5e-9 * (i + 1)));
            exact += 10.0 * Math.Log(i % 2 == 0 ? 12.0 / 8.5 : 11.5 / 8.0);
        }
    }

    [Test]
    public void Flights_that_shorten_keep_the_resolution_of_time()
    {
        HybridAutomaton ball = HybridAutomaton.Build("ball", h =>
        {
            Expr y = h.State("y", 10.0);
            Expr v = h.State("v");
            ModeBuilder fall = h.Mode("fall").Flow((y, v), (v, -9.81));
            h.Transition(fall, fall).Guard(y <= 0.0).Edge().Reset(y, 0.0).Reset(v, -0.8 * v);
        });
        Trajectory run = ball.TrySimulate(1e6, new() { Solver = Tight, Zeno = ZenoPolicy.Stop });
        double flight = Math.Sqrt(20.0 / 9.81);
        double exact = flight;
        flight *= 2.0;
        for (int i = 0; i < 30; i++)
        {
            Assert.That(run.Jumps[i].Time, Is.EqualTo(exact).Within(2e-11), $"bounce {i + 1}");
            flight *= 0.8;
            exact += flight;
        }
    }

    [Test]
    public void A_mode_that_has_become_fast_rejects_the_step_of_its_last_visit()
    {
        HybridAutomaton model = HybridAutomaton.Build("faster", h =>
        {
            Expr x = h.State("x", 1.0);
            Expr clock = h.State("clock");
            Expr rate = h.Discrete("rate", 0.01);
            ModeBuilder wait = h.Mode("wait").Flow((x, clock), (-rate * x, 1.0));
            h.Transition(wait, wait).Guard(clock >= 10.0).Reset(clock, 0.0).Reset(rate, 1000.0 * rate).Reset(x, 1.0);
        });
        Trajectory run = model.Simulate(19.0, Tight);
        Assert.That(run.Value("x", 10.1), Is.EqualTo(Math.Exp(-1.0)).Within(1e-7));
        Assert.That(run.Statistics.Rejections, Is.LessThan(20));
    }
}
