using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.Models;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Simulation.Sensitivities;

/// <summary>Derivatives of algebraic variables, of what they cause, and of flows with a mass matrix.</summary>
public class AlgebraicSensitivityTests
{
    private static readonly Solver Tight = new Rodas5P { RelativeTolerance = 1e-11, AbsoluteTolerance = 1e-13 };

    private static IEnumerable<TestCaseData> Methods() => SolverCatalog.Names.Select(name => SolverCatalog.Create(name))
        .OfType<AdaptiveSolver>().Where(solver => solver.SolvesAlgebraicEquations)
        .Select(solver => new TestCaseData(solver with { RelativeTolerance = 1e-9, AbsoluteTolerance = 1e-11 }).SetArgDisplayNames(solver.Name));

    [TestCaseSource(nameof(Methods))]
    public void Algebraic_variables_follow_states_through_a_jump_as_the_closed_form_says(AdaptiveSolver solver)
    {
        // x = x0 exp(-k t) and z = k x until z = c, at T; then x := x + a z, and x' = -b x^2 with z = b x^2.
        HybridAutomaton model = HybridAutomaton.Build("decay", h =>
        {
            (Expr x, Expr z) = (h.State("x", 2.0), h.Algebraic("z"));
            (Expr k, Expr a, Expr b, Expr c) = (h.Parameter("k", 0.7), h.Parameter("a", 0.5), h.Parameter("b", 1.5), h.Parameter("c", 0.6));
            ModeBuilder first = h.Mode("first").Flow(x, -z).Equation(z, z, k * x);
            ModeBuilder then = h.Mode("then").Flow(x, -z).Equation(z, z / b, x * x);
            h.Transition(first, then).Guard(z <= c).Reset(x, x + (a * z));
        });
        const double K = 0.7, A = 0.5, B = 1.5, C = 0.6, X0 = 2.0, End = 2.3;
        Trajectory run = Run(model, End, solver, "k", "a", "b", "c", "x");
        double jump = Math.Log(K * X0 / C) / K;
        double entered = (C / K) + (A * C);
        double x = 1.0 / ((1.0 / entered) + (B * (End - jump)));
        var expected = new Dictionary<string, (double Jump, double Entered)>
        {
            ["k"] = ((1.0 - Math.Log(K * X0 / C)) / (K * K), -C / (K * K)),
            ["a"] = (0.0, C),
            ["b"] = (0.0, 0.0),
            ["c"] = (-1.0 / (K * C), (1.0 / K) + A),
            ["x"] = (1.0 / (K * X0), 0.0),
        };
        Assert.That(run.Jumps, Has.Length.EqualTo(1));
        foreach ((string name, (double dJump, double dEntered)) in expected)
        {
            TrajectorySensitivity found = run.Sensitivity(name);
            double own = name == "b" ? End - jump : 0.0;
            double dx = -x * x * ((-dEntered / (entered * entered)) - (B * dJump) + own);
            double dz = (2.0 * B * x * dx) + (name == "b" ? x * x : 0.0);
            Assert.That(found.JumpTimes[0], Is.EqualTo(dJump).Within(3e-7), name);
            Assert.That(found.At(End), Is.EqualTo(new[] { dx, dz }).Within(3e-7), name);
            double early = Math.Exp(-K * 0.5);
            double[] before = name switch
            {
                "k" => [-0.5 * X0 * early, X0 * early * (1.0 - (0.5 * K))],
                "x" => [early, K * early],
                _ => [0.0, 0.0],
            };
            Assert.That(found.At(0.5), Is.EqualTo(before).Within(3e-7), name);
        }
    }

    [Test]
    public void Initial_values_are_consistent_in_their_derivatives_too()
    {
        // z^3 + z = p x with x = s^2: dz/dp = x/(3 z^2 + 1).
        HybridAutomaton model = HybridAutomaton.Build("start", h =>
        {
            (Expr p, Expr s) = (h.Parameter("p", 2.0), h.Parameter("s", 1.2));
            (Expr x, Expr z) = (h.State("x", s * s), h.Algebraic("z", s));
            h.Mode("m").Flow(x, -z).Equation(z, (z * z * z) + z, p * x);
        });
        Trajectory run = Run(model, 0.1, Tight, "p", "s", "x");
        double z = run.Value("z", 0.0);
        double slope = (3.0 * z * z) + 1.0;
        Assert.That(run.Sensitivity("p").At(0.0)[1], Is.EqualTo(1.44 / slope).Within(1e-13));
        Assert.That(run.Sensitivity("s").At(0.0)[1], Is.EqualTo(2.0 * 2.0 * 1.2 / slope).Within(1e-13));
        Assert.That(run.Sensitivity("x").At(0.0)[1], Is.EqualTo(2.0 / slope).Within(1e-13));
    }

