using HybridControl.Automata;
using HybridControl.Ensembles;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.Ensembles.Machine;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Ensembles.Lanes;

/// <summary>A Rosenbrock method on machines and lanes: the stiff problems of the scalar method, and the simulator beside it.</summary>
public class StiffLaneTests
{
    [Test]
    public void Robertsons_reaction_ends_as_published()
    {
        double last = double.PositiveInfinity;
        foreach (double tolerance in (double[])[1e-6, 1e-8])
        {
            MachineRun run = MachineRun.Of(MachineRun.PlanOf(
                Reaction(), 1e11, new Rodas5P { RelativeTolerance = tolerance, AbsoluteTolerance = 1e-6 * tolerance }));
            Assert.That(run.Status, Is.EqualTo(TrajectoryStatus.Completed));
            double error = new[] { "a", "b", "c" }.Zip(StiffBench.RobertsonEnd, (name, value) => Math.Abs((run[name] / value) - 1.0)).Max();
            Assert.That(error, Is.LessThan(100.0 * tolerance).And.LessThan(last));
            Assert.That(run.Steps, Is.LessThan(1000));
            last = error;
        }
    }

    [Test]
    public void Van_der_Pols_oscillator_crosses_zero_in_time()
    {
        MachineRun run = MachineRun.Of(MachineRun.PlanOf(
            Oscillator(), 3500.0, new Rodas5P { RelativeTolerance = 1e-7, AbsoluteTolerance = 1e-9 }));
        Assert.That(run.EventTimes[3], Is.EqualTo(StiffBench.FourthCrossing).Within(1e-7 * StiffBench.FourthCrossing));
    }

    [Test]
    public void Events_of_stiff_trajectories_are_those_of_the_simulator()
    {
        var plan = new EnsemblePlan
        {
            Model = Oscillator(),
            Size = 200,
            Until = 2000.0,
            Solver = new Rodas5P { RelativeTolerance = 1e-10, AbsoluteTolerance = 1e-12 },
            Variations = [new("mu", new Uniform(300.0, 1000.0)), new("x", new Uniform(1.5, 2.0))],
            Recording = new() { EventSlots = 16 },
        };
        List<string> differences = EventComparison.Differences(plan, out int events);
        Assert.That(differences, Is.Empty, string.Join(Environment.NewLine, differences.Take(5)));
        Assert.That(events, Is.GreaterThan(200));
    }

    [Test]
    public void Flows_that_depend_on_time_keep_the_order()
    {
        // x' = -1000 (x - cos t) - sin t: cos t.
        var model = HybridAutomaton.Build("forced", h =>
        {
            Expr x = h.State("x", 1.0);
            h.Mode("m").Flow(x, (-1000.0 * (x - Expr.Cos(Expr.Time))) - Expr.Sin(Expr.Time));
        });
        MachineRun run = MachineRun.Of(MachineRun.PlanOf(model, 10.0, new Rodas5P { RelativeTolerance = 1e-8, AbsoluteTolerance = 1e-8 }));
        Assert.That(run["x"], Is.EqualTo(Math.Cos(10.0)).Within(1e-8));
        Assert.That(run.Steps, Is.LessThan(200));
    }

    [Test]
    public void Crossings_of_a_state_driven_by_time_are_found_where_they_are()
    {
        MachineRun run = MachineRun.Of(MachineRun.PlanOf(
            StiffBench.Crossings(), 10.0, new Rodas5P { RelativeTolerance = 1e-7, AbsoluteTolerance = 1e-7 }));
        Assert.That(run.EventTimes, Is.EqualTo(StiffBench.CrossingTimes).Within(1e-6));
    }

    [Test]
    public void A_pivot_that_is_too_small_shortens_the_step()
    {
        // Beside 1e4 the pivot 1 / (gamma h) must be ten or more.
        var model = HybridAutomaton.Build("fast", h =>
        {
            (Expr x, Expr y) = (h.State("x", 1e-9), h.State("y"));
            h.Mode("m").Flow((x, y), (1e4 * y, -1e4 * x));
        });
        MachineRun run = MachineRun.Of(MachineRun.PlanOf(model, 100.0, new Rodas5P { RelativeTolerance = 1e-2, AbsoluteTolerance = 1.0 }));
        Assert.That(run.Status, Is.EqualTo(TrajectoryStatus.Completed));
        Assert.That(run.Steps, Is.InRange(100, 500));
    }

    [Test]
    public void Large_models_are_refused_by_name()
    {
        var model = HybridAutomaton.Build("large", h =>
        {
            ModeBuilder mode = h.Mode("m");
            for (int i = 0; i < 9; i++)
            {
                Expr x = h.State($"x{i}", 1.0);
                mode.Flow(x, -x);
            }
        });
        EnsemblePlan plan = MachineRun.PlanOf(model, 1.0, new Rodas5P());
        Assert.That(new CpuEnsembleBackend(1).Check(plan).Single().ToString(), Does.Contain("rodas5p").And.Contain("9 states"));
        Assert.That(new CpuEnsembleBackend(1).Check(plan with { Solver = new Esdirk4() }).Single().ToString(), Does.Contain("esdirk4"));
    }

    private static HybridAutomaton Reaction() => HybridAutomaton.Build("robertson", h =>
    {
        (Expr a, Expr b, Expr c) = (h.State("a", 1.0), h.State("b"), h.State("c"));
        Expr k = h.Parameter("k", 0.04);
        h.Mode("m").Flow(a, (-k * a) + (1e4 * b * c)).Flow(b, (k * a) - (1e4 * b * c) - (3e7 * b * b)).Flow(c, 3e7 * b * b);
    });

    private static HybridAutomaton Oscillator() => HybridAutomaton.Build("van-der-pol", h =>
    {
        (Expr x, Expr v) = (h.State("x", 2.0), h.State("v"));
        Expr mu = h.Parameter("mu", 1000.0);
        Expr force = (mu * (1.0 - (x * x)) * v) - x;
        ModeBuilder right = h.Mode("right").Flow((x, v), (v, force));
        ModeBuilder left = h.Mode("left").Flow((x, v), (v, force));
        h.Transition(right, left).Guard(x <= 0.0);
        h.Transition(left, right).Guard(x >= 0.0);
    });
}
