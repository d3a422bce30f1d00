using HybridControl.Automata;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Simulation;

/// <summary>Steps that cannot be taken, with every method that chooses its steps: a typed stop that tells where, what and what else is near, and the part before.</summary>
public class StepFailureTests
{
    private static IEnumerable<TestCaseData> Solvers() =>
        from name in SolverCatalog.Names
        let solver = SolverCatalog.Create(name) as AdaptiveSolver
        where solver is not null && !solver.IsSelective
        select new TestCaseData(solver).SetArgDisplayNames(name);

    private static IEnumerable<TestCaseData> Implicit() => Solvers().Where(test => ((Solver)test.Arguments[0]!).SolvesAlgebraicEquations);

    // A first mode up to t = 1/2, then one that cannot last; x is the time, and two guards wait at 4 and 5.
    private static HybridAutomaton Model(Func<Expr, Expr, Expr> flow) => HybridAutomaton.Build("brittle", h =>
    {
        (Expr x, Expr y) = (h.State("x"), h.State("y", 1.0));
        ModeBuilder sound = h.Mode("sound").Flow((x, y), (1.0, 0.0)), last = h.Mode("last").Flow((x, y), (1.0, flow(x, y)));
        h.Transition(sound, last).Guard(x >= 0.5);
        h.Transition(last, sound, "late").Guard(x >= 4.0);
        h.Transition(last, sound, "later").Guard(x >= 5.0);
    });

    // The same with a C# function, in which no switch is seen.
    private static HybridAutomaton Delegate(Func<double, double> flow) => HybridAutomaton.Build("brittle", h =>
    {
        (Expr x, Expr y) = (h.State("x"), h.State("y", 1.0));
        ModeBuilder sound = h.Mode("sound").Flow((x, y), (1.0, 0.0));
        ModeBuilder last = h.Mode("last").Flow((_, states, _, slopes) => (slopes[0], slopes[1]) = (1.0, flow(states[1])));
        h.Transition(sound, last).Guard(x >= 0.5);
    });

    private static void AssertTold(Trajectory run, string state)
    {
        Assert.Multiple(() =>
        {
            Assert.That(run.IsError);
            Assert.That(run.Reason, Does.StartWith("brittle, mode 'last', t = ").And.Contain("j = 1").And.Contain($"state '{state}'"));
            Assert.That(run.Reason, Does.Contain("closest guard: 'late' with -"));
            Assert.That(run.Reason, Does.Contain("Last jumps: 'sound->last' (sound -> last)"));
            Assert.That(run.Jumps, Has.Length.EqualTo(1));
            Assert.That(run.Value("x", 0.25), Is.EqualTo(0.25).Within(1e-12), "the part before is kept");
            Assert.That(run.Value("x", run.EndTime), Is.EqualTo(run.EndTime).Within(1e-9));
        });
    }

    [TestCaseSource(nameof(Solvers))]
    public void A_derivative_that_turns_nan_tells_the_nearest_guard(AdaptiveSolver solver)
    {
        Trajectory run = Model((x, _) => Expr.Sqrt(1.0 - x)).TrySimulate(9.0, new() { Solver = solver });
        AssertTold(run, "y");
        Assert.That(run.Status, Is.EqualTo(RunStatus.NotFinite));
        Assert.That(run.Reason, Does.Contain("Check the flow for divisions by zero"));
        Assert.That(run.EndTime, Is.EqualTo(1.0).Within(1e-6));
    }

    // Twenty states that all know each other, so that a NaN in one equation is in all of a solution.
    [TestCaseSource(nameof(Solvers))]
    public void A_derivative_among_many_that_turns_nan_is_the_one_that_is_named(AdaptiveSolver solver)
    {
        HybridAutomaton model = HybridAutomaton.Build("many", h =>
        {
            Expr[] x = [.. Enumerable.Range(0, 20).Select(i => h.State($"x{i}", 1.0))];
            Expr sum = x.Aggregate((a, b) => a + b);
            ModeBuilder mode = h.Mode("m");
            for (int i = 0; i < 20; i++)
            {
                mode.Flow(x[i], (0.01 * sum) - x[i] + (i == 13 ? Expr.Sqrt(1.0 - Expr.Time) : 0.0));
            }
        });
        Trajectory run = model.TrySimulate(3.0, new() { Solver = solver });
        Assert.That(run.Status, Is.EqualTo(RunStatus.NotFinite));
        Assert.That(run.Reason, Does.Contain("state 'x13'"));
        Assert.That(run.EndTime, Is.EqualTo(1.0).Within(1e-6));
    }