    [Test]
    public void A_guard_on_an_equation_that_moves_with_time_and_a_timer_on_what_follows_it()
    {
        // z = x0 + t + A sin w t reaches c at T; then z = q x exp(-t), and a timer takes as long as that is large.
        HybridAutomaton model = HybridAutomaton.Build("moving", h =>
        {
            (Expr x, Expr z) = (h.State("x", 0.3), h.Algebraic("z"));
            (Expr a, Expr c, Expr q) = (h.Parameter("A", 0.4), h.Parameter("c", 2.0), h.Parameter("q", 0.9));
            ModeBuilder wait = h.Mode("wait").Flow(x, 1.0).Equation(z, z - (a * Expr.Sin(1.5 * h.Time)), x);
            ModeBuilder count = h.Mode("count").Flow(x, 1.0).Equation(z, z * Expr.Exp(h.Time), q * x);
            ModeBuilder end = h.Mode("end").Flow(x, 0.0).Equation(z, z, x);
            h.Transition(wait, count).Guard(z >= c);
            h.Transition(count, end).After(z);
        });
        Trajectory run = Run(model, 4.0, Tight, "A", "c", "q", "x");
        Assert.That(run.Jumps, Has.Length.EqualTo(2));
        double t = run.Jumps[0].Time;
        double slope = 1.0 + (0.4 * 1.5 * Math.Cos(1.5 * t));
        var first = new Dictionary<string, double> { ["A"] = -Math.Sin(1.5 * t) / slope, ["c"] = 1.0 / slope, ["q"] = 0.0, ["x"] = -1.0 / slope };
        double x = 0.3 + t;
        foreach ((string name, double moves) in first)
        {
            double start = name == "x" ? 1.0 : 0.0;
            double delay = (0.9 * Math.Exp(-t) * (start + moves - (x * moves))) + (name == "q" ? x * Math.Exp(-t) : 0.0);
            Assert.That(run.Sensitivity(name).JumpTimes, Is.EqualTo(new[] { moves, moves + delay }).Within(1e-9), name);
            Assert.That(run.Sensitivity(name).At(4.0), Is.All.EqualTo(start + moves + delay).Within(1e-9), name);
        }
    }

    [Test]
    public void Chains_of_jumps_read_algebraic_variables_of_each_mode_they_pass()
    {
        // At T = c - x0: y := z = p x; then z = y^2 at once passes on: y := z.
        HybridAutomaton model = HybridAutomaton.Build("chain", h =>
        {
            (Expr x, Expr y, Expr z) = (h.State("x", 0.25), h.State("y"), h.Algebraic("z"));
            (Expr c, Expr p) = (h.Parameter("c", 1.0), h.Parameter("p", 1.3));
            ModeBuilder a = h.Mode("a").Flow(x, 1.0).Equation(z, z, p * x);
            ModeBuilder b = h.Mode("b").Flow(x, 1.0).Equation(z, Expr.Sqrt(z), y);
            ModeBuilder d = h.Mode("d").Flow((x, y), (1.0, z)).Equation(z, z, y * x);
            h.Transition(a, b).Guard(x >= c).Reset(y, z).Reset(z, 1.0);
            h.Transition(b, d).Reset(y, z);
        });
        Trajectory run = Run(model, 1.5, Tight, "c", "p", "x");

        // y = (p c)^2 exp((X^2 - c^2)/2) with X = x0 + t.
        double end = 0.25 + 1.5;
        double y = 1.3 * 1.3 * Math.Exp(((end * end) - 1.0) / 2.0);
        Assert.That(run.Value("y", 1.5), Is.EqualTo(y).Within(1e-9));
        Assert.That(run.Sensitivity("c").At(1.5), Is.EqualTo(new[] { 0.0, y * (2.0 - 1.0), y * end }).Within(1e-8));
        Assert.That(run.Sensitivity("p").At(1.5), Is.EqualTo(new[] { 0.0, 2.0 * y / 1.3, 2.0 * y * end / 1.3 }).Within(1e-8));
        Assert.That(run.Sensitivity("x").At(1.5), Is.EqualTo(new[] { 1.0, y * end, (y * end * end) + y }).Within(1e-8));
    }

