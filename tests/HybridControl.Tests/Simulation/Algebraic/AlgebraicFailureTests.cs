using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Simulation.Algebraic;

public sealed class AlgebraicFailureTests
{
    private static readonly SimulationOptions Options = new() { Solver = new Rodas5P() };

    [Test]
    public void A_start_without_a_solution_is_told_with_the_equation()
    {
        Trajectory run = Model((h, x, z, m) => m.Flow(x, z).Equation(z, (z * z) + 1.0, x)).TrySimulate(1.0, Options);
        Assert.That(run.Status, Is.EqualTo(RunStatus.InconsistentState));
        Assert.That(run.Reason, Does.StartWith("model, mode 'm', t = 0 s, j = 0: no consistent state: the equation of 'z', z * z + 1 = x, has the residual")
            .And.Contain("Start the algebraic variables"));
        Assert.That(run.EndTime, Is.EqualTo(0.0));
    }

    [Test]
    public void A_flow_without_a_value_at_time_zero_ends_the_run_there()
    {
        Trajectory run = Model((h, x, z, m) => m.Flow(x, z + Expr.Sqrt(-1.0 - Expr.Abs(x))).Equation(z, z, x)).TrySimulate(1.0, Options);
        Assert.That(run.Status, Is.EqualTo(RunStatus.NotFinite), run.Reason);
        Assert.That(run.EndTime, Is.EqualTo(0.0));
    }

    [Test]
    public void An_equation_without_a_value_at_the_start_guess_is_told()
    {
        Trajectory run = Model((h, x, z, m) => m.Flow(x, z).Equation(z, Expr.Log(z - 3.0), x)).TrySimulate(1.0, Options);
        Assert.That(run.Status, Is.EqualTo(RunStatus.InconsistentState));
        Assert.That(run.Reason, Does.Contain("has the residual NaN where the search for it begins"));
        SimulationOptions better = Options with { Values = Options.Values.Add("z", 5.0) };
        Assert.That(Model((h, x, z, m) => m.Flow(x, z).Equation(z, Expr.Log(z - 3.0), x)).Simulate(0.1, null, better).Value("z", 0.0),
            Is.EqualTo(3.0 + Math.Exp(0.5)).Within(1e-12), "another guess helps");
    }

    [Test]
    public void A_jump_to_where_no_solution_is_keeps_what_was_before()
    {
        HybridAutomaton model = HybridAutomaton.Build("jump", h =>
        {
            (Expr x, Expr z) = (h.State("x", 1.0), h.Algebraic("z", 1.0));
            ModeBuilder sound = h.Mode("sound").Flow(x, z).Equation(z, z, x);
            ModeBuilder broken = h.Mode("broken").Flow(x, z).Equation(z, Expr.Exp(z), -x);
            h.Transition(sound, broken).Guard(x >= 2.0);
        });
        Trajectory run = model.TrySimulate(5.0, Options);
        Assert.That(run.Status, Is.EqualTo(RunStatus.InconsistentState));
        Assert.That(run.Reason, Does.StartWith("jump, mode 'broken', t = 0.693").And.Contain("j = 1").And.Contain("'z', exp(z) = -x"));
        Assert.That(run.EndTime, Is.EqualTo(Math.Log(2.0)).Within(1e-6));
        Assert.That(run.Value("z", 0.5), Is.EqualTo(Math.Exp(0.5)).Within(1e-6));
    }

    [Test]
    public void Equations_that_follow_from_each_other_in_numbers_only_are_told_at_the_start()
    {
        HybridAutomaton model = HybridAutomaton.Build("twice", h =>
        {
            (Expr x, Expr y, Expr z) = (h.State("x", 1.0), h.Algebraic("y"), h.Algebraic("z"));
            Expr k = h.Parameter("k", 2.0);
            h.Mode("m").Flow(x, y).Equation(y, y + z, x).Equation(z, (2.0 * y) + (k * z), x);
        });
        Trajectory run = model.TrySimulate(1.0, Options);
        Assert.That(run.Status, Is.EqualTo(RunStatus.SingularSystem));
        Assert.That(run.Reason, Does.Contain("do not determine their variables here: that of").And.Contain("follows from the others").And.Contain("index is above 1"));
        Assert.That(model.Simulate(1.0, null, Options with { Values = Options.Values.Add("k", 3.0) }).Status, Is.EqualTo(RunStatus.Completed));
    }

