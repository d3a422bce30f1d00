using HybridControl.Automata;
using HybridControl.Automata.Networks;
using HybridControl.Simulation;

namespace HybridControl.Tests.Simulation.Rules;

/// <summary>Firing rules of components that run beside each other.</summary>
public class NetworkRuleTests
{
    [Test]
    public void The_invariant_of_one_component_forces_no_exit_of_another()
    {
        HybridAutomaton window = HybridAutomaton.Build("window", h =>
        {
            var (x, limit) = (h.State("x"), h.Parameter("limit", 1.0));
            var (a, b) = (h.Mode("a").Flow(x, 1.0).Invariant(x <= limit), h.Mode("b"));
            h.Transition(a, b, "go").Permissive(PermissivePolicy.Alap);
        });
        Trajectory run = AutomatonNetwork.Build("pair", n =>
        {
            n.Component("late", window, ("limit", 5.0));
            n.Component("soon", window, ("limit", 2.0));
        }).Compose().Simulate(until: 10.0);
        Assert.That(run.Jumps.Select(jump => jump.Transition), Is.EqualTo(new[] { "soon.go", "late.go" }));
        Assert.That(run.Jumps.Select(jump => jump.Time), Is.EqualTo(new[] { 2.0, 5.0 }).Within(1e-12));
    }

    [Test]
    public void Chances_of_components_are_independent_and_keep_their_laws()
    {
        HybridAutomaton source = HybridAutomaton.Build("source", h =>
        {
            var n = h.Discrete("n");
            var m = h.Mode("m");
            h.Transition(m, m, "emit").Rate(1.0).Reset(n, n + 1.0);
        });
        Trajectory run = AutomatonNetwork.Build("sources", n =>
        {
            n.Component("one", source);
            n.Component("two", source);
        }).Compose().Simulate(until: 1500.0, options: new SimulationOptions { Seed = 8 });
        double[] Intervals(string transition)
        {
            double[] times = [0.0, .. run.Jumps.Where(jump => jump.Transition == transition).Select(jump => jump.Time)];
            return [.. times.Skip(1).Zip(times, (later, earlier) => later - earlier).Order()];
        }

        double[] one = Intervals("one.emit");
        double[] two = Intervals("two.emit");
        Assert.That(Distance.OfKolmogorov(one, t => 1.0 - Math.Exp(-t)), Is.LessThan(1.95 / Math.Sqrt(one.Length)));
        Assert.That(Distance.OfKolmogorov(two, t => 1.0 - Math.Exp(-t)), Is.LessThan(1.95 / Math.Sqrt(two.Length)));
        Assert.That(one.Take(100), Is.Not.EqualTo(two.Take(100)));
    }

    [Test]
    public void Clocks_of_components_tick_together_and_each_looks_at_its_own_guard()
    {
        HybridAutomaton watch = HybridAutomaton.Build("watch", h =>
        {
            var (x, limit) = (h.State("x"), h.Parameter("limit", 1.0));
            var (a, b) = (h.Mode("a").Flow(x, 1.0), h.Mode("b"));
            h.Transition(a, b, "stop").Guard(x >= limit).Sampled(0.25);
        });
        Trajectory run = AutomatonNetwork.Build("watches", n =>
        {
            n.Component("first", watch, ("limit", 0.9));
            n.Component("second", watch, ("limit", 0.95));
            n.Component("third", watch, ("limit", 1.1));
        }).Compose().Simulate(until: 2.0);
        Assert.That(run.Jumps.Select(jump => (jump.Transition, jump.Time)), Is.EqualTo(new[]
        {
            ("first.stop", 1.0), ("second.stop", 1.0), ("third.stop", 1.25),
        }));
    }
}
