using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Automata.Networks;
using HybridControl.Diagnostics;
using HybridControl.Serialization;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Simulation.Networks;

/// <summary>Runs of networks: like their products, except for what a jump of another component must leave alone.</summary>
public class NetworkRunTests
{
    [Test]
    public void A_network_runs_bit_for_bit_as_its_product([Range(1, 12)] int seed)
    {
        var random = new Random(seed);
        HybridAutomaton network = NetworkModels.TwoRooms(18.5 + random.NextDouble(), 4.7 + random.NextDouble()).Compose();
        Trajectory run = network.Simulate(until: 40.0, new DormandPrince5());
        Trajectory product = ProductAutomaton.Of(network).Simulate(until: 40.0, new DormandPrince5());
        Assert.That(run.Jumps, Has.Length.GreaterThan(10));
        Assert.That(run.Jumps.Select(jump => jump.Time), Is.EqualTo(product.Jumps.Select(jump => jump.Time)));
        Assert.That(run.Jumps.SelectMany(jump => jump.StatesAfter), Is.EqualTo(product.Jumps.SelectMany(jump => jump.StatesAfter)));
        Assert.That(run.Segments, Is.EqualTo(product.Segments));
        Assert.That(run.Statistics.Steps, Is.EqualTo(product.Statistics.Steps));
    }

    [Test]
    public void Components_without_wires_do_as_each_does_alone([Range(1, 8)] int seed)
    {
        var random = new Random(seed);
        double e = 0.6 + (0.3 * random.NextDouble());
        double height = 0.5 + random.NextDouble();
        (string, double)[] ball = [("e", e), ("y", height)];
        (string, double)[] lamp = [("dark", 0.05 + (0.2 * random.NextDouble())), ("light", 0.03 + (0.2 * random.NextDouble()))];
        HybridAutomaton both = AutomatonNetwork.Build("both", n =>
        {
            n.Component("lamp", NetworkModels.Blinker, lamp);
            n.Component("ball", NetworkModels.Ball, ball);
        }).Compose();
        SimulationOptions options = new() { Solver = new DormandPrince5 { RelativeTolerance = 1e-10, AbsoluteTolerance = 1e-12 } };
        Trajectory run = both.Simulate(until: 1.2, options: options);
        Compare(run, "ball", Scenario.For(NetworkModels.Ball), ball, options, 1e-9);
        Compare(run, "lamp", Scenario.For(NetworkModels.Blinker), lamp, options, 0.0); // a timer is exact, whatever the others do
    }

    [Test]
    public void Timers_outlast_the_jumps_of_other_components()
    {
        HybridAutomaton network = AutomatonNetwork.Build("timers", n =>
        {
            n.Component("slow", NetworkModels.Blinker, ("dark", 1.0), ("light", 1.0));
            n.Component("fast", NetworkModels.Blinker, ("dark", 0.125), ("light", 0.125));
        }).Compose();
        Trajectory run = network.Simulate(until: 4.0);
        Assert.That(run.Jumps.Where(jump => jump.Transition.StartsWith("slow", StringComparison.Ordinal)).Select(jump => jump.Time),
            Is.EqualTo(new[] { 1.0, 2.0, 3.0, 4.0 }));
        Assert.That(run.Jumps.Count(jump => jump.Transition.StartsWith("fast", StringComparison.Ordinal)), Is.EqualTo(32));
        Assert.That(run.Log.Count(record => record.Kind == LogKind.TimerCancelled), Is.Zero);
    }