    [Test]
    public void A_mass_matrix_that_is_singular_in_numbers_only_is_told_at_the_start()
    {
        HybridAutomaton model = HybridAutomaton.Build("masses", h =>
        {
            (Expr v, Expr w, Expr k) = (h.State("v", 1.0), h.State("w", 1.0), h.Parameter("k", 2.0));
            h.Mode("m").Mass(v, v, 1.0).Mass(v, w, 2.0).Mass(w, v, k).Mass(w, w, 4.0).Flow((v, w), (-v, -w));
        });
        Trajectory run = model.TrySimulate(1.0, Options);
        Assert.That(run.Status, Is.EqualTo(RunStatus.SingularSystem));
        Assert.That(run.Reason, Does.Contain("the mass matrix is singular: the row of 'v' follows from the others").Or.Contain("the row of 'w' follows"));
    }

    [Test]
    public void A_mass_that_a_jump_makes_zero_ends_the_run_there([Values("auto", "rodas5p", "radau5", "esdirk4", "bdf")] string solver)
    {
        Trajectory run = Weighed(0.0).TrySimulate(2.0, Options with { Solver = SolverCatalog.Create(solver) });
        Assert.That(run.Status, Is.EqualTo(RunStatus.SingularSystem));
        Assert.That(run.Reason, Does.Contain("j = 1: the mass matrix is singular: the row of 'y' is zero"));
        Assert.That(run.EndTime, Is.EqualTo(Math.Log(2.0)).Within(1e-5));
        Assert.That(run.Value("y", run.EndTime), Is.EqualTo(0.5).Within(1e-5));
    }

    [Test]
    public void A_mass_that_a_jump_changes_counts_from_there([Values("auto", "rodas5p", "radau5", "esdirk4", "bdf")] string solver)
    {
        Trajectory run = Weighed(2.0).Simulate(2.0, SolverCatalog.Create(solver, 1e-8, 1e-10));
        Assert.That(run.Value("x", 2.0), Is.EqualTo(Math.Exp(-2.0)).Within(1e-6));
        Assert.That(run.Value("y", 2.0), Is.EqualTo(0.5 * Math.Exp(-0.5 * (2.0 - Math.Log(2.0)))).Within(1e-6));
    }

    // x' = -x, k y' = -y; k is 1 until x = 1/2.
    private static HybridAutomaton Weighed(double then) => HybridAutomaton.Build("weighed", h =>
    {
        (Expr x, Expr y, Expr k) = (h.State("x", 1.0), h.State("y", 1.0), h.Discrete("k", 1.0));
        ModeBuilder m = h.Mode("m").Mass(y, y, k).Flow((x, y), (-x, -y));
        h.Transition(m, m).Guard(x <= 0.5 & k > 0.5 & k < 1.5).Reset(k, then);
    });

    private static IEnumerable<TestCaseData> Methods() => SolverCatalog.Names.Select(name => SolverCatalog.Create(name))
        .Where(solver => solver.SolvesAlgebraicEquations).Select(solver => new TestCaseData(solver).SetArgDisplayNames(solver.Name));

    [TestCaseSource(nameof(Methods))]
    public void A_solution_that_ends_during_the_flow_ends_the_run_with_its_equation(Solver solver)
    {
        // z = sqrt(x) meets -sqrt(x) at x = 0, t = 1/2: beyond there is none.
        Trajectory run = Model((h, x, z, m) => m.Flow(x, -1.0).Equation(z, z * z, x)).TrySimulate(5.0, Options with { Solver = solver, Values = Options.Values.Add("z", 1.0) });
        AssertSingular(run, "that of 'z', z * z = x, leaves 'z' open here", 0.5);
        Assert.That(run.Value("z", 0.25), Is.EqualTo(0.5).Within(1e-3), "what was before is kept");
    }

    [TestCaseSource(nameof(Methods))]
    public void A_fold_beyond_which_another_solution_lies_ends_the_run(Solver solver)
    {
        // z - z^3/3 = x turns at z = 1, x = 2/3; for larger x there is z below -2 only.
        Trajectory run = Model((h, x, z, m) => m.Flow(x, 1.0).Equation(z, z - (z * z * z / 3.0), x)).TrySimulate(5.0, Options with { Solver = solver });
        AssertSingular(run, "leaves 'z' open here", (2.0 / 3.0) - 0.5);
    }

