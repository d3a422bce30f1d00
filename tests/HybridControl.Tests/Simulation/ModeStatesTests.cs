using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Requirements;
using HybridControl.Serialization;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Simulation;

/// <summary>Modes with states of their own: a bob that swings on a taut rope (2 states) and flies with a slack one (4 states).</summary>
public class ModeStatesTests
{
    private const double Gravity = 9.81;
    private const double Length = 1.0;

    // Speed at the bottom: between 2 g L and 5 g L the bob rises above the pivot's height, but not over the top.
    private static readonly double Speed = Math.Sqrt(3.5 * Gravity * Length);

    private static readonly HybridAutomaton Bob = HybridAutomaton.Build("bob", h =>
    {
        Expr phi = h.State("phi", unit: "rad");
        Expr omega = h.State("omega", Speed / Length, "rad/s");
        Expr x = h.State("x", unit: "m");
        Expr y = h.State("y", unit: "m");
        Expr vx = h.State("vx", unit: "m/s");
        Expr vy = h.State("vy", unit: "m/s");
        h.Output("height", Expr.Select(phi >= 0.0, -Length * Expr.Cos(phi), -Length * Expr.Cos(phi)), "m");
        ModeBuilder taut = h.Mode("taut").With(phi, omega).Flow((phi, omega), (omega, -Gravity / Length * Expr.Sin(phi)));
        ModeBuilder slack = h.Mode("slack").With(x, y, vx, vy).Flow((x, y, vx, vy), (vx, vy, 0.0, -Gravity));
        h.Transition(taut, slack, "slacken")
            .Guard((Length * omega * omega) + (Gravity * Expr.Cos(phi)) <= 0.0)
            .Reset(x, Length * Expr.Sin(phi)).Reset(y, -Length * Expr.Cos(phi))
            .Reset(vx, Length * omega * Expr.Cos(phi)).Reset(vy, Length * omega * Expr.Sin(phi));
        h.Transition(slack, taut, "catch")
            .Guard((x * x) + (y * y) >= Length * Length & (x * vx) + (y * vy) > 0.0).Edge()
            .Reset(phi, Expr.Atan2(x, -y)).Reset(omega, ((vy * x) - (vx * y)) / (Length * Length));
    });

    [Test]
    public void A_rope_slackens_where_the_tension_ends_and_the_flight_is_a_parabola()
    {
        Trajectory run = Bob.Simulate(until: 2.0, solver: new DormandPrince5 { RelativeTolerance = 1e-11, AbsoluteTolerance = 1e-12 });
        Assert.That(run.Jumps.Take(2).Select(jump => jump.Transition), Is.EqualTo(["slacken", "catch"]));

        // Energy v^2 = v0^2 - 2 g L (1 - cos) and no tension, v^2 = -g L cos: cos = (2 - v0^2/(g L)) / 3 = -1/2.
        double angle = Math.Acos((2.0 - 3.5) / 3.0);
        Jump slacken = run.Jumps[0];
        Assert.That(slacken.StatesBefore[0], Is.EqualTo(angle).Within(1e-9));
        Assert.That(slacken.StatesBefore.Skip(2), Is.All.NaN);
        Assert.That(slacken.StatesAfter.Take(2), Is.All.NaN);
        double speed = Math.Sqrt(Gravity * Length / 2.0);
        (double x0, double y0) = (Math.Sin(angle), -Math.Cos(angle));
        (double vx0, double vy0) = (speed * Math.Cos(angle), speed * Math.Sin(angle));
        Assert.That(slacken.StatesAfter[4], Is.EqualTo(vx0).Within(1e-9));

        double later = slacken.Time + 0.1;
        Assert.That(run.Value("x", later), Is.EqualTo(x0 + (0.1 * vx0)).Within(1e-9));
        Assert.That(run.Value("y", later), Is.EqualTo(y0 + (0.1 * vy0) - (0.005 * Gravity)).Within(1e-9));

        // A bob that leaves the circle at angle phi0 (measured from the bottom) comes back to it after 4 v sin(phi0) / g.
        double flight = 4.0 * speed * Math.Sin(angle) / Gravity;
        Assert.That(run.Jumps[1].Time - slacken.Time, Is.EqualTo(flight).Within(1e-8));
        Assert.That(run.Jumps[1].StatesAfter.Skip(2), Is.All.NaN);
        Assert.That(run.Jumps[1].StatesAfter[0], Is.Not.NaN);
    }

