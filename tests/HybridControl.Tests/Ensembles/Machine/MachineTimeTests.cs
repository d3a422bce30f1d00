using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Dynamics;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Machine;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Ensembles.Machine;

/// <summary>What happens by the clock, what is set, and what alternatives and noise change.</summary>
public class MachineTimeTests
{
    [Test]
    public void A_sampled_controller_ticks_without_drift()
    {
        var model = HybridAutomaton.Build("ticks", h =>
        {
            var (x, u, n) = (h.State("x"), h.Discrete("u"), h.Discrete("n"));
            h.Mode("m").Flow(x, u);
            h.Every("control", 0.1, (u, 1.0 - x), (n, n + 1.0));
        });
        MachineRun run = MachineRun.Of(MachineRun.PlanOf(model, 10.0));
        Trajectory expected = model.Simulate(10.0);
        Assert.That(run["n"], Is.EqualTo(101.0));
        Assert.That(run["x"], Is.EqualTo(expected.Value("x", 10.0)).Within(1e-12));
    }

    [Test]
    public void Commands_and_settings_act_at_their_times()
    {
        var model = HybridAutomaton.Build("commanded", h =>
        {
            var (x, a, u) = (h.State("x"), h.Parameter("a", 1.0), h.Input("u", new RampSignal(0.0, 10.0, 0.0, 10.0)));
            var (off, on) = (h.Mode("off").Flow(x, a), h.Mode("on").Flow(x, 10.0 * a + u));
            h.Transition(off, on, "go").OnCommand("go");
        });
        EnsemblePlan plan = MachineRun.PlanOf(model, 6.0) with
        {
            Commands = [TimedCommand.Give(2.0, "go"), TimedCommand.Assign(1.0, "a", 3.0), TimedCommand.Assign(4.0, "u", 0.0), TimedCommand.Assign(5.0, "x", 0.0), TimedCommand.Give(3.0, "go")],
        };
        MachineRun run = MachineRun.Of(plan);
        Assert.That(run.Events, Is.EqualTo(new[] { "go" }));
        Assert.That(run.EventTimes[0], Is.EqualTo(2.0));
        Assert.That(run["x"], Is.EqualTo(30.0).Within(1e-9));
    }

    [Test]
    public void Inputs_follow_their_signals([Values(0, 1, 2, 3, 4)] int kind)
    {
        Signal signal = kind switch
        {
            0 => new StepSignal(1.0, 2.0, -1.0),
            1 => new RampSignal(0.5, 1.5, 1.0, 3.0),
            2 => new SineSignal(2.0, 0.7, 0.3, 1.0),
            3 => new TableSignal([0.0, 0.5, 1.0, 2.5], [1.0, -1.0, 4.0, 0.0]),
            _ => new TableSignal([0.0, 0.5, 1.0, 2.5], [1.0, -1.0, 4.0, 0.0], Linear: false),
        };
        var model = HybridAutomaton.Build("input", h =>
        {
            var (x, u) = (h.State("x"), h.Input("u", signal));
            h.Mode("m").Flow(x, u - (0.3 * x));
        });
        Solver solver = new DormandPrince5 { RelativeTolerance = 1e-11, AbsoluteTolerance = 1e-12 };
        MachineRun run = MachineRun.Of(MachineRun.PlanOf(model, 3.0, solver));
        Trajectory expected = model.Simulate(3.0, solver);
        Assert.That(run["x"], Is.EqualTo(expected.Value("x", 3.0)).Within(1e-10));
    }

    [Test]
    public void Timers_survive_or_are_cancelled_as_they_say([Values] bool survives)
    {
        var model = HybridAutomaton.Build("timer", h =>
        {
            var (x, n) = (h.State("x"), h.Discrete("n"));
            var (a, b) = (h.Mode("a").Flow(x, 1.0), h.Mode("b").Flow(x, -1.0));
            h.Transition(a, b, "leave").Guard(x >= 1.0);
            h.Transition(a, a, "late").Guard(x >= 0.5).After(1.0, survives).Reset(n, n + 1.0);
        });
        MachineRun run = MachineRun.Of(MachineRun.PlanOf(model, 3.0));
        Assert.That(run.Events, Is.EqualTo(survives ? new[] { "leave", "late" } : ["leave"]));
        Assert.That(run.Mode, Is.EqualTo("b"));
        Assert.That(run.EventTimes, Is.EqualTo(survives ? new[] { 1.0, 1.5 } : [1.0]).Within(1e-9));
    }