    [TestCaseSource(nameof(Methods))]
    public void Solutions_that_cross_end_the_run_where_they_meet(Solver solver)
    {
        // z^2 = x^2 with x = 1/2 - t: a step goes through as if nothing had been.
        Trajectory run = Model((h, x, z, m) => m.Flow(x, -1.0).Equation(z, z * z, x * x)).TrySimulate(5.0, Options with { Solver = solver, Values = Options.Values.Add("z", 1.0) });
        AssertSingular(run, "that of 'z', z * z = x * x, leaves 'z' open here", 0.5);
    }

    [TestCaseSource(nameof(Methods))]
    public void Equations_that_come_to_say_the_same_end_the_run_with_one_of_them(Solver solver)
    {
        // y + z = x, y + (1 - s) z = 2 x with s from 1/2 down to 0 at t = 1/2: z = -x/s.
        HybridAutomaton model = HybridAutomaton.Build("alike", h =>
        {
            (Expr x, Expr s, Expr y, Expr z) = (h.State("x", 1.0), h.State("s", 0.5), h.Algebraic("y"), h.Algebraic("z"));
            h.Mode("m").Flow((x, s), (0.0, -1.0)).Equation(y, y + z, x).Equation(z, y + ((1.0 - s) * z), 2.0 * x);
        });
        AssertSingular(model.TrySimulate(5.0, Options with { Solver = solver }), "leaves", 0.5);
    }

    [TestCaseSource(nameof(Methods))]
    public void An_equation_that_loses_its_value_during_the_flow_is_named(Solver solver)
    {
        Trajectory run = Model((h, x, z, m) => m.Flow(x, -1.0).Equation(z, z, Expr.Sqrt(x - 0.25))).TrySimulate(5.0, Options with { Solver = solver });
        Assert.That(run.Status, Is.EqualTo(RunStatus.NotFinite), run.Reason);
        Assert.That(run.Reason, Does.Contain("the equation of 'z', z = sqrt(x - 0.25), becomes NaN or infinite"));
        Assert.That(run.EndTime, Is.EqualTo(0.25).Within(1e-6));
        Assert.That(run.Value("z", 0.1), Is.EqualTo(Math.Sqrt(0.15)).Within(1e-3));
    }

    [TestCaseSource(nameof(Methods))]
    public void A_pole_ends_the_run(Solver solver)
    {
        Trajectory run = Model((h, x, z, m) => m.Flow(x, -1.0).Equation(z, z, 1.0 / x)).TrySimulate(5.0, Options with { Solver = solver });
        Assert.That(run.Status, Is.AnyOf(RunStatus.NotFinite, RunStatus.StepTooSmall, RunStatus.NoConvergence), run.Reason);
        Assert.That(run.EndTime, Is.EqualTo(0.5).Within(1e-6));
    }

    [TestCaseSource(nameof(Methods))]
    public void Derivatives_that_grow_without_bound_end_the_run_in_time(Solver solver)
    {
        // dz/dx = 1/(2 z) at a fold: accepted steps shrank below the resolution of time, until x was 1e-206.
        Trajectory run = Model((h, x, z, m) => m.Flow(x, -1.0).Equation(z, z * z, x))
            .TrySimulate(5.0, Options with { Solver = solver, Values = Options.Values.Add("z", 1.0), Sensitivities = ["x"] });
        AssertSingular(run, "leaves 'z' open here", 0.5);
        Assert.That(run.Statistics.Steps, Is.LessThan(2000));
    }

    [Test]
    public void A_guard_before_that_leads_on()
    {
        HybridAutomaton model = HybridAutomaton.Build("guarded", h =>
        {
            (Expr x, Expr z) = (h.State("x", 0.5), h.Algebraic("z", 1.0));
            ModeBuilder root = h.Mode("root").Flow(x, -1.0).Equation(z, z * z, x * x);
            ModeBuilder end = h.Mode("end").Flow(x, 0.0).Equation(z, z, x);
            h.Transition(root, end).Guard(x <= 1e-6);
        });
        Assert.That(model.Simulate(5.0, Options.Solver).Jumps.Single().Time, Is.EqualTo(0.5 - 1e-6).Within(1e-9));
    }