    [Test]
    public void A_ball_at_rest_on_its_ground_is_not_woken_by_other_components()
    {
        // The latch of the ground must survive the jumps of the lamp, or the ball sinks or bounces again.
        HybridAutomaton ball = HybridAutomaton.Build("ball", h =>
        {
            Expr y = h.State("y", initial: 0.1);
            Expr v = h.State("v");
            ModeBuilder fly = h.Mode("fly").Flow(y, v).Flow(v, -9.81);
            ModeBuilder rest = h.Mode("rest");
            h.Transition(fly, rest, "land").Guard(y <= 0.0).Edge().Reset(v, 0.0);
            h.Transition(rest, fly, "leave").Guard(y >= 0.0).Edge();
        });
        HybridAutomaton network = AutomatonNetwork.Build("rest", n =>
        {
            n.Component("lamp", NetworkModels.Blinker, ("dark", 0.01), ("light", 0.013));
            n.Component("ball", ball);
        }).Compose();
        Trajectory run = network.Simulate(until: 1.0);
        Assert.That(run.Jumps.Count(jump => jump.Transition == "ball.land"), Is.EqualTo(1));
        Assert.That(run.Jumps.Count(jump => jump.Transition == "ball.leave"), Is.Zero);
    }

    [Test]
    public void Twenty_relays_compile_the_combinations_they_visit_and_no_other()
    {
        HybridAutomaton network = TwentyRelays();
        Assert.That(network.Modes, Has.Length.EqualTo(40));
        Assert.That(network.Transitions, Has.Length.EqualTo(40));
        Trajectory run = network.Simulate(until: 4.0);
        int visited = run.Segments.Select(segment => segment.Mode).Distinct().Count();
        Assert.That(network.Compiled.EmittedCount, Is.EqualTo(visited));
        Assert.That(visited, Is.GreaterThan(20));
        foreach (Jump jump in run.Jumps)
        {
            int number = int.Parse(jump.Transition.AsSpan(5, jump.Transition.IndexOf('.') - 5), System.Globalization.CultureInfo.InvariantCulture);
            (double rate, double level) = (1.0 + (0.07 * number), 1.0 + (0.03 * number));
            double phase = ((jump.Time * rate / level) - 1.0) / 2.0; // a triangle: whole at every turn
            Assert.That(phase, Is.EqualTo(Math.Round(phase)).Within(1e-9), jump.Transition);
        }
    }

    [Test]
    public void A_checkpoint_of_a_network_holds_its_modes_by_what_they_are_made_of()
    {
        Trajectory whole = TwentyRelays().Simulate(until: 4.0);
        SimulationRun run = Scenario.For(TwentyRelays()).Start();
        run.AdvanceTo(2.5);
        byte[] bytes = RunCheckpoint.From(run.Snapshot()).ToBytes();
        run.AdvanceTo(4.0);

        // Another model that has met its modes in another order: the numbers of the checkpoint mean other modes there.
        HybridAutomaton other = TwentyRelays();
        string reversed = string.Join(" | ", Enumerable.Range(0, 20).Select(i => $"relay{i}.on"));
        other.Simulate(until: 3.0, options: new SimulationOptions { InitialMode = reversed });
        SimulationRun resumed = RunCheckpoint.Read(bytes).Resume(Scenario.For(other));
        Assert.That(resumed.Mode, Is.EqualTo(run.ToTrajectory().At(2.5).Mode));
        resumed.AdvanceTo(4.0);
        Assert.That(resumed.ToTrajectory().Segments, Is.EqualTo(run.ToTrajectory().Segments));
        Assert.That(resumed.ToTrajectory().Jumps.Select(jump => jump.Time), Is.EqualTo(run.ToTrajectory().Jumps.Select(jump => jump.Time)));
        Assert.That(resumed.States, Is.EqualTo(run.States));
        Assert.That(resumed.ToTrajectory().Jumps, Has.Length.EqualTo(whole.Jumps.Length));
    }

    private static HybridAutomaton TwentyRelays()
    {
        return AutomatonNetwork.Build("relays", n =>
        {
            for (int i = 0; i < 20; i++)
            {
                n.Component($"relay{i}", NetworkModels.Relay, ("rate", 1.0 + (0.07 * i)), ("level", 1.0 + (0.03 * i)));
            }
        }).Compose();
    }

