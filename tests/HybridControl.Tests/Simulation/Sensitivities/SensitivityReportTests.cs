using HybridControl.Automata;
using HybridControl.Control;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Serialization;
using HybridControl.Simulation;
using HybridControl.Symbolics;
using HybridControl.Tests.Models;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Simulation.Sensitivities;

/// <summary>Derivatives that are to be trusted with care are reported, and those that do not exist are no numbers.</summary>
public class SensitivityReportTests
{
    [Test]
    public void An_event_that_a_small_change_removes_is_reported()
    {
        // x = sin t reaches 1 - q with the rate sqrt(2 q): a change of the level by q makes it miss.
        string[] Reports(double q)
        {
            Trajectory run = Run(Wave(1.0 - q), 2.0, "level");
            Assert.That(run.Jumps, Has.Length.EqualTo(1));
            Assert.That(run.Sensitivity("level").JumpTimes[0], Is.EqualTo(1.0 / Math.Sqrt((2.0 * q) - (q * q))).Within(1e-6).Percent);
            return Details(run);
        }

        Assert.That(Reports(0.1), Is.Empty);
        Assert.That(Reports(1e-5), Has.Length.EqualTo(1));
        Assert.That(Reports(1e-5)[0], Does.StartWith("nearly grazing: 'over'").And.Contains("'level'"));
        Assert.That(double.Parse(Reports(1e-5)[0].Split("by ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture), Is.EqualTo(1e-5).Within(1.0).Percent);
    }

    [Test]
    public void A_ball_that_bounces_lower_and_lower_does_not_graze() =>
        Assert.That(Details(ModelLibrary.Load("bouncing-ball").Simulate(12.5, options: new() { Solver = TightSolvers.One, Sensitivities = ["h0", "e"] })), Is.Empty);

    [Test]
    public void A_touch_is_reported()
    {
        Trajectory run = Run(Parabola(fires: false), 2.0, "level");
        Assert.That(run.Jumps, Is.Empty);
        Assert.That(Details(run), Has.Some.Contains("touches its surface"));
        RunDiagnosis diagnosis = RunExplanation.Of(run).Diagnoses.First(found => found.Kind == DiagnosisKind.Sensitivity);
        Assert.That(diagnosis.Subject, Is.EqualTo("over"));
        Assert.That(diagnosis.From, Is.EqualTo(1.0).Within(1e-6));
    }

    [Test]
    public void A_touch_that_fires_has_no_derivative()
    {
        Trajectory run = Run(Parabola(fires: true), 2.0, "level");
        Assert.That(run.Jumps, Has.Length.EqualTo(1));
        Assert.That(run.Status, Is.EqualTo(RunStatus.Completed));
        Assert.That(Details(run), Has.Some.Contains("sensitivities end here"));
        Assert.That(run.Sensitivity("level").At(0.5)[0], Is.Zero);
        Assert.That(run.Sensitivity("level").JumpTimes[0], Is.NaN);
        Assert.That(run.Sensitivity("level").At(1.5)[0], Is.NaN);
        Assert.That(run.Value("x", 1.5), Is.EqualTo(0.25).Within(1e-9), "the values go on");
    }

    [Test]
    public void A_reset_without_a_derivative_ends_them()
    {
        HybridAutomaton model = HybridAutomaton.Build("root", h =>
        {
            var (x, y) = (h.State("x"), h.State("y", initial: 0.0));
            var c = h.Parameter("c", 1.0);
            var m = h.Mode("m").Flow(x, 1.0);
            h.Transition(m, m, "end").Guard(x >= 1.0).Edge().Reset(x, Expr.Sqrt(y * c));
        });
        Trajectory run = Run(model, 2.0, "y");
        Assert.That(Details(run).Single(), Does.StartWith("sensitivities end here: the values after it have no derivative"));
        Assert.That(run.Sensitivity("y").At(1.5)[1], Is.NaN);
        Assert.That(run.Sensitivity("y").At(0.5)[1], Is.EqualTo(1.0));
    }

    [Test]
    public void Events_of_one_instant_that_move_apart_are_reported()
    {
        HybridAutomaton model = HybridAutomaton.Build("tie", h =>
        {
            var (x, y) = (h.State("x"), h.State("y"));
            var (a, b) = (h.Parameter("a", 1.0), h.Parameter("b", 1.0));
            var m = h.Mode("m").Flow((x, y), (1.0, 1.0));
            h.Transition(m, m, "first").Guard(x >= a).Edge().Reset(x, 0.0);
            h.Transition(m, m, "second").Guard(y >= b).Edge().Reset(y, 0.0);
        });
        Trajectory run = Run(model, 1.5, "a", "b");
        Assert.That(run.Jumps, Has.Length.EqualTo(2));
        Assert.That(Details(run).Single(), Does.StartWith("events of one instant move apart with 'a'"));

        // The two have nothing to do with each other, so that the derivatives are right all the same.
        Assert.That(run.Sensitivity("a").At(1.5), Is.EqualTo(new[] { -1.0, 0.0 }).Within(1e-12));
        Assert.That(run.Sensitivity("b").At(1.5), Is.EqualTo(new[] { 0.0, -1.0 }).Within(1e-12));
    }

    [Test]
    public void A_flow_without_a_derivative_ends_the_run_with_a_name()
    {
        HybridAutomaton model = HybridAutomaton.Build("singular", h =>
        {
            var x = h.State("x");
            h.Mode("m").Flow(x, 1.0 + Expr.Sqrt(x));
        });
        Trajectory run = model.TrySimulate(1.0, new() { Sensitivities = ["x"] });
        Assert.That(run.Status, Is.EqualTo(RunStatus.NotFinite));
        Assert.That(run.Reason, Does.Contain("the rate of the sensitivity of 'x' to 'x' is NaN or infinite"));
    }

    [Test]
    public void What_cannot_be_differentiated_is_refused_by_name()
    {
        HybridAutomaton model = HybridAutomaton.Build("all", h =>
        {
            var x = h.State("x");
            var (n, on) = (h.Integer("n"), h.Parameter("k", 1.0));
            var u = h.Input("u", new DelegateSignal(t => t));
            var s = h.Input("s", new SineSignal(1.0, 1.0));
            h.Mode("noisy").Flow(x, u + s + n + on).Diffusion(x, 0.1);
            h.Mode("opaque").Flow((_, _, _, slopes) => slopes[0] = 1.0);
            h.Zeno(ZenoPolicy.GoTo("noisy"));
        });
        Scenario scenario = Scenario.For(model).Sample(new Pid { Period = 0.1 }, "x", "s");
        SimulationOptions options = new() { Solver = new HybridControl.Solvers.EulerMaruyama { Step = 0.01 }, Sensitivities = ["k", "k", "kk", "n", "s"] };
        var refusal = Assert.Throws<ModelException>(() => scenario.Start(options));
        string all = string.Join('\n', refusal!.Findings.Select(finding => $"{finding.Where}: {finding.What}"));
        string[] expected =
        [
            "sensitivities: 'k' stands there twice", "sensitivities: unknown name 'kk'", "'n' is of type Integer", "the input 's' moves with time",
            "modes.noisy.diffusion: ", "modes.opaque.flow: ", "inputs.u: ", "block Pid: ", "zeno: ",
        ];
        foreach (string part in expected)
        {
            Assert.That(all, Does.Contain(part));
        }
    }

    [Test]
    public void What_was_not_asked_for_is_refused_by_name()
    {
        Trajectory plain = ModelLibrary.Load("thermostat").Simulate(1.0);
        Assert.That(plain.Sensitivities, Is.Empty);
        Assert.That(() => plain.Sensitivity("low"), Throws.TypeOf<ModelException>().With.Message.Contains("Sensitivities = [\"low\"]"));
        Trajectory asked = Run(ModelLibrary.Load("thermostat"), 1.0, "low");
        Assert.That(() => asked.Sensitivity("high"), Throws.TypeOf<ModelException>().With.Message.Contains("Known: low"));
        Assert.That(() => asked.Sensitivity("low").Value("high", 0.5), Throws.TypeOf<ModelException>());
        Assert.That(() => asked.Sensitivity("low").AtEnd(1, Side.Left), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void A_run_resumed_from_a_checkpoint_has_the_same_bits()
    {
        HybridAutomaton model = ModelLibrary.Load("load-shedding");
        SimulationOptions options = new() { Sensitivities = ["delay", "f1"] };
        Trajectory whole = Scenario.For(model).Simulate(5.0, options: options);
        SimulationRun run = Scenario.For(model).Start(options);
        run.AdvanceTo(1.0); // two timers run
        SimulationRun resumed = RunCheckpoint.Read(RunCheckpoint.From(run.Snapshot()).ToBytes()).Resume(Scenario.For(model), options);
        run.AdvanceTo(5.0);
        resumed.AdvanceTo(5.0);
        BitEquality.AssertSame(resumed.ToTrajectory(), run.ToTrajectory());
        foreach (string name in options.Sensitivities)
        {
            Assert.That(resumed.ToTrajectory().Sensitivity(name).JumpTimes, Is.EqualTo(run.ToTrajectory().Sensitivity(name).JumpTimes));
            Assert.That(resumed.ToTrajectory().Sensitivity(name).At(4.3), Is.EqualTo(run.ToTrajectory().Sensitivity(name).At(4.3)));
            Assert.That(resumed.ToTrajectory().Sensitivity(name).At(4.3)[0], Is.EqualTo(whole.Sensitivity(name).At(4.3)[0]).Within(1e-5));
        }

        Assert.That(() => RunCheckpoint.From(Scenario.For(model).Start(options).Snapshot()).Resume(Scenario.For(model), options with { Sensitivities = ["delay"] }),
            Throws.TypeOf<ModelException>().With.Message.Contains("options.Sensitivities"));
    }

    [Test]
    public void Events_are_those_of_the_run_without_derivatives()
    {
        HybridAutomaton model = ModelLibrary.Load("gearbox-impacts");
        Trajectory plain = model.Simulate(0.3, TightSolvers.One);
        Trajectory asked = Run(model, 0.3, "A", "f", "gap");
        Assert.That(asked.Jumps.Select(jump => jump.Transition), Is.EqualTo(plain.Jumps.Select(jump => jump.Transition)));
        Assert.That(asked.Jumps.Select(jump => jump.Time), Is.EqualTo(plain.Jumps.Select(jump => jump.Time)).Within(1e-8));
        Assert.That(asked.Log.Select(record => record.Kind), Is.EqualTo(plain.Log.Select(record => record.Kind)));
        Assert.That(model.Compiled.Sensitivities, Is.Null, "nothing is compiled into the model itself");
    }

    // x = (t - 1)^2 touches the level 0.
    private static HybridAutomaton Parabola(bool fires) => HybridAutomaton.Build("parabola", h =>
    {
        var x = h.State("x", initial: 1.0);
        var level = h.Parameter("level", 0.0);
        var m = h.Mode("m").Flow(x, 2.0 * (h.Time - 1.0));
        TransitionBuilder over = h.Transition(m, m, "over").Guard(x <= level).Edge();
        _ = fires ? over.FireOnTouch() : over;
    });

    private static HybridAutomaton Wave(double level) => HybridAutomaton.Build("wave", h =>
    {
        var (x, v) = (h.State("x"), h.State("v", initial: 1.0));
        var top = h.Parameter("level", level);
        var m = h.Mode("m").Flow((x, v), (v, -x));
        h.Transition(m, m, "over").Guard(x >= top).Edge();
    });

    private static Trajectory Run(HybridAutomaton model, double until, params string[] names) =>
        model.Simulate(until, options: new() { Solver = SensitivityDifferences.Tight, Sensitivities = [.. names] });

    private static string[] Details(Trajectory run) =>
        [.. run.Log.Where(record => record.Kind == LogKind.Sensitivity).Select(record => record.Detail)];
}
