using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Serialization;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Automata.Hierarchy;

/// <summary>Modes in modes: what they inherit, in which order they act, and where they are entered.</summary>
public class NestedModeTests
{
    [Test]
    public void Inner_modes_take_over_flow_and_invariants_and_the_innermost_flow_counts()
    {
        HybridAutomaton model = HybridAutomaton.Build("nested", h =>
        {
            var (x, y) = (h.State("x"), h.State("y"));
            ModeBuilder outer = h.Mode("outer").Flow(x, 1.0).Flow(y, 2.0).Invariant(x <= 10.0);
            outer.Mode("plain");
            outer.Mode("own").Flow(y, 5.0).Invariant(y <= 99.0);
        });
        Assert.That(model.Modes.Select(mode => mode.Name), Is.EqualTo(new[] { "outer.plain", "outer.own" }));
        Assert.That(model.InitialMode, Is.EqualTo("outer.plain"));
        var own = (ExprFlow)model.Modes[1].Flow;
        Assert.That((own.DerivativeOf("x").Value, own.DerivativeOf("y").Value, own.Derivatives.Length), Is.EqualTo((1.0, 5.0, 2)));
        Assert.That(model.Modes[1].Invariants, Has.Length.EqualTo(2));
    }

    [Test]
    public void Exits_run_from_the_inside_out_then_the_reset_then_entries_from_the_outside_in()
    {
        // Each writes the trace times ten plus a digit of its own, so that the number tells the order.
        HybridAutomaton model = HybridAutomaton.Build("order", h =>
        {
            Expr trace = h.Discrete("trace");
            Expr Next(double digit) => (10.0 * trace) + digit;
            ModeBuilder left = h.Mode("left").Exit(trace, Next(2.0));
            ModeBuilder leftInner = left.Mode("inner").Exit(trace, Next(1.0));
            ModeBuilder right = h.Mode("right").Entry(trace, Next(4.0));
            right.Mode("inner").Entry(trace, Next(5.0));
            h.Transition(leftInner, right, "go").Guard(h.Time >= 1.0).Reset(trace, Next(3.0));
        });
        Trajectory run = model.Simulate(until: 2.0);
        Assert.That(run.Jumps.Single().DiscretesAfter[0], Is.EqualTo(12345.0));
        Assert.That(run.Jumps.Single().Transition, Is.EqualTo("go"));
    }

    [Test]
    public void A_jump_leaves_no_mode_that_holds_both_its_ends()
    {
        HybridAutomaton model = Counting(external: false);
        Trajectory run = Scenario.For(model).At(1.0, "swap").At(2.0, "home").At(3.0, "again").Simulate(until: 4.0);
        // outer was entered at the start only; a by the start and by "home", b by "swap".
        Assert.That(Counts(run), Is.EqualTo(new[] { 1.0, 2.0, 1.0 }));
        Assert.That(run.Segments[^1].Mode, Is.EqualTo("outer.a"));

        Trajectory leaving = Scenario.For(Counting(external: true)).At(1.0, "swap").At(2.0, "home").At(3.0, "again").Simulate(until: 4.0);
        Assert.That(Counts(leaving), Is.EqualTo(new[] { 3.0, 3.0, 1.0 }), "external ones leave the outer mode too");

        static double[] Counts(Trajectory run) => [run.Value("n", 4.0), run.Value("na", 4.0), run.Value("nb", 4.0)];
    }

    private static HybridAutomaton Counting(bool external) => HybridAutomaton.Build("counting", h =>
    {
        var (n, na, nb) = (h.Discrete("n"), h.Discrete("na"), h.Discrete("nb"));
        ModeBuilder outer = h.Mode("outer").Entry(n, n + 1.0);
        ModeBuilder a = outer.Mode("a").Entry(na, na + 1.0);
        ModeBuilder b = outer.Mode("b").Entry(nb, nb + 1.0);
        h.Transition(a, b).OnCommand("swap");
        TransitionBuilder home = h.Transition(outer, a, "home").OnCommand("home");
        TransitionBuilder again = h.Transition(outer, outer, "again").OnCommand("again");
        if (external)
        {
            home.External();
            again.External();
        }
    });

    [Test]
    public void A_transition_of_the_outer_mode_applies_inside_after_the_inner_ones()
    {
        HybridAutomaton model = HybridAutomaton.Build("inner first", h =>
        {
            Expr x = h.State("x");
            ModeBuilder outer = h.Mode("outer").Flow(x, 1.0);
            ModeBuilder a = outer.Mode("a");
            ModeBuilder b = outer.Mode("b");
            ModeBuilder off = h.Mode("off");
            h.Transition(outer, off, "stop").Guard(x >= 1.0); // declared first, and still after the inner one
            h.Transition(a, b, "inner").Guard(x >= 1.0);
        });
        Trajectory run = model.Simulate(until: 2.0);
        Assert.That(run.Jumps.Select(jump => jump.Transition), Is.EqualTo(new[] { "inner", "stop (outer.b->off)" }));
    }