    [Test]
    public void Jumps_name_the_modes_that_moved_and_segments_all_of_them()
    {
        Trajectory run = NetworkModels.TwoRooms().Compose().Simulate(until: 3.0);
        Assert.That(run.Segments[0].Mode, Is.EqualTo("left.on | right.on"));
        Assert.That(run.Jumps[0].From, Is.EqualTo($"{run.Jumps[0].Transition.Split('.')[0]}.on"));
        Assert.That(run.ModeNames, Is.Unique.And.Contains("left.on | right.on"));
        Assert.That(run.Value("mean", 1.5), Is.EqualTo(0.5 * (run.Value("left.T", 1.5) + run.Value("right.T", 1.5))).Within(1e-14));
        Assert.That(run.Value("left.neighbour", 1.5), Is.EqualTo(0.05 * (run.Value("right.T", 1.5) - run.Value("left.T", 1.5))).Within(1e-14));
    }

    [Test]
    public void A_run_starts_in_the_combination_that_the_options_name()
    {
        HybridAutomaton network = NetworkModels.TwoRooms().Compose();
        Trajectory run = network.Simulate(until: 1e-3, options: new SimulationOptions { InitialMode = "left.off | right.on" });
        Assert.That(run.Segments[0].Mode, Is.EqualTo("left.off | right.on"));
        Assert.That(() => network.Simulate(until: 1.0, options: new SimulationOptions { InitialMode = "left.off" }),
            Throws.TypeOf<ModelException>().With.Message.Contains("Join a mode of each region"));
    }

    [Test]
    public void A_copy_of_a_run_goes_on_bit_for_bit([Range(1, 5)] int part)
    {
        HybridAutomaton network = NetworkModels.TwoRooms().Compose();
        SimulationRun run = Scenario.For(network).Start();
        run.AdvanceTo(part * 3.7);
        RunSnapshot snapshot = run.Snapshot();
        run.AdvanceTo(20.0);
        Trajectory straight = run.ToTrajectory();
        run.Restore(snapshot);
        run.AdvanceTo(20.0);
        BitEquality.AssertSame(run.ToTrajectory(), straight);
    }

    [Test]
    public void Monitors_leave_a_network_bit_for_bit_as_it_is()
    {
        HybridAutomaton network = NetworkModels.TwoRooms().Compose();
        EventMonitor warm = new("warm", Expr.Variable(VariableKind.State, "left.T") >= 20.2);
        Trajectory watched = network.Simulate(until: 20.0, options: new SimulationOptions { Monitors = [warm] });
        Trajectory plain = network.Simulate(until: 20.0);
        Assert.That(watched.Jumps.Select(jump => jump.Time), Is.EqualTo(plain.Jumps.Select(jump => jump.Time)));
        Assert.That(watched.Log.Count(record => record.Kind == LogKind.Monitor), Is.GreaterThan(4));
    }

    [Test]
    public void A_command_goes_to_every_component_that_listens()
    {
        HybridAutomaton light = HybridAutomaton.Build("light", h =>
        {
            ModeBuilder off = h.Mode("off");
            ModeBuilder on = h.Mode("on");
            h.Transition(off, on, "switch").OnCommand("all on");
        });
        HybridAutomaton network = AutomatonNetwork.Build("lights", n =>
        {
            n.Component("a", light);
            n.Component("b", light);
            n.Component("c", NetworkModels.Blinker);
        }).Compose();
        Trajectory run = Scenario.For(network).At(0.3, "all on").Simulate(until: 0.4);
        Assert.That(run.Jumps.Select(jump => (jump.Time, jump.Transition)), Is.EqualTo(new[] { (0.3, "a.switch"), (0.3, "b.switch") }));
        Assert.That(run.Segments[^1].Mode, Is.EqualTo("a.on | b.on | c.off"));
    }

