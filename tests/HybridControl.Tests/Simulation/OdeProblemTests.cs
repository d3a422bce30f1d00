using HybridControl.Dynamics;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Simulation;

/// <summary>Roots of problems with one flow, close together, simultaneous, forward and backward.</summary>
public class OdeProblemTests
{
    private static readonly Expr Time = Expr.Time;

    [Test]
    public void A_problem_with_algebraic_variables_is_solved_in_both_directions()
    {
        // x' = -z with z^3 + z = x: t = integral of (3 z^2 + 1)/z dz = 3/2 (z0^2 - z^2) + log(z0/z).
        (Expr x, Expr z) = (OdeProblem.State("x"), OdeProblem.State("z"));
        var problem = new OdeProblem
        {
            States = [new("x", -z, 10.0)],
            Algebraic = [new("z", (z * z * z) + z - x, 1.0)],
            Watches = [new("one", z <= 1.0)],
        };
        var solver = new HybridControl.Solvers.Rodas5P { RelativeTolerance = 1e-10, AbsoluteTolerance = 1e-12 };
        OdeSolution forward = problem.Solve(0.0, 8.0, solver);
        double passage = 4.5 + Math.Log(2.0);
        Assert.That(forward.Roots.Single().Time, Is.EqualTo(passage).Within(1e-8));
        Assert.That(forward.At(0.0), Is.EqualTo(new[] { 10.0, 2.0 }).Within(1e-13));
        OdeSolution back = (problem with { States = [new("x", -z, 2.0)], Algebraic = [new("z", (z * z * z) + z - x)] }).Solve(passage, 0.0, solver);
        Assert.That(back.Value("z", 0.0), Is.EqualTo(2.0).Within(1e-8));
    }

    [Test]
    public void A_problem_with_a_mass_matrix_is_that_of_its_inverse()
    {
        (Expr v, Expr w) = (OdeProblem.State("v"), OdeProblem.State("w"));
        var problem = new OdeProblem
        {
            States = [new("v", -v, 1.0), new("w", -w, 1.0)],
            Mass = [new("v", "v", 2.0), new("v", "w", 1.0), new("w", "v", 1.0), new("w", "w", 2.0)],
        };
        OdeSolution run = problem.Solve(0.0, 3.0, new HybridControl.Solvers.Rodas5P { RelativeTolerance = 1e-10, AbsoluteTolerance = 1e-12 });
        Assert.That(run.Value("w", 3.0), Is.EqualTo(Math.Exp(-1.0)).Within(1e-9), "v = w: 3 v' = -v");
    }

    [Test]
    public void Roots_of_two_shifted_cubics_come_in_order_whatever_the_step(
        [ValueSource(typeof(TightSolvers), nameof(TightSolvers.All))] Solver solver,
        [Values(1e-3, 0.07, 0.1, 0.5, 10.0)] double maximumStep,
        [Values] bool backward)
    {
        OdeProblem problem = Watching(
            ("a", (Time - 0.1) * (Time - 0.4) * (Time - 0.8)),
            ("b", (Time - 0.2) * (Time - 0.5) * (Time - 0.9)));
        OdeSolution solution = Solve(problem, 1.0, solver with { MaximumStep = maximumStep }, backward);
        OdeRoot[] roots = Ascending(solution, backward);
        Assert.That(roots.Select(root => root.Time), Is.EqualTo(new[] { 0.1, 0.2, 0.4, 0.5, 0.8, 0.9 }).Within(1e-12));
        Assert.That(roots.Select(root => root.Name), Is.EqualTo(new[] { "a", "b", "a", "b", "a", "b" }));
        RootDirection[] directions =
        [
            RootDirection.Up, RootDirection.Up, RootDirection.Down, RootDirection.Down, RootDirection.Up, RootDirection.Up,
        ];
        Assert.That(roots.Select(root => root.Direction), Is.EqualTo(directions));
    }

    [Test]
    public void Only_the_wanted_direction_is_reported([Values] bool backward)
    {
        Condition cubic = (Time - 0.1) * (Time - 0.4) * (Time - 0.8) >= 0.0;
        var problem = new OdeProblem
        {
            States = [new("x", 1.0, 0.0)],
            Watches = [new("up", cubic, RootDirection.Up), new("down", cubic, RootDirection.Down)],
        };
        OdeSolution solution = backward ? problem.Solve(1.0, 0.0) : problem.Solve(0.0, 1.0);
        OdeRoot[] roots = Ascending(solution, backward);
        Assert.That(roots.Select(root => root.Name), Is.EqualTo(new[] { "up", "down", "up" }));
        Assert.That(roots.Select(root => root.Time), Is.EqualTo(new[] { 0.1, 0.4, 0.8 }).Within(1e-12));
    }