    [Test]
    public void History_returns_to_the_mode_that_was_active_last()
    {
        HybridAutomaton model = HybridAutomaton.Build("history", h =>
        {
            ModeBuilder on = h.Mode("on").History();
            ModeBuilder low = on.Mode("low");
            ModeBuilder middle = on.Mode("middle");
            ModeBuilder high = on.Mode("high");
            on.StartIn(middle);
            ModeBuilder off = h.Mode("off");
            h.StartIn(off);
            h.Transition(off, on, "on").OnCommand("on");
            h.Transition(on, off, "off").OnCommand("off");
            h.Transition(middle, high, "up").OnCommand("up");
            h.Transition(high, low, "around").OnCommand("up");
        });
        Trajectory run = Scenario.For(model).At(1.0, "on").At(2.0, "up").At(3.0, "off").At(4.0, "on").At(5.0, "up").At(6.0, "off").At(7.0, "on")
            .Simulate(until: 8.0);
        Assert.That(run.Segments.Select(segment => segment.Mode),
            Is.EqualTo(new[] { "off", "on.middle", "on.high", "off", "on.high", "on.low", "off", "on.low" }));
    }

    [Test]
    public void A_timer_of_the_outer_mode_runs_on_while_inner_modes_change()
    {
        HybridAutomaton model = HybridAutomaton.Build("timeout", h =>
        {
            ModeBuilder outer = h.Mode("outer");
            ModeBuilder a = outer.Mode("a");
            ModeBuilder b = outer.Mode("b");
            ModeBuilder off = h.Mode("off");
            h.Transition(a, b).After(0.3);
            h.Transition(b, a).After(0.3);
            h.Transition(outer, off, "timeout").After(1.0);
            h.Transition(off, outer, "back").After(0.5);
        });
        Trajectory run = model.Simulate(until: 3.2);
        Assert.That(run.Jumps.Where(jump => jump.To == "off").Select(jump => jump.Time), Is.EqualTo(new[] { 1.0, 2.5 }).Within(1e-9));
    }

    [Test]
    public void Entries_of_the_initial_mode_give_initial_values()
    {
        HybridAutomaton model = HybridAutomaton.Build("start", h =>
        {
            Expr x = h.State("x", initial: 2.0);
            Expr n = h.Discrete("n");
            Expr k = h.Parameter("k", 3.0);
            ModeBuilder outer = h.Mode("outer").Entry(n, k * x).Flow(x, 0.0);
            outer.Mode("inner").Entry(x, n + 1.0);
        });
        Trajectory run = model.Simulate(until: 1.0);
        Assert.That((run.Value("n", 0.0), run.Value("x", 0.0)), Is.EqualTo((6.0, 7.0)));
        Assert.That(run.Jumps, Is.Empty);
    }

    [Test]
    public void A_file_nests_modes_and_is_written_flat_and_equal()
    {
        HybridAutomaton model = ModelFile.Parse("""
            {
              "name": "heater",
              "states": { "T": 18 },
              "discrete": { "starts": 0 },
              "modes": {
                "off": { "flow": { "T": "-0.1*T" } },
                "on": {
                  "entry": { "starts": "starts + 1" }, "history": true, "initial": "high",
                  "flow": { "T": "4 - 0.1*T" },
                  "modes": { "low": {}, "high": { "flow": { "T": "8 - 0.1*T" } } }
                }
              },
              "transitions": [
                { "name": "start", "from": "off", "to": "on", "guard": "T <= 17" },
                { "name": "stop", "from": "on", "to": "off", "guard": "T >= 22" },
                { "name": "calm", "from": "on.high", "to": "on.low", "guard": "T >= 20" }
              ]
            }
            """);
        Assert.That(model.Modes.Select(mode => mode.Name), Is.EqualTo(new[] { "off", "on.low", "on.high" }));
        Assert.That(ModelFile.Parse(ModelFile.Write(model)), Is.EqualTo(model));
        Trajectory run = model.Simulate(until: 10.0);
        Assert.That(run.Segments.Take(5).Select(segment => segment.Mode), Is.EqualTo(new[] { "off", "on.high", "on.low", "off", "on.low" }));
        Assert.That(run.Jumps[0].Time, Is.EqualTo(10.0 * Math.Log(18.0 / 17.0)).Within(1e-5));
        Assert.That(run.Value("starts", 10.0), Is.EqualTo(run.Jumps.Count(jump => jump.From == "off")));
    }

    [Test]
    public void Faults_of_nesting_come_all_at_once_with_their_lines()
    {
        string[] findings = [.. Assert.Throws<ModelException>(() => ModelFile.Parse("""
            {
              "name": "faulty",
              "modes": {
                "a": { "history": true },
                "b": { "initial": "z", "modes": { "c": { "entry": { "q": 1 } } } },
                "d": { "modes": { "e": 3 } }
              },
              "transitions": [ { "from": "a", "to": "b.x" }, { "name": "t", "from": "b", "to": "a", "after": 1, "survives": true } ]
            }
            """, "m.json"))!.Findings.Select(finding => finding.ToString())];
        foreach (string expected in new[]
        {
            "m.json:4, modes.a: the mode 'a' has no modes inside",
            "m.json:5, modes.b.initial: there is no mode 'b.z' in 'b'",
            "m.json:6, modes.d.modes.e: an object is expected, but this is the number 3",
            "m.json:8, transitions[0].to: unknown mode 'b.x'",
            "a timer of the outer mode 'b' starts when it is entered",
            "modes.b.c.entry.q: the entry writes 'q', which is not declared",
        })
        {
            Assert.That(findings, Has.Some.Contains(expected));
        }
    }
}
