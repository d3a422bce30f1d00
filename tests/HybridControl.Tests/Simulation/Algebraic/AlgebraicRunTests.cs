using HybridControl.Automata;
using HybridControl.Serialization;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.Serialization;

namespace HybridControl.Tests.Simulation.Algebraic;

public sealed class AlgebraicRunTests
{
    private static readonly Solver Tight = new Rodas5P { RelativeTolerance = 1e-10, AbsoluteTolerance = 1e-12 };

    private static IEnumerable<TestCaseData> Methods() => SolverCatalog.Names.Select(name => SolverCatalog.Create(name))
        .OfType<AdaptiveSolver>().Where(solver => solver.SolvesAlgebraicEquations)
        .Select(solver => new TestCaseData(solver with { RelativeTolerance = 1e-8, AbsoluteTolerance = 1e-10 }).SetArgDisplayNames(solver.Name));

    [TestCaseSource(nameof(Methods))]
    public void Every_method_for_algebraic_equations_runs_modes_with_them(AdaptiveSolver solver)
    {
        Trajectory run = Rectifier(isImplicit: true).Simulate(0.06, solver);
        Trajectory reference = Rectifier(isImplicit: false).Simulate(0.06, new DormandPrince5 { RelativeTolerance = 1e-12, AbsoluteTolerance = 1e-13 });
        Assert.That(run.Jumps.Select(jump => jump.Time), Is.EqualTo(reference.Jumps.Select(jump => jump.Time)).Within(2e-8));
        Assert.That(run.Value("v", 0.06), Is.EqualTo(reference.Value("v", 0.06)).Within(1e-5));
        Assert.That(run.Jumps.Where(jump => jump.To == "blocks").Select(jump => jump.StatesBefore[1]), Is.All.EqualTo(0.0).Within(1e-12));
    }

    [TestCaseSource(nameof(Methods))]
    public void Every_method_for_algebraic_equations_comes_to_the_published_values_of_the_amplifier(AdaptiveSolver solver)
    {
        Trajectory run = TransistorAmplifier.Model.Simulate(0.2, solver);
        Assert.That(TransistorAmplifier.Nodes.Select(node => run.Value(node, 0.2)), Is.EqualTo(TransistorAmplifier.At200Milliseconds).Within(1e-4));
    }

    [Test]
    public void A_diode_that_begins_to_conduct_does_not_chatter_for_rounding()
    {
        HybridAutomaton model = ModelFile.Load(Repository.At("models", "diode-rectifier.json"));
        Trajectory run = Scenario.For(model).Simulate(0.1);
        Assert.That(run.Jumps, Has.Length.EqualTo(10));
        Assert.That(run.Jumps.Select((jump, i) => jump.To == (i % 2 == 0 ? "conducts" : "blocks")), Is.All.True);
        foreach (double t in new[] { 0.004, 0.012, 0.0437 })
        {
            Assert.That(run.Value("v", t) * run.Value("load", t), Is.EqualTo(20.0).Within(1e-6));
        }
    }

    // A guard that was located a rounding before its surface fired the opposite guard of the new mode.
    [TestCase("rodas5p", 1e-11, "Rs", 0.8 * 0.998)]
    [TestCase("esdirk4", 1e-6, "P", 20.0 * 0.996)]
    public void A_diode_does_not_chatter_for_any_numbers(string method, double tolerance, string name, double value)
    {
        HybridAutomaton model = ModelFile.Load(Repository.At("models", "diode-rectifier.json"));
        Solver solver = (AdaptiveSolver)SolverCatalog.Create(method) with { RelativeTolerance = tolerance, AbsoluteTolerance = 1e-2 * tolerance };
        SimulationOptions options = new() { Solver = solver };
        Trajectory run = Scenario.For(model).Simulate(0.1, options: options with { Values = options.Values.Add(name, value) });
        Assert.That(run.Jumps, Has.Length.EqualTo(10));
    }

