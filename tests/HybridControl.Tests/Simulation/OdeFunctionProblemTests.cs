using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Numerics;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using MathNet.Numerics.LinearAlgebra;

namespace HybridControl.Tests.Simulation;

/// <summary>Problems whose right-hand side is a C# method, or comes from matrices of MathNet.Numerics.</summary>
public class OdeFunctionProblemTests
{
    private const int Rods = 200;

    private static readonly (Expr X, Expr V) Swing = (OdeProblem.State("x0"), OdeProblem.State("x1"));

    private static readonly OdeProblem ByMethod = OdeProblem.Of((t, x, dx) => (dx[0], dx[1]) = (x[1], -Math.Sin(x[0]) + (0.1 * Math.Cos(t))), 2.0, 0.0);

    private static readonly OdeProblem ByExpressions = new()
    {
        States = [new("x0", Swing.V, 2.0), new("x1", -Expr.Sin(Swing.X) + (0.1 * Expr.Cos(Expr.Time)), 0.0)],
    };

    private static readonly Matrix<double> Damped = Matrix<double>.Build.DenseOfRowArrays([0.0, 1.0], [-4.0, -0.4]);

    private static readonly OdeProblem Stiff = OdeProblem.Of((t, x, dx) => (dx[0], dx[1]) = ((-1000.0 * x[0]) + (t * x[1]), -x[1]), 1.0, 1.0);

    private static IEnumerable<Solver> Methods => SolverCatalog.Names.Except(["euler", "expm", "euler-maruyama", "milstein"])
        .Select(name => name == "rk4" ? SolverCatalog.Create(name) : SolverCatalog.Create(name, 1e-9, 1e-11));

    private static IEnumerable<Solver> StiffMethods =>
        new[] { "auto", "rodas5p", "radau5", "esdirk4", "bdf" }.Select(name => SolverCatalog.Create(name, 1e-9, 1e-11));

    [Test]
    public void A_Jacobian_that_is_no_number_is_told_as_such_and_not_as_the_right_hand_side([ValueSource(nameof(StiffMethods))] Solver solver)
    {
        OdeSolution solution = (Stiff with { Jacobian = (t, x, j) => j[0, 0] = double.NaN }).TrySolve(0.0, 1.0, solver);
        Assert.That(solution.Status, Is.EqualTo(RunStatus.NotFinite));
        Assert.That(solution.Reason, Does.Contain("the Jacobian that was given with the flow is NaN or infinite"));
    }

    [Test]
    public void A_matrix_of_samples_needs_a_time() =>
        Assert.That(() => ByMethod.Solve(0.0, 1.0).Sample([]), Throws.ArgumentException.With.Message.Contains("There are no times"));

    [Test]
    public void A_method_is_followed_as_the_expressions_are([ValueSource(nameof(Methods))] Solver solver, [Values] bool backward)
    {
        OdeWatch[] watches = [new("zero", Swing.X >= 0.0), new("turn", Swing.V >= 0.0, RootDirection.Up)];
        OdeSolution[] solutions =
        [
            .. new[] { ByMethod, ByExpressions }.Select(problem =>
                (problem with { Watches = [.. watches] }).Solve(backward ? 9.0 : 0.0, backward ? 0.0 : 9.0, solver)),
        ];
        double end = backward ? 0.0 : 9.0;
        Assert.That(solutions[0].EndTime, Is.EqualTo(end));
        Assert.That(solutions[0].At(end), Is.EqualTo(solutions[1].At(end)).Within(1e-6));
        Assert.That(solutions[0].At(4.5), Is.EqualTo(solutions[1].At(4.5)).Within(1e-6));
        Assert.That(solutions[0].Roots.Select(root => (root.Name, root.Direction)), Is.EqualTo(solutions[1].Roots.Select(root => (root.Name, root.Direction))));
        Assert.That(solutions[0].Roots.Select(root => root.Time), Is.EqualTo(solutions[1].Roots.Select(root => root.Time)).Within(1e-6));
        Assert.That(solutions[0].Roots, Has.Length.GreaterThan(2));
    }

    [Test]
    public void A_given_Jacobian_replaces_differences([ValueSource(nameof(StiffMethods))] Solver solver, [Values] bool backward)
    {
        double sign = backward ? -1.0 : 1.0;
        int calls = 0;
        void Jacobian(double t, ReadOnlySpan<double> x, Matrix<double> j)
        {
            Assert.That(j.Enumerate().All(entry => entry == 0.0), "comes empty");
            calls++;
            (j[0, 0], j[0, 1], j[1, 1]) = (sign * -1000.0, t, sign * -1.0);
        }

        // Backward the mirror image, which is as stiff and as stable that way.
        OdeProblem problem = backward
            ? OdeProblem.Of((t, x, dx) => (dx[0], dx[1]) = ((1000.0 * x[0]) + (t * x[1]), x[1]), 1.0, 1.0)
            : Stiff;
        OdeSolution differences = problem.Solve(0.0, sign * 2.0, solver);
        OdeSolution given = (problem with { Jacobian = Jacobian }).Solve(0.0, sign * 2.0, solver);
        // Behind the layer x0 follows (t - 1/999) e^-t / 999.
        double expected = (2.0 - (1.0 / 999.0)) * Math.Exp(-2.0) / 999.0;
        Assert.That(given.At(sign * 2.0)[0], Is.EqualTo(expected).Within(1e-9));
        Assert.That(differences.At(sign * 2.0)[0], Is.EqualTo(expected).Within(1e-9));
        Assert.That(calls, Is.GreaterThan(0));
        Assert.That(given.Statistics.RightHandSides, Is.LessThan(differences.Statistics.RightHandSides));
    }