    [Test]
    public void A_mode_is_entered_only_where_its_equations_and_masses_are_regular()
    {
        Trajectory Enter(Func<ModeBuilder, Expr, Expr, Expr, Expr, ModeBuilder> build) => HybridAutomaton.Build("enter", h =>
        {
            (Expr x, Expr y, Expr z, Expr d) = (h.State("x", 1.0), h.Algebraic("y"), h.Algebraic("z"), h.Discrete("d", 1.0));
            ModeBuilder first = h.Mode("first").Flow(x, -1.0).Equation(y, y, x).Equation(z, z, x).Mass(x, x, d);
            h.Transition(first, build(h.Mode("then").Flow(x, -1.0), x, y, z, d)).Guard(x <= 0.5).Reset(d, 0.0);
        }).TrySimulate(5.0, Options);

        Trajectory mass = Enter((mode, x, y, z, d) => mode.Equation(y, y, x).Equation(z, z, x).Mass(x, x, d));
        Assert.That(mass.Status, Is.EqualTo(RunStatus.SingularSystem));
        Assert.That(mass.Reason, Does.StartWith("enter, mode 'then', t = 0.").And.Contain("j = 1: the mass matrix is singular: the row of 'x' is zero"));
        Trajectory equations = Enter((mode, x, y, z, d) => mode.Equation(y, (0.1 * y) + (0.3 * z), 1.0).Equation(z, (0.2 * y) + ((0.6 + d) * z), 2.0));
        Assert.That(equations.Status, Is.EqualTo(RunStatus.SingularSystem));
        Assert.That(equations.Reason, Does.Contain("j = 1: the algebraic equations do not determine their variables here: that of"));
        Assert.That(equations.EndTime, Is.EqualTo(0.5).Within(1e-9));
        Assert.That(equations.Value("z", 0.25), Is.EqualTo(0.75).Within(1e-9));
    }

    private static void AssertSingular(Trajectory run, string equation, double time)
    {
        Assert.That(run.Status, Is.EqualTo(RunStatus.SingularSystem), run.Reason);
        Assert.That(run.Reason, Does.Contain("cease to determine their variables").And.Contain(equation));
        Assert.That(run.EndTime, Is.EqualTo(time).Within(1e-5));
        Assert.That(run.IsError);
    }

    [Test]
    public void Choices_that_exclude_their_own_solutions_are_told()
    {
        Trajectory run = Model((h, x, z, m) => m.Flow(x, z).Equation(z, z, Expr.Select(z >= 0.0, -1.0, 1.0))).TrySimulate(1.0, Options);
        Assert.That(run.Status, Is.EqualTo(RunStatus.InconsistentState));
        Assert.That(run.Reason, Does.Contain("the choices in the algebraic equations and their solutions exclude each other"));
    }

    [Test]
    public void A_diode_is_found_from_far_away()
    {
        // 1e-12 (exp(z / 0.026) - 1) = (x + 5 - z) / 100 from a guess where the exponential is 1e83.
        Trajectory run = Model((h, x, z, m) => m.Flow(x, 0.0).Equation(z, 1e-12 * (Expr.Exp(z / 0.026) - 1.0), (x + 5.0 - z) / 100.0))
            .Simulate(0.1, null, Options with { Values = Options.Values.Add("z", 5.0) });
        double z = run.Value("z", 0.0);
        Assert.That(1e-12 * (Math.Exp(z / 0.026) - 1.0), Is.EqualTo((5.5 - z) / 100.0).Within(1e-12));
    }

    [Test]
    public void Methods_for_explicit_derivatives_refuse_by_name_with_the_remedy()
    {
        HybridAutomaton model = Model((h, x, z, m) => m.Flow(x, z).Equation(z, z, x).Mass(x, x, 2.0));
        var refusal = Assert.Throws<ModelException>(() => model.Simulate(1.0, new DormandPrince5()))!;
        Assert.That(refusal.Message, Does.Contain("model, algebraic.z: the variable is algebraic, and 'dp5' is a method for explicit derivatives")
            .And.Contain("model, modes.m.mass: the mode has a mass matrix").And.Contain("rodas5p"));
    }

    // x' as given, x(0) = 1/2; z from 0.
    private static HybridAutomaton Model(Func<AutomatonBuilder, Expr, Expr, ModeBuilder, ModeBuilder> build) => HybridAutomaton.Build(
        "model", h => build(h, h.State("x", 0.5), h.Algebraic("z"), h.Mode("m")));
}