    [Test]
    public void A_guard_on_an_implicit_variable_fires_where_its_equation_says()
    {
        // z^3 + z = x = 3 exp(-t) passes z = 1/2 at x = 5/8.
        HybridAutomaton model = HybridAutomaton.Build("cubic", h =>
        {
            (Expr x, Expr z) = (h.State("x", 3.0), h.Algebraic("z", 1.0));
            ModeBuilder fall = h.Mode("fall").Flow(x, -x).Equation(z, (z * z * z) + z, x);
            ModeBuilder rise = h.Mode("rise").Flow(x, x).Equation(z, z, 2.0 * x);
            h.Transition(fall, rise).Guard(z <= 0.5);
            h.Transition(rise, fall).Guard(z >= 2.5).Reset(x, 3.0);
        });
        Trajectory run = model.Simulate(4.0, Tight);
        double first = Math.Log(3.0 / 0.625);
        double second = first + Math.Log(1.25 / 0.625);
        double third = second + first;
        Assert.That(run.Jumps.Select(jump => jump.Time), Is.EqualTo(new[] { first, second, third }).Within(1e-9));
        Assert.That(run.Jumps[0].StatesBefore[1], Is.EqualTo(0.5).Within(1e-9));
        Assert.That(run.Jumps[0].StatesAfter[1], Is.EqualTo(2.0 * run.Jumps[0].StatesAfter[0]).Within(1e-14), "consistent after the jump");
        Assert.That(run.Value("z", 0.0), Is.EqualTo(1.2134116627622296).Within(1e-13), "consistent at the start");
    }

    [TestCase(1e-3)]
    [TestCase(1e-5)]
    [TestCase(1e-8)]
    public void A_guard_is_on_its_surface_with_consistent_values_however_loose_the_tolerance(double tolerance)
    {
        // The new mode has the opposite guard: a value that moved back across the surface would fire it at once.
        HybridAutomaton model = HybridAutomaton.Build("cubic", h =>
        {
            (Expr x, Expr z) = (h.State("x", 3.0), h.Algebraic("z", 1.0));
            ModeBuilder above = h.Mode("above").Flow(x, -x - (0.5 * Expr.Sin(3.0 * h.Time))).Equation(z, (z * z * z) + z, x);
            ModeBuilder below = h.Mode("below").Flow(x, -x - (0.5 * Expr.Sin(3.0 * h.Time))).Equation(z, (z * z * z) + z, x);
            h.Transition(above, below).Guard(z <= 0.5);
            h.Transition(below, above).Guard(z >= 0.5);
        });
        Jump jump = model.Simulate(2.0, new Rodas5P { RelativeTolerance = tolerance, AbsoluteTolerance = tolerance }).Jumps.Single();
        Assert.That(jump.StatesBefore[1], Is.EqualTo(0.5).Within(1e-13));
        Assert.That(jump.StatesBefore[0], Is.EqualTo(0.625).Within(1e-13), "and the state is what the equation says");
        Assert.That(jump.StatesAfter, Is.EqualTo(jump.StatesBefore));
    }

    [Test]
    public void A_rectifier_runs_as_the_one_whose_current_was_solved_by_hand()
    {
        HybridAutomaton model = Rectifier(isImplicit: true);
        Trajectory run = model.Simulate(0.06, Tight);
        Trajectory reference = Rectifier(isImplicit: false).Simulate(0.06, new DormandPrince5 { RelativeTolerance = 1e-12, AbsoluteTolerance = 1e-13 });
        Assert.That(run.Jumps.Select(jump => jump.To), Is.EqualTo(reference.Jumps.Select(jump => jump.To)));
        Assert.That(run.Jumps, Has.Length.GreaterThan(5));
        Assert.That(run.Jumps.Select(jump => jump.Time), Is.EqualTo(reference.Jumps.Select(jump => jump.Time)).Within(1e-9));
        Assert.That(run.Value("v", 0.06), Is.EqualTo(reference.Value("v", 0.06)).Within(1e-7));
    }