    [Test]
    public void A_pattern_saves_right_hand_sides([ValueSource(nameof(StiffMethods))] Solver solver)
    {
        const double Square = (Rods + 1.0) * (Rods + 1.0);
        void Heat(double t, ReadOnlySpan<double> u, Span<double> rates)
        {
            for (int i = 0; i < Rods; i++)
            {
                rates[i] = Square * ((i > 0 ? u[i - 1] : 0.0) - (2.0 * u[i]) + (i < Rods - 1 ? u[i + 1] : 0.0));
            }
        }

        double[] start = [.. Enumerable.Range(1, Rods).Select(i => Math.Sin(Math.PI * i / (Rods + 1)))];
        double rate = 4.0 * Square * Math.Pow(Math.Sin(0.5 * Math.PI / (Rods + 1)), 2);
        OdeSolution full = OdeProblem.Of(Heat, start).Solve(0.0, 0.1, solver);
        OdeSolution banded = (OdeProblem.Of(Heat, start) with { Pattern = SparsityPattern.Banded(Rods, 1, 1) }).Solve(0.0, 0.1, solver);
        foreach (OdeSolution solution in new[] { full, banded })
        {
            Assert.That(solution.At(0.1), Is.EqualTo(start.Select(u => u * Math.Exp(-0.1 * rate))).Within(1e-7));
        }

        Assert.That(banded.Statistics.RightHandSides, Is.LessThan(full.Statistics.RightHandSides - (Rods / 2)));
    }

