using HybridControl.Automata;
using HybridControl.Automata.Networks;
using HybridControl.Diagnostics;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Automata.Networks;

/// <summary>Composing networks: names, wires, shared variables, and every finding at once.</summary>
public class AutomatonNetworkTests
{
    private static readonly HybridAutomaton Tank = HybridAutomaton.Build("tank", h =>
    {
        Expr level = h.State("h", initial: 1.0, unit: "m");
        Expr area = h.Parameter("area", 1.0);
        Expr inflow = h.Input("inflow", 0.5);
        h.Output("outflow", 0.2 * Expr.Sqrt(Expr.Max(level, 0.0)));
        h.Output("through", inflow);
        h.Mode("open").Flow(level, (inflow - (0.2 * Expr.Sqrt(Expr.Max(level, 0.0)))) / area);
    });

    [Test]
    public void The_description_is_the_sum_of_the_components()
    {
        HybridAutomaton composed = AutomatonNetwork.Build("tanks", n =>
        {
            ComponentBuilder upper = n.Component("upper", Tank, ("area", 2.0), ("h", 3.0));
            ComponentBuilder lower = n.Component("lower", Tank, ("inflow", 0.25));
            n.Wire(lower["inflow"], upper["outflow"]);
            n.Output("volume", (2.0 * upper["h"]) + lower["h"], "m^3");
        }).Compose();
        Assert.That(composed.States.Select(state => state.Name), Is.EqualTo(new[] { "upper.h", "lower.h" }));
        Assert.That(composed.States[0].Initial, Is.EqualTo(Expr.Constant(3.0)));
        Assert.That(composed.Parameters.Select(p => (p.Name, p.Value)), Is.EqualTo(new[] { ("upper.area", 2.0), ("lower.area", 1.0) }));
        Assert.That(composed.Inputs.Select(input => input.Name), Is.EqualTo(new[] { "upper.inflow" }));
        Assert.That(composed.Regions, Is.EqualTo(new[] { "upper", "lower" }));
        Assert.That(composed.InitialMode, Is.EqualTo("upper.open | lower.open"));
        Trajectory run = composed.Simulate(until: 1.0);
        Assert.That(run.Value("lower.inflow", 1.0), Is.EqualTo(run.Value("upper.outflow", 1.0)));
        Assert.That(run.UnitOf("volume"), Is.EqualTo("m^3"));
    }

    [Test]
    public void A_network_in_a_network_is_one_network()
    {
        HybridAutomaton pair = AutomatonNetwork.Build("pair", n =>
        {
            ComponentBuilder a = n.Component("a", Tank);
            ComponentBuilder b = n.Component("b", Tank);
            n.Wire(b["inflow"], a["outflow"]);
        }).Compose();
        HybridAutomaton whole = AutomatonNetwork.Build("whole", n =>
        {
            ComponentBuilder first = n.Component("first", pair);
            ComponentBuilder second = n.Component("second", pair);
            n.Wire(second["a.inflow"], first["b.outflow"]);
        }).Compose();
        Assert.That(whole.Regions, Is.EqualTo(new[] { "first.a", "first.b", "second.a", "second.b" }));
        Trajectory run = whole.Simulate(until: 1.0);
        Assert.That(run.Value("second.a.inflow", 1.0), Is.EqualTo(run.Value("first.b.outflow", 1.0)));
    }

    [Test]
    public void A_long_chain_of_wires_is_followed_in_whatever_order_it_is_declared()
    {
        HybridAutomaton composed = AutomatonNetwork.Build("chain", n =>
        {
            ComponentBuilder[] tanks = [.. Enumerable.Range(0, 60).Select(i => n.Component($"tank{i}", Tank))];
            for (int i = 0; i < 59; i++)
            {
                n.Wire(tanks[i]["inflow"], tanks[i + 1]["through"]);
            }
        }).Compose();
        Assert.That(composed.Simulate(until: 0.1).Value("tank0.through", 0.1), Is.EqualTo(0.5));
    }

