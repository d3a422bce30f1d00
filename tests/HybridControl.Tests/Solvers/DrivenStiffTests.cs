using HybridControl.Automata;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Solvers;

/// <summary>A stiff state that follows something smooth: right at the ends of steps however long these are, so that only what lies between tells.</summary>
public sealed class DrivenStiffTests
{
    private const double Until = 10.0;

    private static readonly string[] s_solvers = ["auto", "bdf", "radau", "radau5", "rodas5p", "esdirk4"];

    private static readonly double[] s_tolerances = [1e-4, 1e-6, 1e-8];

    [Test]
    public void A_state_driven_by_time_is_right_between_the_ends_of_steps(
        [ValueSource(nameof(s_solvers))] string solver, [Values(1e3, 1e4, 1e6)] double rate, [ValueSource(nameof(s_tolerances))] double tolerance)
    {
        Trajectory run = Run(Driven(rate), solver, tolerance);
        Assert.That(WorstOf(run, Math.Cos), Is.LessThan(50.0 * tolerance));
    }

    [Test]
    public void A_state_driven_by_another_is_right_between_the_ends_of_steps(
        [ValueSource(nameof(s_solvers))] string solver, [ValueSource(nameof(s_tolerances))] double tolerance)
    {
        var model = HybridAutomaton.Build("follower", h =>
        {
            Expr p = h.State("p");
            Expr x = h.State("x", 1.0);
            h.Mode("m").Flow(p, 3.0).Flow(x, (-1e8 * (x - Expr.Cos(p))) - (3.0 * Expr.Sin(p)));
        });
        Assert.That(WorstOf(Run(model, solver, tolerance), t => Math.Cos(3.0 * t)), Is.LessThan(50.0 * tolerance));
    }

    [Test]
    public void Crossings_of_a_state_driven_by_time_are_found_where_they_are([ValueSource(nameof(s_solvers))] string solver)
    {
        const double Tolerance = 1e-7;
        Trajectory run = Run(StiffBench.Crossings(), solver, Tolerance);
        Assert.That(run.Jumps.Select(jump => jump.Time), Is.EqualTo(StiffBench.CrossingTimes).Within(100.0 * Tolerance));
    }

    [TestCase("dp5")]
    [TestCase("vern9")]
    [TestCase("rodas5p")]
    [TestCase("radau")]
    [TestCase("bdf")]
    [TestCase("adams")]
    public void A_flow_that_rests_at_the_start_does_not_rest_for_ever(string solver)
    {
        var model = HybridAutomaton.Build("awakening", h =>
        {
            Expr x = h.State("x");
            h.Mode("m").Flow(x, Expr.Square(Expr.Sin(Expr.Time)));
        });
        Trajectory run = Run(model, solver, 1e-8, 4.0 * Math.PI);
        Assert.That(WorstOf(run, t => (0.5 * t) - (0.25 * Math.Sin(2.0 * t))), Is.LessThan(1e-5));
    }

    // x' = -rate (x - cos t) - sin t: cos t.
    private static HybridAutomaton Driven(double rate) => HybridAutomaton.Build("driven", h =>
    {
        Expr x = h.State("x", 1.0);
        h.Mode("m").Flow(x, (-rate * (x - Expr.Cos(Expr.Time))) - Expr.Sin(Expr.Time));
    });

    private static Trajectory Run(HybridAutomaton model, string solver, double tolerance, double until = Until) =>
        model.TrySimulate(until, new()
        {
            Solver = (AdaptiveSolver)SolverCatalog.Create(solver) with { RelativeTolerance = tolerance, AbsoluteTolerance = tolerance },
        });

    private static double WorstOf(Trajectory run, Func<double, double> exact)
    {
        const int Points = 1000;
        return Enumerable.Range(0, Points + 1).Select(k => run.EndTime * k / Points).Max(t => Math.Abs(run.Value("x", t) - exact(t)));
    }
}