    [Test]
    public void Three_roots_near_the_start_of_one_long_step_come_in_order([Values] bool backward)
    {
        OdeProblem problem = Watching(("c", Time - 2e-7), ("a", Time - 1e-8), ("b", Time - 2e-8));
        OdeSolution solution = Solve(problem, 2.0, new DormandPrince5 { InitialStep = 2.0 }, backward);
        OdeRoot[] roots = Ascending(solution, backward);
        Assert.That(roots.Select(root => root.Name), Is.EqualTo(new[] { "a", "b", "c" }));
        Assert.That(roots.Select(root => root.Time), Is.EqualTo(new[] { 1e-8, 2e-8, 2e-7 }).Within(1e-12));
    }

    [Test]
    public void Simultaneous_roots_are_one_instant_in_the_order_of_declaration(
        [Values(0.05, 100.0)] double maximumStep, [Values] bool backward)
    {
        OdeProblem problem = Watching(("1", Expr.Cos(Time)), ("2", Expr.Cos(3.0 * Time)));
        OdeSolution solution = Solve(problem, 2.0 * Math.PI, new DormandPrince5 { MaximumStep = maximumStep }, backward);
        double[] instants = [.. new[] { 1.0, 3.0, 5.0, 7.0, 9.0, 11.0 }.Select(k => k * Math.PI / 6.0)];
        string[] names = ["2", "12", "2", "2", "12", "2"];
        var groups = solution.Roots.GroupBy(root => root.Time).OrderBy(group => group.Key).ToArray();
        Assert.That(groups.Select(group => group.Key), Is.EqualTo(instants).Within(1e-12));
        Assert.That(groups.Select(group => string.Concat(group.Select(root => root.Name))), Is.EqualTo(names));
    }

    [Test]
    public void A_problem_solved_there_and_back_returns_to_its_start()
    {
        (Expr x, Expr v) = (OdeProblem.State("x"), OdeProblem.State("v"));
        var there = new OdeProblem
        {
            States = [new("x", v, 1.0), new("v", -x + (0.1 * Time), 0.0)],
            Watches = [new("zero", x >= 0.0)],
        };
        OdeSolution forward = there.Solve(0.0, 10.0, TightSolvers.One);
        var from = new OdeProblem
        {
            States = [there.States[0] with { Initial = forward.Value("x", 10.0) }, there.States[1] with { Initial = forward.Value("v", 10.0) }],
            Watches = there.Watches,
        };
        OdeSolution back = from.Solve(10.0, 0.0, TightSolvers.One);
        Assert.That(back.StartTime, Is.EqualTo(10.0));
        Assert.That(back.EndTime, Is.Zero);
        Assert.That(back.Value("x", 0.0), Is.EqualTo(1.0).Within(1e-8));
        Assert.That(back.At(5.0), Is.EqualTo(forward.At(5.0)).Within(1e-8));
        Assert.That(
            back.Roots.Reverse().Select(root => root.Time),
            Is.EqualTo(forward.Roots.Select(root => root.Time)).Within(1e-8));
        Assert.That(
            back.Roots.Reverse().Select(root => root.Direction), Is.EqualTo(forward.Roots.Select(root => root.Direction)));
    }

    [TestCase("auto")]
    [TestCase("rodas5p")]
    [TestCase("radau5")]
    [TestCase("esdirk4")]
    [TestCase("bdf")]
    public void A_flow_may_start_where_its_derivative_is_infinite(string solver)
    {
        // x' = 1 - sqrt(x): t = -2 sqrt(x) - 2 log(1 - sqrt(x)).
        Expr x = OdeProblem.State("x");
        var problem = new OdeProblem { States = [new("x", 1.0 - Expr.Sqrt(x), 0.0)], Watches = [new("quarter", x >= 0.25)] };
        OdeSolution solution = problem.Solve(0.0, 1.0, SolverCatalog.Create(solver, 1e-8, 1e-10));
        Assert.That(solution.Roots.Single().Time, Is.EqualTo((2.0 * Math.Log(2.0)) - 1.0).Within(1e-6));
    }

    [Test]
    public void A_root_at_the_very_end_is_reported()
    {
        OdeSolution solution = Watching(("end", Time - 1.0)).Solve(0.0, 1.0);
        Assert.That(solution.Roots, Has.Length.EqualTo(1));
        Assert.That(solution.Roots[0].Time, Is.EqualTo(1.0));
    }

    private static OdeProblem Watching(params ReadOnlySpan<(string Name, Expr Function)> watches)
    {
        var list = new List<OdeWatch>();
        foreach ((string name, Expr function) in watches)
        {
            list.Add(new(name, function >= 0.0));
        }

        return new OdeProblem { States = [new("x", 1.0, 0.0)], Watches = [.. list] };
    }

    private static OdeSolution Solve(OdeProblem problem, double end, Solver solver, bool backward) =>
        backward ? problem.Solve(end, 0.0, solver) : problem.Solve(0.0, end, solver);

    // Names within one instant keep their order, whichever way the problem was solved.
    private static OdeRoot[] Ascending(OdeSolution solution, bool backward) =>
        backward ? [.. solution.Roots.OrderBy(root => root.Time)] : [.. solution.Roots];
}