    [TestCaseSource(nameof(Solvers))]
    public void Growth_beyond_every_bound_ends_where_it_happens(AdaptiveSolver solver)
    {
        Trajectory run = Model((_, y) => y * y).TrySimulate(9.0, new() { Solver = solver });
        AssertTold(run, "y");
        Assert.That(run.Status, Is.AnyOf(RunStatus.StepTooSmall, RunStatus.NotFinite, RunStatus.NoConvergence, RunStatus.SingularSystem));
        Assert.That(run.EndTime, Is.EqualTo(1.5).Within(1e-4));
    }

    [TestCaseSource(nameof(Solvers))]
    public void A_bend_inside_the_flow_that_is_not_declared_is_passed(AdaptiveSolver solver)
    {
        Trajectory run = Delegate(y => y < 2.0 ? 1.0 : 3.0).TrySimulate(3.0, new() { Solver = solver });
        Assert.That(run.Status, Is.EqualTo(RunStatus.Completed));
        Assert.That(run.Value("y", 3.0), Is.EqualTo(6.5).Within(2e-4), "only the error estimate sees it");
    }

    // y is drawn to 2 from both sides and would have to stay: steps get so short that a limit ends the run, or so small that the tolerance covers them.
    [TestCaseSource(nameof(Solvers))]
    public void A_jump_inside_the_flow_that_is_not_declared_is_not_left_behind(AdaptiveSolver solver)
    {
        Trajectory run = Delegate(y => y < 2.0 ? 1.0 : -1.0).TrySimulate(3.0, new() { Solver = solver, MaxSteps = 5_000 });
        Assert.That(run.Status, Is.AnyOf(RunStatus.Completed, RunStatus.StepLimit, RunStatus.StepTooSmall, RunStatus.NoConvergence));
        Assert.That(run.EndTime, Is.GreaterThan(1.5 - 1e-3));
        Assert.That(run.Value("y", run.EndTime), Is.EqualTo(2.0).Within(1e-2), "it stays within the tolerance");
    }

    [Test]
    public void A_jump_inside_the_flow_that_uses_up_the_steps_is_told_with_its_state_and_the_closest_guard()
    {
        HybridAutomaton model = HybridAutomaton.Build("hidden", h =>
        {
            Expr y = h.State("y", 0.5);
            ModeBuilder mode = h.Mode("m").Flow((_, states, _, slopes) => slopes[0] = states[0] < 2.0 ? 1e3 : -1e3);
            h.Transition(mode, mode, "full").Guard(y >= 2.5);
        });
        Trajectory run = model.TrySimulate(3.0, new() { Solver = new DormandPrince5(), MaxSteps = 5_000 });
        Assert.That(run.Status, Is.EqualTo(RunStatus.StepLimit));
        Assert.That(run.Reason, Does.Contain("the limit of 5000 steps is reached, the last one of ").And.Contain("state 'y'"));
        Assert.That(run.Reason, Does.Contain("closest guard: 'full' with -0.").And.Contain("declare its switches with select or modes"));
    }

    [TestCaseSource(nameof(Implicit))]
    public void An_equation_that_loses_its_variable_ends_the_run(AdaptiveSolver solver)
    {
        HybridAutomaton model = HybridAutomaton.Build("brittle", h =>
        {
            (Expr x, Expr y, Expr z) = (h.State("x"), h.State("y", 1.0), h.Algebraic("z", 1.0));
            ModeBuilder sound = h.Mode("sound").Flow((x, y), (1.0, 0.0)).Equation(z, z, y);
            ModeBuilder last = h.Mode("last").Flow((x, y), (1.0, z)).Equation(z, Expr.Max(1.0 - x, 0.0) * (z - 1.0), 0.0);
            h.Transition(sound, last).Guard(x >= 0.5);
            h.Transition(last, sound, "late").Guard(x >= 4.0);
            h.Transition(last, sound, "later").Guard(x >= 5.0);
        });
        Trajectory run = model.TrySimulate(3.0, new() { Solver = solver });
        Assert.That(run.Status, Is.EqualTo(RunStatus.SingularSystem), run.Reason);
        Assert.That(run.Reason, Does.StartWith("brittle, mode 'last', t = ").And.Contain("j = 1").And.Contain("'z'"));
        Assert.That(run.EndTime, Is.EqualTo(1.0).Within(1e-9));
        Assert.That(run.Value("y", 0.8), Is.EqualTo(1.3).Within(1e-9), "the part before is kept");
    }
}