    [Test]
    public void Of_what_is_due_at_one_instant_the_component_declared_first_goes_first([Values] bool reversed)
    {
        HybridAutomaton network = AutomatonNetwork.Build("order", n =>
        {
            foreach (string name in reversed ? new[] { "b", "a" } : ["a", "b"])
            {
                n.Component(name, NetworkModels.Blinker);
            }
        }).Compose();
        Trajectory run = network.Simulate(until: 0.5);
        Assert.That(run.Jumps.Select(jump => jump.Transition), Is.EqualTo(reversed ? new[] { "b.up", "a.up" } : ["a.up", "b.up"]));
    }

    [Test]
    public void A_choice_in_a_flow_keeps_its_side_through_the_jumps_of_others([Range(1, 6)] int seed)
    {
        var random = new Random(seed);
        HybridAutomaton swing = HybridAutomaton.Build("swing", h =>
        {
            Expr x = h.State("x", initial: 1.0);
            Expr v = h.State("v");
            h.Mode("swing").Flow(x, v).Flow(v, -x - (0.1 * Expr.Sign(v)));
        });
        double dark = 0.03 + (0.1 * random.NextDouble());
        HybridAutomaton network = AutomatonNetwork.Build("swing and lamp", n =>
        {
            n.Component("lamp", NetworkModels.Blinker, ("dark", dark), ("light", 0.07));
            n.Component("swing", swing);
        }).Compose();
        SimulationOptions options = new() { Solver = new DormandPrince5 { RelativeTolerance = 1e-10, AbsoluteTolerance = 1e-12 } };
        Trajectory run = network.Simulate(until: 9.0, options: options);
        Trajectory alone = swing.Simulate(until: 9.0, options: options);
        Assert.That(run.Value("swing.x", 9.0), Is.EqualTo(alone.Value("x", 9.0)).Within(1e-8));
        Assert.That(run.Log.Count(record => record.Kind == LogKind.Branch), Is.EqualTo(alone.Log.Count(record => record.Kind == LogKind.Branch)));
    }

    [Test]
    public void A_component_that_slides_goes_on_sliding_in_a_network([Values] bool declared)
    {
        HybridAutomaton sliding = HybridAutomaton.Build("sliding", h =>
        {
            var (x, y) = (h.State("x", initial: 1.0), h.State("y"));
            ModeBuilder above = h.Mode("above").Flow(x, -1.0).Flow(y, 1.0);
            ModeBuilder below = h.Mode("below").Flow(x, 3.0).Flow(y, -1.0);
            h.Transition(above, below).Guard(x <= 0.0);
            h.Transition(below, above).Guard(x >= 0.0);
            if (declared)
            {
                h.Sliding(above, below);
            }
        });
        HybridAutomaton network = AutomatonNetwork.Build("both", n =>
        {
            n.Component("lamp", NetworkModels.Blinker);
            n.Component("plant", sliding);
        }).Compose();
        SimulationOptions options = new() { Chattering = declared ? ChatteringPolicy.Throw : ChatteringPolicy.Slide };
        Trajectory run = network.Simulate(until: 3.0, options: options);
        Assert.That(run.Value("plant.x", 3.0), Is.EqualTo(0.0).Within(1e-9));
        Assert.That(run.Value("plant.y", 3.0), Is.EqualTo(1.0 + (2.0 * 0.5)).Within(1e-6), "three quarters of the flow above and one of that below");
    }

    private static void Compare(
        Trajectory run, string component, Scenario alone, (string Name, double Value)[] values, SimulationOptions options, double tolerance)
    {
        SimulationOptions own = options with { Values = values.ToImmutableDictionary(value => value.Name, value => value.Value) };
        Trajectory expected = alone.Simulate(1.2, options: own);
        Jump[] found = [.. run.Jumps.Where(jump => jump.Transition.StartsWith(component, StringComparison.Ordinal))];
        Assert.That(found.Select(jump => jump.Transition), Is.EqualTo(expected.Jumps.Select(jump => $"{component}.{jump.Transition}")));
        for (int i = 0; i < found.Length; i++)
        {
            Assert.That(found[i].Time, Is.EqualTo(expected.Jumps[i].Time).Within(tolerance));
        }
    }
}