    [Test]
    public void A_terminal_watch_ends_the_solution_at_its_root([Values("tsit5", "dop853", "rodas5p", "adams", "auto")] string solver, [Values] bool backward)
    {
        // Up to the event the solution is that without the watch: its step is the same.
        OdeWatch[] watches = [new("other", Swing.X >= 1.9), new("down", Swing.X <= 0.0, backward ? RootDirection.Down : RootDirection.Up) { IsTerminal = true }];
        (double from, double to) = backward ? (9.0, 0.0) : (0.0, 9.0);
        OdeSolution whole = ByMethod.Solve(from, to, SolverCatalog.Create(solver));
        OdeSolution solution = (ByMethod with { Watches = [.. watches] }).Solve(from, to, SolverCatalog.Create(solver));
        Assert.That(solution.Status, Is.EqualTo(RunStatus.Completed));
        Assert.That(solution.Reason, Does.Contain("'down'"));
        Assert.That(solution.Ending!.Time, Is.EqualTo(solution.EndTime));
        Assert.That(solution.Ending, Is.EqualTo(solution.Roots[^1]));
        Assert.That(solution.At(solution.EndTime)[0], Is.Zero.Within(1e-12));
        Assert.That(solution.At(solution.EndTime), Is.EqualTo(whole.At(solution.EndTime)));
        Assert.That(() => solution.At(solution.EndTime + (0.01 * (to - from))), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That((solution.EndTime - from) / (to - from), Is.InRange(0.1, 0.5));
        Assert.That((ByMethod with { Watches = [new("never", Swing.X >= 99.0) { IsTerminal = true }] }).Solve(from, to).Ending, Is.Null);
    }

    [Test]
    public void A_matrix_and_a_vector_are_a_linear_problem_in_closed_form()
    {
        Vector<double> input = Vector<double>.Build.Dense([0.0, 4.0]);
        OdeSolution solution = OdeProblem.Linear(Damped, Vector<double>.Build.Dense([2.0, 0.0]), input).Solve(0.0, 3.0, new MatrixExponential());
        double w = Math.Sqrt(4.0 - 0.04);
        double At(double t) => 1.0 + (Math.Exp(-0.2 * t) * (Math.Cos(w * t) + (0.2 / w * Math.Sin(w * t))));
        Matrix<double> samples = solution.Sample([0.0, 1.5, 3.0]);
        Assert.That(samples.Column(0), Is.EqualTo(new[] { At(0.0), At(1.5), At(3.0) }).Within(1e-13));
        Assert.That((samples.RowCount, samples.ColumnCount), Is.EqualTo((3, 2)));
        Vector<double> rates = Damped * samples.Row(2) + input;
        OdeProblem on = OdeProblem.Linear(Damped, Vector<double>.Build.Dense(2), input).StartingAt(samples.Row(2));
        Assert.That((on.Solve(3.0, 3.0 + 1e-6).At(3.0 + 1e-6)[0] - At(3.0)) / 1e-6, Is.EqualTo(rates[0]).Within(1e-5));
    }

    [Test]
    public void A_mass_matrix_of_MathNet_goes_with_a_method_and_with_expressions([ValueSource(nameof(StiffMethods))] Solver solver, [Values] bool backward)
    {
        // x0 + x1 decays with 1/3, x0 - x1 with 1.
        var mass = Matrix<double>.Build.DenseOfRowArrays([2.0, 1.0], [1.0, 2.0]);
        (double from, double to) = backward ? (1.0, 0.0) : (0.0, 1.0);
        double sum = 3.0 * Math.Exp((from - to) / 3.0);
        double difference = Math.Exp(from - to);
        foreach (OdeProblem problem in new[]
        {
            OdeProblem.Of((t, x, f) => (f[0], f[1]) = (-x[0], -x[1]), 2.0, 1.0),
            OdeProblem.Of((t, x, f) => (f[0], f[1]) = (-x[0], -x[1]), 2.0, 1.0) with { Jacobian = (t, x, j) => (j[0, 0], j[1, 1]) = (-1.0, -1.0) },
            OdeProblem.Linear(-Matrix<double>.Build.DenseIdentity(2), Vector<double>.Build.Dense([2.0, 1.0])),
        })
        {
            OdeSolution solution = problem.WithMass(mass).Solve(from, to, solver);
            Assert.That(solution.At(to), Is.EqualTo(new[] { 0.5 * (sum + difference), 0.5 * (sum - difference) }).Within(1e-7));
        }
    }

    [Test]
    public void The_identity_as_a_mass_matrix_asks_for_nothing() => Assert.That(
        ByMethod.WithMass(Matrix<double>.Build.SparseIdentity(2)).Solve(0.0, 1.0, new DormandPrince5()).At(1.0),
        Is.EqualTo(ByMethod.Solve(0.0, 1.0, new DormandPrince5()).At(1.0)));

    [Test]
    public void A_solution_that_cannot_go_on_keeps_what_it_has_in_the_time_of_the_problem([Values] bool backward)
    {
        double end = backward ? -1.0 : 1.0;
        var problem = OdeProblem.Of((t, x, dx) => dx[0] = Math.Sqrt(1.0 - Math.Abs(t)), 0.0);
        OdeSolution solution = problem.TrySolve(0.0, 2.0 * end);
        Assert.That(solution.Status, Is.EqualTo(RunStatus.NotFinite));
        Assert.That(solution.EndTime, Is.EqualTo(end).Within(1e-6));
        Assert.That(solution.Reason, Does.StartWith(FormattableString.Invariant($"t = {solution.EndTime:R} s: the right-hand side is NaN or infinite near state 'x0'")));
        Assert.That(solution.At(0.5 * end)[0], Is.EqualTo(end * 2.0 / 3.0 * (1.0 - Math.Pow(0.5, 1.5))).Within(1e-5));
        Assert.That(() => problem.Solve(0.0, 2.0 * end), Throws.TypeOf<SimulationException>().With.Message.EqualTo(solution.Reason));
    }

    [Test]
    public void What_does_not_go_together_is_refused_with_its_place()
    {
        void Refuses(OdeProblem problem, params string[] places) => Assert.That(
            Assert.Throws<ModelException>(() => problem.Solve(0.0, 1.0))!.Findings.Select(finding => finding.Where), Is.EqualTo(places));

        Refuses(ByMethod with { Pattern = SparsityPattern.Dense(3), States = [new("x0", 1.0, 0.0), new("x1", 0.0)] }, "states.x0", "pattern");
        Refuses(ByExpressions with { Jacobian = (_, _, _) => { } }, "jacobian");
        Refuses(ByMethod with { Watches = [new("w", Swing.X >= 0.0), new("w", Swing.V >= 0.0)] }, "watches.w");
        Refuses(ByMethod with { Watches = [new("w", OdeProblem.State("x9") >= 0.0)] }, "watches.w");
        Refuses(ByMethod with { Algebraic = [new("z", OdeProblem.State("z") - Swing.X)] }, "function");
        Refuses(ByExpressions with { States = [new("x0", OdeProblem.State("y"), 0.0)] }, "states.x0");
        Assert.That(() => ByMethod.Solve(0.0, 1.0, ["x0"]), Throws.TypeOf<ModelException>().With.Message.StartWith("function: "));
        Assert.That(() => ByMethod.WithMass(Matrix<double>.Build.Dense(3, 2)), Throws.TypeOf<ModelException>());
        Assert.That(() => ByMethod.WithMass(Matrix<double>.Build.Dense(2, 2)), Throws.TypeOf<ModelException>().With.Message.Contains("'x0', 'x1'"));
        Assert.That(() => ByMethod.StartingAt([1.0]), Throws.TypeOf<ModelException>());
        Assert.That(() => OdeProblem.Linear(Damped, Vector<double>.Build.Dense(3)), Throws.TypeOf<ModelException>());
        Assert.That(() => OdeProblem.Linear(Damped, Vector<double>.Build.Dense(2), Vector<double>.Build.Dense(1)), Throws.TypeOf<ModelException>());
    }
}