    [TestCaseSource(nameof(Methods))]
    public void A_mass_matrix_that_moves_with_a_number_is_the_flow_that_it_stands_for(AdaptiveSolver solver)
    {
        Trajectory run = Run(Carts(hasMass: true), 3.0, solver, "m", "v", "load");
        Trajectory reference = Run(Carts(hasMass: false), 3.0, SensitivityDifferences.Tight, "m", "v", "load");
        Assert.That(run.Jumps, Has.Length.EqualTo(2));
        foreach (string name in reference.Sensitivities)
        {
            Assert.That(run.Sensitivity(name).JumpTimes, Is.EqualTo(reference.Sensitivity(name).JumpTimes).Within(2e-6), name);
            Assert.That(run.Sensitivity(name).At(3.0), Is.EqualTo(reference.Sensitivity(name).At(3.0)).Within(2e-6), name);
        }
    }

    // Values at the end of a run, where a step ends: dense output of algebraic variables is too coarse to take differences of. Plain runs of
    // the amplifier are tighter than those with derivatives, which come to the rounding of their exponentials at 1e-10.
    [TestCase("diode-rectifier", 0.1, 10, 1e-11, 2e-3, "amplitude", "Rs", "Rd", "drop", "C", "P", "v", TestName = "Equations_of_each_mode")]
    [TestCase("transistor-amplifier", 0.02, 0, 1e-9, 1e-3, "R0", "R", "Ub", "beta", "C", "v45", TestName = "A_mass_matrix_and_exponentials")]
    [TestCase("transistor-amplifier", 0.02, 0, 1e-9, 2e-4, "UF", "alpha", TestName = "Numbers_in_exponents")]
    public void Derivatives_agree_with_differences(string file, double until, int jumps, double tolerance, double step, params string[] names)
    {
        AdaptiveSolver solver = new Rodas5P { RelativeTolerance = tolerance, AbsoluteTolerance = 1e-2 * tolerance };
        foreach (double end in new[] { 0.3712 * until, 0.71234 * until, 0.98123 * until })
        {
            Assert.That(SensitivityDifferences.Of(
                ModelLibrary.Load(file), names, end, [end], end < 0.9 * until ? 0 : jumps, step, null, solver, Tight), Is.Empty);
        }
    }

    [Test]
    public void Choices_in_equations_switch_with_their_derivatives()
    {
        // z + 2 max(z, 0) = x: the slope of z changes where x passes zero, at t = x0.
        HybridAutomaton model = HybridAutomaton.Build("choice", h =>
        {
            (Expr x, Expr y, Expr z) = (h.State("x", 1.0), h.State("y"), h.Algebraic("z", 1.0));
            Expr k = h.Parameter("k", 2.0);
            h.Mode("m").Flow((x, y), (-1.0, z)).Equation(z, z + (k * Expr.Max(z, 0.0)), x);
        });
        Trajectory run = Run(model, 2.5, Tight, "k", "x");
        Assert.That(run.Sensitivity("k").At(0.4), Is.EqualTo(new[] { 0.0, -(0.5 - (0.5 * 0.36)) / 9.0, -0.6 / 9.0 }).Within(1e-9));
        Assert.That(run.Sensitivity("k").At(2.5), Is.EqualTo(new[] { 0.0, -0.5 / 9.0, 0.0 }).Within(1e-9));
        Assert.That(run.Sensitivity("x").At(2.5), Is.EqualTo(new[] { 1.0, (1.0 / 3.0) + 1.5, 1.0 }).Within(1e-9));
    }

    [Test]
    public void Problems_of_one_flow_carry_derivatives_of_their_equations([Values] bool backward)
    {
        // z^3 + z = k x and x' = -z: dx/dz = (3 z^2 + 1)/k gives t k = 3/2 (z0^2 - z^2) + ln(z0/z).
        (Expr x, Expr z, Expr k) = (OdeProblem.State("x"), OdeProblem.State("z"), OdeProblem.Parameter("k"));
        OdeProblem problem = new()
        {
            Parameters = [new("k", 1.25)],
            States = [new("x", -z, 8.0)],
            Algebraic = [new("z", (z * z * z) + z - (k * x), 2.0)],
            Watches = [new("level", z <= (backward ? 2.5 : 1.5))],
        };
        OdeSolution solution = problem.Solve(0.0, backward ? -4.0 : 4.0, ["k"], Tight);
        double level = backward ? 2.5 : 1.5;
        double dStart = 8.0 / ((3.0 * 4.0) + 1.0);
        double time = ((1.5 * (4.0 - (level * level))) + Math.Log(2.0 / level)) / 1.25;
        Assert.That(solution.Roots, Has.Length.EqualTo(1));
        Assert.That(solution.Roots[0].Time, Is.EqualTo(time).Within(1e-9));
        Assert.That(solution.Sensitivity("k").RootTimes[0], Is.EqualTo((((3.0 * 2.0) + 0.5) * dStart / 1.25) - (time / 1.25)).Within(1e-8));
    }