    [Test]
    public void Tanks_that_meet_in_a_junction_empty_into_each_other_as_the_exponentials_say()
    {
        // The pressure in the junction balances the flows; with equal pipes it is the mean, and each level goes there by itself.
        HybridAutomaton model = HybridAutomaton.Build("tanks", h =>
        {
            Expr[] levels = [h.State("h1", 3.0), h.State("h2", 1.0), h.State("h3", 0.5)];
            Expr p = h.Algebraic("p");
            Expr r = h.Parameter("r", 2.0);
            ModeBuilder flow = h.Mode("flow").Equation(p, ((levels[0] - p) / r) + ((levels[1] - p) / r), (p - levels[2]) / r);
            foreach (Expr level in levels)
            {
                flow.Flow(level, (p - level) / r);
            }
        });
        Trajectory run = model.Simulate(5.0, Tight);
        const double Mean = 1.5;
        foreach (double t in new[] { 0.0, 0.37, 2.2, 5.0 })
        {
            Assert.That(run.Value("p", t), Is.EqualTo(Mean).Within(1e-9));
            Assert.That(run.Value("h1", t), Is.EqualTo(Mean + (1.5 * Math.Exp(-t / 2.0))).Within(1e-9));
        }
    }

    [Test]
    public void A_pendulum_of_index_1_swings_as_its_angle_does()
    {
        HybridAutomaton pendulum = HybridAutomaton.Build("pendulum", h =>
        {
            (Expr x, Expr y, Expr u, Expr v) = (h.State("x", 1.0), h.State("y", 0.0), h.State("u"), h.State("v"));
            Expr force = h.Algebraic("force", 1.0);
            h.Mode("swing").Flow((x, y, u, v), (u, v, -force * x, -force * y - 9.81))
                .Equation(force, (u * u) + (v * v) - (9.81 * y), force * ((x * x) + (y * y)));
        });
        HybridAutomaton angle = HybridAutomaton.Build("angle", h =>
        {
            (Expr a, Expr w) = (h.State("a", Math.PI / 2.0), h.State("w"));
            h.Mode("swing").Flow((a, w), (w, -9.81 * Expr.Sin(a)));
        });
        Trajectory run = pendulum.Simulate(2.0, Tight);
        Trajectory reference = angle.Simulate(2.0, new DormandPrince5 { RelativeTolerance = 1e-12, AbsoluteTolerance = 1e-12 });
        foreach (double t in new[] { 0.5, 1.1, 2.0 })
        {
            Assert.That(run.Value("x", t), Is.EqualTo(Math.Sin(reference.Value("a", t))).Within(1e-7));
            double speed = reference.Value("w", t);
            Assert.That(run.Value("force", t), Is.EqualTo((speed * speed) + (9.81 * Math.Cos(reference.Value("a", t)))).Within(1e-6));
        }
    }

    [Test]
    public void Robertsons_reaction_with_conservation_as_its_equation_ends_at_the_published_values()
    {
        // Test Set for Initial Value Problem Solvers, problem ROBER, values at t = 1e11.
        HybridAutomaton model = HybridAutomaton.Build("rober", h =>
        {
            (Expr a, Expr b, Expr c) = (h.State("a", 1.0), h.State("b"), h.Algebraic("c"));
            h.Mode("react").Flow(a, (-0.04 * a) + (1e4 * b * c)).Flow(b, (0.04 * a) - (1e4 * b * c) - (3e7 * b * b)).Equation(c, a + b + c, 1.0);
        });
        Trajectory run = model.Simulate(1e11, new Rodas5P { RelativeTolerance = 1e-9, AbsoluteTolerance = 1e-16 });
        Assert.That(run.Value("a", 1e11), Is.EqualTo(0.2083340149701255e-7).Within(1e-13));
        Assert.That(run.Value("b", 1e11), Is.EqualTo(0.8333360770334713e-13).Within(1e-19));
        Assert.That(run.Value("c", 1e11), Is.EqualTo(0.9999999791665050).Within(1e-12));
    }

