using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Simulation;

/// <summary>Work and precision of several solvers on one model.</summary>
public class SolverComparisonTests
{
    private static readonly HybridAutomaton s_oscillator = HybridAutomaton.Build("oscillator", h =>
    {
        Expr x = h.State("x", initial: 1.0);
        Expr v = h.State("v");
        h.Mode("swing").Flow((x, v), (v, -x));
    });

    private static readonly HybridAutomaton s_ball = HybridAutomaton.Build("ball", h =>
    {
        Expr y = h.State("y", initial: 10.0);
        Expr v = h.State("v");
        ModeBuilder fall = h.Mode("fall").Flow((y, v), (v, -9.81 - (0.01 * v)));
        h.Transition(fall, fall).Guard(y <= 0.0 & v < 0.0).Reset(v, -0.8 * v);
    });

    [Test]
    public void The_error_is_that_against_the_closed_form()
    {
        SolverComparison comparison = s_oscillator.CompareSolvers(10.0, comparison: new() { Solvers = ["dp5", "tsit5"], Tolerances = [1e-4, 1e-7] });
        Assert.That(comparison.Runs.Select(run => (run.Solver, run.Tolerance)), Is.EqualTo((IEnumerable<(string, double)>)
            [("dp5", 1e-4), ("dp5", 1e-7), ("tsit5", 1e-4), ("tsit5", 1e-7)]));
        Assert.That(comparison.Reference!.Uncertainty, Is.LessThan(1e-7));
        foreach (SolverRun run in comparison.Runs)
        {
            Trajectory same = s_oscillator.Simulate(10.0, SolverCatalog.Create(run.Solver, run.Tolerance, 1e-3 * run.Tolerance));
            double error = 0.0;
            for (int k = 1; k <= 200; k++)
            {
                double t = k == 200 ? 10.0 : k * 0.05;
                error = Math.Max(error, Math.Abs(same.Value("x", t) - Math.Cos(t)));
                error = Math.Max(error, Math.Abs(same.Value("v", t) + Math.Sin(t)));
            }

            Assert.That(run.Error, Is.EqualTo(error).Within(1e-8 + (0.01 * error)), run.Solver);
            Assert.That(run.Statistics.RightHandSides, Is.EqualTo(same.Statistics.RightHandSides));
            Assert.That(run.Seconds, Is.Positive);
        }

        Assert.That(comparison.Fastest(1e-6)!.Tolerance, Is.EqualTo(1e-7));
        Assert.That(comparison.Fastest(1e-16), Is.Null);
    }

    [Test]
    public void Instants_between_a_jump_and_the_same_jump_of_the_reference_do_not_count()
    {
        SolverComparison comparison = s_ball.CompareSolvers(4.0, comparison: new() { Solvers = ["tsit5"], Tolerances = [1e-5, 1e-8] });
        foreach (SolverRun run in comparison.Runs)
        {
            Assert.That(run.IsComparable, run.Reason);
            Assert.That(run.Error, Is.LessThan(100.0 * run.Tolerance));
            Assert.That(run.EventError, Is.Not.NaN.And.LessThan(100.0 * run.Tolerance));
        }
    }

    [Test]
    public void A_method_of_fixed_step_gets_a_ladder_of_steps_and_a_method_that_cannot_run_is_listed_with_its_reason()
    {
        SolverComparison comparison = s_oscillator.CompareSolvers(
            4.0, comparison: new() { Solvers = ["rk4", "milstein"], Tolerances = [1e-3, 1e-5], Points = 1 });
        Assert.That(comparison.Runs.Select(run => run.Tolerance), Is.EqualTo((double[])[0.04, 0.01]));
        Assert.That(comparison.Runs[0].Error / comparison.Runs[1].Error, Is.EqualTo(256.0).Within(30.0)); // order 4
        Assert.That(comparison.Refused.Single().Solver, Is.EqualTo("milstein"));
        Assert.That(comparison.Refused.Single().Findings[0].Mend, Is.Not.Empty);
    }