    [Test]
    public void A_shared_variable_has_the_flow_of_its_owner_and_the_resets_of_all()
    {
        HybridAutomaton drain = HybridAutomaton.Build("drain", h =>
        {
            Expr level = h.State("level");
            ModeBuilder wait = h.Mode("wait");
            h.Transition(wait, wait, "spill").Guard(level >= 2.0).Reset(level, 1.0);
        });
        HybridAutomaton composed = AutomatonNetwork.Build("spilling", n =>
        {
            ComponentBuilder tank = n.Component("tank", Tank, ("inflow", 1.2));
            ComponentBuilder valve = n.Component("valve", drain);
            n.Share("level", tank["h"], valve["level"]);
        }).Compose();
        Assert.That(composed.States.Select(state => state.Name), Is.EqualTo(new[] { "level" }));
        Trajectory run = composed.Simulate(until: 4.0);
        Assert.That(run.Jumps, Has.Length.GreaterThan(1));
        Assert.That(run.Jumps[0].StatesBefore[0], Is.EqualTo(2.0).Within(1e-9));
        Assert.That(run.Jumps[0].StatesAfter[0], Is.EqualTo(1.0));
    }

    [Test]
    public void Every_finding_comes_at_once()
    {
        HybridAutomaton a = HybridAutomaton.Build("a", h =>
        {
            Expr x = h.State("x");
            Expr u = h.Input("u", 0.0);
            h.Output("y", 2.0 * u);
            ModeBuilder one = h.Mode("one").Flow(x, 1.0);
            ModeBuilder two = h.Mode("two").Flow(x, 1.0);
            h.Transition(one, two, "hand").Label("shake").Reset(x, 0.0);
            h.Transition(one, two, "never").Label("meet");
        });
        HybridAutomaton b = HybridAutomaton.Build("b", h =>
        {
            Expr x = h.State("x");
            ModeBuilder one = h.Mode("one");
            ModeBuilder two = h.Mode("two");
            ModeBuilder lost = h.Mode("lost");
            h.Transition(one, two, "hand").Label("shake").Reset(x, 1.0);
            h.Transition(lost, one, "never").Label("meet");
        });
        var network = AutomatonNetwork.Build("faulty", n =>
        {
            ComponentBuilder first = n.Component("first", a, ("z", 1.0));
            ComponentBuilder second = n.Component("second", a);
            ComponentBuilder third = n.Component("third", b);
            n.Component("no name", b);
            n.Wire(first["u"], second["y"]);
            n.Wire(second["u"], first["y"]);
            n.Wire(second["u"], 1.0);
            n.Wire(first["x"], 1.0);
            n.Wire(third["v"], 1.0);
            n.Share("x", first["x"], second["x"], third["x"], third["nothing"]);
            n.Output("sum", first["x"] + third["q"]);
        });
        string[] findings = [.. Assert.Throws<ModelException>(() => network.Compose())!.Findings.Select(finding => finding.ToString())];
        foreach (string expected in new[]
        {
            "components.first.values.z: the model 'a' has no variable 'z'",
            "components.no name: 'no name' cannot stand before a point",
            "wires.second.u: two wires drive 'second.u'",
            "wires.first.x: 'first.x' is no input",
            "wires.third.v: no component has an input 'third.v'",
            "shared.x: no component has a variable 'third.nothing'",
            "outputs.sum: unknown name 'third.q'",
            "algebraic loop: first.y <- first.u <- second.y <- second.u <- first.y",
            "components.second.modes.one.flow.x: the flow writes 'x', which belongs to another component",
            "the label 'shake' joins 'first.hand' and 'third.hand', and both write 'x'",
            "labels.meet: 'meet' never fires: 'first', 'second', 'third', 'no name' know it and are never ready together",
        })
        {
            Assert.That(findings, Has.Some.Contains(expected));
        }
    }

    [Test]
    public void Two_components_of_one_name_are_refused() => Assert.That(
        () => AutomatonNetwork.Build("twins", n =>
        {
            n.Component("tank", Tank);
            n.Component("tank", Tank);
        }).Compose(),
        Throws.TypeOf<ModelException>().With.Message.Contains("components.tank: two components are called 'tank'"));

    [Test]
    public void A_wire_from_an_output_to_its_own_input_is_a_loop_and_one_through_a_state_is_none()
    {
        Assert.That(
            () => AutomatonNetwork.Build("self", n =>
            {
                ComponentBuilder tank = n.Component("tank", Tank);
                n.Wire(tank["inflow"], tank["through"]);
            }).Compose(),
            Throws.TypeOf<ModelException>().With.Message.Contains("algebraic loop: tank.through <- tank.inflow <- tank.through"));
        HybridAutomaton round = AutomatonNetwork.Build("round", n =>
        {
            ComponentBuilder tank = n.Component("tank", Tank);
            n.Wire(tank["inflow"], tank["outflow"]);
        }).Compose();
        Assert.That(round.Simulate(until: 5.0).Value("tank.h", 5.0), Is.EqualTo(1.0).Within(1e-12));
    }
}