    [Test]
    public void A_transistor_amplifier_ends_at_the_published_values()
    {
        Trajectory run = TransistorAmplifier.Model.Simulate(0.2, new Rodas5P { RelativeTolerance = 1e-9, AbsoluteTolerance = 1e-10 });
        Assert.That(TransistorAmplifier.Nodes.Select(node => run.Value(node, 0.2)), Is.EqualTo(TransistorAmplifier.At200Milliseconds).Within(1e-6));
    }

    [Test]
    public void A_coupled_mass_matrix_gives_the_motion_of_its_inverse()
    {
        // [2 1; 1 3] (v', w') = (-v, -w): multiplied by the inverse, [3 -1; -1 2] / 5.
        HybridAutomaton Build(bool isImplicit) => HybridAutomaton.Build("masses", h =>
        {
            (Expr v, Expr w, Expr n) = (h.State("v", 1.0), h.State("w", -0.5), h.Discrete("n", 2.0));
            ModeBuilder mode = h.Mode("move");
            if (isImplicit)
            {
                mode.Mass(v, v, n).Mass(v, w, 1.0).Mass(w, v, 1.0).Mass(w, w, 3.0).Flow((v, w), (-v, -w));
            }
            else
            {
                Expr determinant = (3.0 * n) - 1.0;
                mode.Flow((v, w), (((-3.0 * v) + w) / determinant, (v - (n * w)) / determinant));
            }

            h.Transition(mode, mode, "heavier").Guard(v <= 0.5).Edge().Reset(n, 4.0);
        });
        Trajectory run = Build(isImplicit: true).Simulate(6.0, Tight);
        Trajectory reference = Build(isImplicit: false).Simulate(6.0, new DormandPrince5 { RelativeTolerance = 1e-12, AbsoluteTolerance = 1e-13 });
        Assert.That(run.Jumps.Single().Time, Is.EqualTo(reference.Jumps.Single().Time).Within(1e-9));
        Assert.That(run.Value("w", 6.0), Is.EqualTo(reference.Value("w", 6.0)).Within(1e-9));
    }

    [Test]
    public void Every_discontinuity_leaves_a_consistent_state()
    {
        HybridAutomaton model = HybridAutomaton.Build("sources", h =>
        {
            Expr x = h.State("x", 1.0);
            Expr z = h.Algebraic("z", 0.5);
            Expr u = h.Input("u", new HybridControl.Dynamics.StepSignal(0.5, 0.0, 1.0));
            Expr gain = h.Parameter("gain", 1.0);
            Expr held = h.Discrete("held", 0.0);
            h.Mode("on").Flow(x, -z).Equation(z, Expr.Sinh(z), (gain * x) + u + held);
            h.Every("sample", 0.3, 0.3, (held, held + 0.25));
        });
        Trajectory run = Scenario.For(model).At(0.7, ("gain", 3.0)).At(0.8, ("x", -2.0)).Simulate(1.0, Tight);
        foreach (double t in new[] { 0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0 })
        {
            double gain = t >= 0.7 ? 3.0 : 1.0;
            double u = t >= 0.5 ? 1.0 : 0.0;
            double held = 0.25 * Math.Floor((t + 1e-9) / 0.3);
            Assert.That(Math.Sinh(run.Value("z", t)), Is.EqualTo((gain * run.Value("x", t)) + u + held).Within(1e-8), $"t = {t}");
        }
    }