    [Test]
    public void What_does_not_exist_reads_as_nan_everywhere()
    {
        Trajectory run = Bob.Simulate(until: 2.0);
        double late = 0.5 * (run.Jumps[0].Time + run.Jumps[1].Time);
        Assert.That(run.Value("phi", late), Is.NaN);
        Assert.That(run.Value("height", late), Is.NaN, "an output that reads it");
        Assert.That(run.Value("x", 0.1), Is.NaN);
        Assert.That(run.At(late).States[0], Is.NaN);
        Assert.That(run.Curve("x").Where(point => point.Time < run.Jumps[0].Time).Select(point => point.Value), Is.All.NaN);
        string path = Path.GetTempFileName();
        try
        {
            var table = TrajectoryTable.From(run, ["phi", "x"], [0.1, 0.2]);
            table.SaveCsv(path);
            Assert.That(TrajectoryTable.LoadCsv(path), Is.EqualTo(table));
            table.SaveJson(path);
            Assert.That(TrajectoryTable.LoadJson(path), Is.EqualTo(table));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Test]
    public void Step_control_sees_only_the_states_that_exist()
    {
        HybridAutomaton Oscillator(int absent) => HybridAutomaton.Build("oscillator", h =>
        {
            Expr x = h.State("x", 1.0);
            Expr v = h.State("v");
            for (int i = 0; i < absent; i++)
            {
                h.State($"z{i}");
            }

            h.Mode("m").With(x, v).Flow((x, v), (v, -x));
        });
        Trajectory alone = Oscillator(0).Simulate(until: 20.0, new DormandPrince5());
        Trajectory among = Oscillator(30).Simulate(until: 20.0, new DormandPrince5());
        Assert.That(among.Statistics.Steps, Is.EqualTo(alone.Statistics.Steps));
        Assert.That(among.Value("x", 20.0), Is.EqualTo(alone.Value("x", 20.0)).Within(1e-14));
    }

    [Test]
    public void An_edge_guard_of_the_new_mode_is_born_with_its_states()
    {
        // The state z begins at 2, above the guard: no crossing, though it was nothing before.
        var model = HybridAutomaton.Build("birth", h =>
        {
            Expr z = h.State("z");
            Expr n = h.Integer("n");
            ModeBuilder first = h.Mode("first").With();
            ModeBuilder second = h.Mode("second").With(z).Flow(z, -1.0);
            h.Transition(first, second, "enter").After(1.0).Reset(z, 2.0);
            h.Transition(second, second, "up").Guard(z >= 1.0).Edge().Reset(n, n + 1.0);
            h.Transition(second, second, "down").Guard(z >= 1.0).Edge(EdgeDirection.Down).Reset(n, n + 10.0);
        });
        Trajectory run = model.Simulate(until: 3.0);
        Assert.That(run.Value("n", 3.0), Is.EqualTo(10.0));
        Assert.That(run.Jumps[1].Time, Is.EqualTo(2.0).Within(1e-9));
    }

    [Test]
    public void Every_misuse_is_found_in_the_model()
    {
        Assert.That(
            () => HybridAutomaton.Build("wrong", h =>
            {
                Expr x = h.State("x");
                Expr y = h.State("y");
                Expr d = h.Discrete("d");
                ModeBuilder a = h.Mode("a").With(x).Flow(x, y).Flow(y, 1.0).Invariant(y >= 0.0);
                ModeBuilder b = h.Mode("b");
                h.Transition(a, b, "enter").Guard(y >= 1.0);
                h.Transition(b, a, "leave").After(1.0).Reset(y, 0.0);
                h.Every("loop", 1.0, (d, y));
            }),
            Throws.TypeOf<ModelException>()
                .With.Message.Contains("reads the state 'y', which does not exist in mode 'a'")
                .And.Message.Contains("modes.a.flow.y: the state 'y' does not exist in mode 'a'")
                .And.Message.Contains("modes.a.invariant")
                .And.Message.Contains("the state 'y' begins to exist in mode 'b' and gets no value: mode 'a' has none")
                .And.Message.Contains("an update runs in every mode"));
    }

    [Test]
    public void A_setting_of_an_absent_state_ends_the_run()
    {
        Trajectory run = Scenario.For(Bob).At(0.1, ("x", 1.0)).TrySimulate(until: 1.0);
        Assert.That(run.Status, Is.EqualTo(RunStatus.ValueRefused));
        Assert.That(run.Reason, Does.Contain("the state 'x' is set, but does not exist in this mode"));
        Assert.That(run.EndTime, Is.EqualTo(0.1));
    }

    [Test]
    public void A_file_lists_the_states_of_a_mode()
    {
        string written = ModelFile.Write(Bob);
        Assert.That(written, Does.Contain("\"states\": [\"phi\", \"omega\"]"));
        Assert.That(ModelFile.Parse(written), Is.EqualTo(Bob));
        Assert.That(
            () => ModelFile.Parse("{ \"name\": \"n\", \"states\": { \"x\": 1 }, \"modes\": { \"m\": { \"states\": [\"z\"] } } }"),
            Throws.TypeOf<ModelException>().With.Message.Contains("modes.m.states: 'z' is no state of the model"));
    }

    [Test]
    public void Ensembles_refuse_such_a_model_by_name()
    {
        var plan = new EnsemblePlan { Model = Bob, Size = 4, Until = 1.0 };
        Assert.That(PlanValidator.Validate(plan).Select(finding => finding.What), Has.Some.Contains("the mode 'taut' has states of its own"));
        Assert.That(new CpuEnsembleBackend(1).Check(plan).Select(finding => finding.What), Has.Some.Contains("lanes have all states in every mode"));
    }

    [Test]
    public void A_requirement_on_what_comes_and_goes_is_refused()
    {
        Trajectory run = Bob.Simulate(until: 0.5);
        var requirement = new Requirement("low", Formula.Parse("always(y <= 2)", Bob));
        Assert.That(() => run.Check(requirement), Throws.TypeOf<ModelException>().With.Message.Contains("reads the state 'y', which does not exist in every mode"));
    }

    [Test]
    public void A_snapshot_goes_on_as_the_run_does()
    {
        SimulationRun run = Scenario.For(Bob).Start();
        run.AdvanceTo(0.3);
        RunSnapshot snapshot = run.Snapshot();
        run.AdvanceTo(2.0);
        double[] first = [.. run.States];
        run.Restore(snapshot);
        run.AdvanceTo(2.0);
        Assert.That(run.States, Is.EqualTo(first));
    }
}