    [Test]
    public void Noise_is_redrawn_at_its_ticks_and_held_between()
    {
        var model = HybridAutomaton.Build("noise", h =>
        {
            var (x, w) = (h.State("x"), h.Input("w", 0.0));
            h.Mode("m").Flow(x, w);
        });
        EnsemblePlan plan = MachineRun.PlanOf(model, 2.5) with { Noise = [new("w", new Unit(), 0.5)] };
        var asked = new List<long>();
        MachineRun run = MachineRun.Of(plan, 0, (noise, draw) =>
        {
            asked.Add(draw);
            return (noise * 100.0) + Math.Pow(2.0, draw);
        });
        Assert.That(run["x"], Is.EqualTo(0.5 * (1.0 + 2.0 + 4.0 + 8.0 + 16.0)).Within(1e-12));
        Assert.That(asked.Distinct(), Is.SupersetOf(new long[] { 0, 1, 2, 3, 4 }));
    }

    [Test]
    public void An_alternative_replaces_values_and_a_sample_comes_last()
    {
        var model = HybridAutomaton.Build("alternatives", h =>
        {
            var (x, a, b) = (h.State("x"), h.Parameter("a", 1.0), h.Parameter("b", 0.0));
            h.Mode("m").Flow(x, a + b);
        });
        EnsemblePlan plan = MachineRun.PlanOf(model, 1.0) with
        {
            Values = ImmutableDictionary<string, double>.Empty.Add("a", 2.0),
            Variations = [new("b", new Unit())],
            Alternatives =
            [
                new("base", ImmutableDictionary<string, double>.Empty),
                new("other", ImmutableDictionary<string, double>.Empty.Add("a", 5.0).Add("b", 77.0)),
            ],
        };
        Assert.That(MachineRun.Of(plan, 0, null, 0.25)["x"], Is.EqualTo(2.25).Within(1e-12));
        Assert.That(MachineRun.Of(plan, 1, null, 0.25)["x"], Is.EqualTo(5.25).Within(1e-12));
    }

    [Test]
    public void Samples_reach_states_discrete_variables_and_inputs()
    {
        var model = HybridAutomaton.Build("varied", h =>
        {
            var (x, d, u) = (h.State("x", 1.0), h.Discrete("d", 1.0), h.Input("u", 1.0));
            h.Mode("m").Flow(x, (10.0 * d) + (100.0 * u));
        });
        EnsemblePlan plan = MachineRun.PlanOf(model, 1.0) with
        {
            Variations = [new("u", new Unit()), new("x", new Unit()), new("d", new Unit())],
        };
        Assert.That(MachineRun.Of(plan, 4.0, 2.0, 3.0)["x"], Is.EqualTo(432.0).Within(1e-9));
    }

    [Test]
    public void What_lanes_cannot_do_is_refused_with_the_remedy()
    {
        var model = HybridAutomaton.Build("refused", h =>
        {
            var (x, n) = (h.State("x"), h.Discrete("n"));
            h.Input("u", new DelegateSignal(Math.Sin));
            var m = h.Mode("m").Flow((t, s, d, r) => r[0] = 1.0);
            h.Transition(m, m, "touch").Guard(x >= 1.0).Edge().FireOnTouch().ValuesAtTrigger().Reset(n, n + 1.0);
        });
        EnsemblePlan plan = MachineRun.PlanOf(model, 1.0);
        Assert.That(MachineCompiler.Check(plan), Has.Length.EqualTo(3));
        Assert.That(MachineCompiler.Check(plan).Select(finding => finding.Mend), Is.All.Contains("--on simulator"));
        Assert.That(() => MachineCompiler.Compile(plan, 0), Throws.InstanceOf<Diagnostics.ModelException>());
    }

    [Test]
    public void Methods_whose_dense_output_has_stages_of_its_own_are_refused_by_name()
    {
        var model = HybridAutomaton.Build("slow", h => h.Mode("m").Flow(h.State("x", 1.0), -1.0));
        foreach (AdaptiveRungeKutta solver in new AdaptiveRungeKutta[] { new DormandPrince853(), new Verner9() })
        {
            EnsemblePlan plan = MachineRun.PlanOf(model, 1.0) with { Solver = solver };
            Assert.That(MachineCompiler.Check(plan).Single().What, Does.Contain(solver.Name));
            Assert.That(MachineCompiler.Check(plan with { Solver = new BogackiShampine3() }), Is.Empty);
        }
    }

    private sealed record Unit : Distribution
    {
        public override string? Problem => null;

        public override double Quantile(double p) => p;
    }
}