    [Test]
    public void A_choice_inside_an_equation_is_decided_together_with_its_variable()
    {
        // A piecewise conductance: i = z above zero, 10 z below; the source turns at t = pi.
        HybridAutomaton model = HybridAutomaton.Build("kink", h =>
        {
            (Expr charge, Expr z) = (h.State("charge"), h.Algebraic("z"));
            h.Mode("on").Flow(charge, z).Equation(z, Expr.Select(z >= 0.0, z, 10.0 * z), Expr.Sin(h.Time));
        });
        Trajectory run = model.Simulate(2.0 * Math.PI, Tight);
        Assert.That(run.Value("z", 2.0), Is.EqualTo(Math.Sin(2.0)).Within(1e-8));
        Assert.That(run.Value("z", 4.0), Is.EqualTo(Math.Sin(4.0) / 10.0).Within(1e-8));
        Assert.That(run.Value("charge", 2.0 * Math.PI), Is.EqualTo(2.0 - 0.2).Within(1e-8));
        HybridAutomaton below = model with { Modes = [model.Modes[0] with { Equations = [new("z", model.Modes[0].Equations[0].Left, -2.0)] }] };
        Assert.That(below.Simulate(0.1, Tight).Value("z", 0.0), Is.EqualTo(-0.2).Within(1e-14), "though the start guess lies on the other side");
    }

    [Test]
    public void Variables_that_a_mode_does_not_have_need_no_equation()
    {
        HybridAutomaton model = HybridAutomaton.Build("switched", h =>
        {
            (Expr x, Expr z) = (h.State("x", 1.0), h.Algebraic("z"));
            ModeBuilder off = h.Mode("off").With(x).Flow(x, -1.0);
            ModeBuilder on = h.Mode("on").Flow(x, z).Equation(z, z * z * z, x + 8.0);
            h.Transition(off, on).Guard(x <= 0.0).Reset(z, 1.0);
        });
        Trajectory run = model.Simulate(1.5, Tight);
        Assert.That(run.Value("z", 0.5), Is.NaN);
        Assert.That(run.Jumps.Single().StatesAfter[1], Is.EqualTo(2.0).Within(1e-12));
    }

    [Test]
    public void A_copy_between_any_two_steps_goes_on_bit_for_bit()
    {
        Scenario scenario = Scenario.For(Rectifier(isImplicit: true));
        SimulationOptions options = new() { Solver = Tight };
        RunEngine engine = scenario.CreateEngine(options);
        engine.Start();
        foreach (double t in new[] { 0.0013, 0.0047, 0.0071, 0.0122, 0.03 })
        {
            RunEngine copy = engine.Clone();
            engine.Advance(t, CancellationToken.None);
            copy.Advance(t, CancellationToken.None);
            Assert.That(copy.States.ToArray(), Is.EqualTo(engine.States.ToArray()));
            Assert.That(copy.JumpIndex, Is.EqualTo(engine.JumpIndex));
        }
    }

    [Test]
    public void A_run_that_goes_back_to_a_snapshot_has_the_same_future()
    {
        HybridAutomaton model = Rectifier(isImplicit: true);
        SimulationRun run = Scenario.For(model).Start(new SimulationOptions { Solver = Tight });
        run.AdvanceTo(0.013);
        RunSnapshot here = run.Snapshot();
        run.AdvanceTo(0.05);
        double[] once = [.. run.States];
        run.Restore(here);
        run.AdvanceTo(0.05);
        Assert.That(run.States, Is.EqualTo(once));
    }

    private static HybridAutomaton Rectifier(bool isImplicit) => HybridAutomaton.Build("rectifier", h =>
    {
        Expr v = h.State("v");
        Expr source = h.Output("source", 10.0 * Expr.Sin(100.0 * Math.PI * h.Time));
        (Expr resistance, Expr load, Expr capacity) = (h.Parameter("R", 5.0), h.Parameter("load", 200.0), h.Parameter("C", 1e-4));
        Expr solved = (source - v - 0.7) / resistance;
        Expr i = isImplicit ? h.Algebraic("i") : solved;
        ModeBuilder blocks = h.Mode("blocks").Flow(v, ((isImplicit ? i : 0.0) - (v / load)) / capacity);
        ModeBuilder conducts = h.Mode("conducts").Flow(v, (i - (v / load)) / capacity);
        if (isImplicit)
        {
            blocks.Equation(i, i, 0.0);
            conducts.Equation(i, resistance * i, source - v - 0.7);
        }

        h.Transition(blocks, conducts).Guard(source - v >= 0.7);
        h.Transition(conducts, blocks).Guard(i <= 0.0);
    });
}