    [Test]
    public void A_run_that_fails_or_takes_too_long_is_a_row_with_its_reason()
    {
        HybridAutomaton burst = HybridAutomaton.Build("burst", h =>
        {
            Expr x = h.State("x", initial: 1.0);
            h.Mode("flow").Flow(x, x * x);
        });
        SolverComparison failed = burst.CompareSolvers(2.0, comparison: new() { Solvers = ["dp5", "tsit5"], Tolerances = [1e-4] });
        Assert.That(failed.Runs.Select(run => run.Reason), Is.All.Not.Empty);
        Assert.That(failed.Runs.Select(run => run.IsComparable), Is.All.False);
        Assert.That(failed.Reference, Is.Null);

        HybridAutomaton stiff = HybridAutomaton.Build("stiff", h =>
        {
            Expr x = h.State("x", initial: 1.0);
            h.Mode("flow").Flow(x, -1e9 * x);
        });
        SolverComparison slow = stiff.CompareSolvers(
            1e3, comparison: new() { Solvers = ["dp5"], Tolerances = [1e-3, 1e-5], LongestRun = TimeSpan.FromMilliseconds(5) });
        Assert.That(slow.Runs.Single().Reason, Does.StartWith("took longer"));
        Assert.That(slow.Runs.Single().Seconds, Is.NaN);
    }

    [Test]
    public void A_reference_is_not_checked_by_the_same_method_under_another_name()
    {
        HybridAutomaton decay = HybridAutomaton.Build("decay", h =>
        {
            Expr x = h.State("x", initial: 1.0);
            h.Mode("fall").Flow(x, -x);
        });
        SolverComparison comparison = decay.CompareSolvers(2.0, comparison: new() { Solvers = ["auto", "expm"], Tolerances = [1e-6] });
        Assert.That(comparison.Runs.Select(run => run.Error).Distinct().Count(), Is.EqualTo(1), "auto follows the closed form");
        Assert.That(new[] { comparison.Reference!.Solver, comparison.Reference.CheckedBy }, Is.Not.EquivalentTo((string[])["auto", "expm"]));
        Assert.That(comparison.Reference.Uncertainty, Is.Positive.And.LessThan(1e-8));
    }

    [Test]
    public void A_stochastic_model_has_no_reference_and_is_refused()
    {
        HybridAutomaton noisy = HybridAutomaton.Build("noisy", h =>
        {
            Expr x = h.State("x");
            h.Mode("m").Flow(x, -x).Diffusion(x, h.Wiener("w"), 0.1);
        });
        Assert.That(() => noisy.CompareSolvers(1.0), Throws.TypeOf<ModelException>().With.Message.Contains("modes.m.diffusion"));
    }

    [Test]
    public void Cancelling_keeps_what_was_done()
    {
        using var source = new CancellationTokenSource();
        var options = new SolverComparisonOptions { Solvers = ["dp5", "tsit5"], Tolerances = [1e-4], Progress = new CancelOnSecond(source) };
        SolverComparison comparison = s_oscillator.CompareSolvers(10.0, comparison: options, cancellation: source.Token);
        Assert.That(comparison.Cancelled);
        Assert.That(comparison.Runs.Select(run => run.Solver), Is.EqualTo((string[])["dp5"]));
        Assert.That(comparison.Reference, Is.Null);
    }

    [Test]
    public void Every_option_that_does_not_fit_is_reported_at_once()
    {
        ModelException refusal = Assert.Throws<ModelException>(() => s_oscillator.CompareSolvers(
            0.0, comparison: new() { Solvers = ["dp6"], Tolerances = [2.0], Points = 0, Repeats = 0, LongestRun = TimeSpan.Zero }))!;
        Assert.That(refusal.Findings.Select(finding => finding.Where), Is.EqualTo((string[])["solvers", "tolerances", "until", "points", "repeats", "longest run"]));
        Assert.That(refusal.Findings[0].Mend, Does.Contain("tsit5"));
        Assert.That(() => s_oscillator.CompareSolvers(1.0, comparison: new() { Tolerances = [] }), Throws.TypeOf<ModelException>());
    }

    private sealed class CancelOnSecond(CancellationTokenSource source) : IProgress<SolverComparisonProgress>
    {
        public void Report(SolverComparisonProgress value)
        {
            if (value.Done == 1)
            {
                source.Cancel();
            }
        }
    }
}