    [Test]
    public void An_algebraic_variable_that_nearly_grazes_is_reported_with_the_change_that_takes_the_event_away()
    {
        string[] Reports(double q)
        {
            HybridAutomaton model = HybridAutomaton.Build("graze", h =>
            {
                (Expr x, Expr v, Expr z) = (h.State("x"), h.State("v", 1.0), h.Algebraic("z"));
                Expr level = h.Parameter("level", 1.0 - q);
                ModeBuilder below = h.Mode("below").Flow((x, v), (v, -x)).Equation(z, Expr.Exp(z), Expr.Exp(x));
                ModeBuilder above = h.Mode("above").Flow((x, v), (v, -x)).Equation(z, z, x);
                h.Transition(below, above, "over").Guard(z >= level);
            });
            Trajectory run = Run(model, 2.0, Tight, "level");
            Assert.That(run.Jumps, Has.Length.EqualTo(1));
            Assert.That(run.Sensitivity("level").JumpTimes[0], Is.EqualTo(1.0 / run.Jumps[0].StatesBefore[1]).Within(1e-9).Percent, "the rate of z is v");
            return [.. run.Log.Where(entry => entry.Kind == LogKind.Sensitivity).Select(entry => entry.Detail)];
        }

        Assert.That(Reports(0.1), Is.Empty);
        string[] reports = Reports(1e-5);
        Assert.That(reports, Has.Length.EqualTo(1));
        Assert.That(reports[0], Does.StartWith("nearly grazing: 'over'"));
        Assert.That(double.Parse(reports[0].Split("by ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture), Is.EqualTo(1e-5).Within(1.0).Percent);
    }

    [Test]
    public void Events_are_the_same_with_and_without_derivatives()
    {
        HybridAutomaton model = ModelLibrary.Load("diode-rectifier");
        SimulationOptions options = new() { Solver = new Rodas5P { RelativeTolerance = 1e-9, AbsoluteTolerance = 1e-11 } };
        Trajectory plain = model.Simulate(0.1, options: options);
        Trajectory run = model.Simulate(0.1, options: options with { Sensitivities = ["drop"] });
        Assert.That(run.Jumps.Select(jump => jump.Transition), Is.EqualTo(plain.Jumps.Select(jump => jump.Transition)));
        Assert.That(run.Jumps.Select(jump => jump.Time), Is.EqualTo(plain.Jumps.Select(jump => jump.Time)).Within(1e-9));
    }

    [Test]
    public void Where_the_search_starts_is_no_number_to_differentiate_by()
    {
        HybridAutomaton model = ModelLibrary.Load("diode-rectifier");
        var refusal = Assert.Throws<ModelException>(() => model.Simulate(0.01, options: new() { Solver = Tight, Sensitivities = ["load"] }))!;
        Assert.That(refusal.Message, Does.Contain("'load' is algebraic: where the search for its values starts does not move them"));
    }

    // m v' + w'/2 = -v and w' = v - w; a change of the load is a jump that moves no state.
    private static HybridAutomaton Carts(bool hasMass) => HybridAutomaton.Build("carts", h =>
    {
        (Expr v, Expr w, Expr d, Expr m, Expr load) =
            (h.State("v", 1.0), h.State("w"), h.Discrete("d", 1.0), h.Parameter("m", 2.0), h.Parameter("load", 0.4));
        ModeBuilder run = h.Mode("run");
        ModeBuilder heavy = h.Mode("heavy");
        ModeBuilder end = h.Mode("end");
        foreach (ModeBuilder mode in new[] { run, heavy, end })
        {
            _ = hasMass
                ? mode.Mass(v, v, m * d).Mass(v, w, 0.5).Flow((v, w), (-v, v - w))
                : mode.Flow((v, w), ((-v - (0.5 * (v - w))) / (m * d), v - w));
        }

        h.Transition(run, heavy).Guard(w >= 0.3).Reset(d, 1.0 + (load * v));
        h.Transition(heavy, end).Guard(v <= 0.5).Reset(v, v + (0.1 * d));
    });

    private static Trajectory Run(HybridAutomaton model, double until, Solver solver, params string[] names) =>
        model.Simulate(until, options: new() { Solver = solver, Sensitivities = [.. names] });
}
