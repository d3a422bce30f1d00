using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Simulation;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Simulation.Sensitivities;

/// <summary>Problems of one flow: x'' = -w^2 x, x = a cos w t.</summary>
public class OdeSensitivityTests
{
    private const double W = 1.3;
    private const double A = 0.9;
    private const double Level = 0.4;

    [Test]
    public void Solutions_and_roots_move_as_their_closed_form_says([Values] bool backward)
    {
        OdeProblem problem = Oscillation();
        double end = backward ? -9.0 : 9.0;
        OdeSolution solution = problem.Solve(0.0, end, ["w", "x"], TightSolvers.One);
        OdeSensitivity byRate = solution.Sensitivity("w");
        OdeSensitivity byStart = solution.Sensitivity("x");
        foreach (double t in new[] { 0.2 * end, 0.7 * end, end })
        {
            Assert.That(byRate.At(t)[0], Is.EqualTo(-A * t * Math.Sin(W * t)).Within(1e-8));
            Assert.That(byRate.Value("v", t), Is.EqualTo((-A * Math.Sin(W * t)) - (A * W * t * Math.Cos(W * t))).Within(1e-8));
            Assert.That(byStart.At(t)[0], Is.EqualTo(Math.Cos(W * t)).Within(1e-8));
        }

        Assert.That(solution.Roots, Has.Length.EqualTo(4));
        for (int i = 0; i < solution.Roots.Length; i++)
        {
            // w t is the same at every root: dt/dw = -t/w; and a cos w t stays: dt/da = cos w t / (a w sin w t).
            double t = solution.Roots[i].Time;
            Assert.That(byRate.RootTimes[i], Is.EqualTo(-t / W).Within(1e-8));
            Assert.That(byStart.RootTimes[i], Is.EqualTo(Math.Cos(W * t) / (A * W * Math.Sin(W * t))).Within(1e-8));
        }
    }

    [Test]
    public void Only_what_was_asked_for_is_there()
    {
        OdeSolution plain = Oscillation().Solve(0.0, 1.0);
        Assert.That(() => plain.Sensitivity("w"), Throws.TypeOf<ModelException>());
        Assert.That(() => Oscillation().Solve(0.0, 1.0, ["ww"]), Throws.TypeOf<ModelException>().With.Message.Contains("unknown name 'ww'"));
    }

    [Test]
    public void Behind_a_terminal_root_there_are_no_derivatives_either([Values] bool backward)
    {
        OdeProblem problem = Oscillation();
        problem = problem with { Watches = [problem.Watches[0] with { IsTerminal = true }] };
        OdeSolution solution = problem.Solve(0.0, backward ? -9.0 : 9.0, ["w"], TightSolvers.One);
        OdeSensitivity sensitivity = solution.Sensitivity("w");
        double end = solution.EndTime;
        double behind = backward ? Math.BitDecrement(end) : Math.BitIncrement(end);
        Assert.That(Math.Abs(end), Is.EqualTo(Math.Acos(Level / A) / W).Within(1e-9));
        Assert.That(sensitivity.Value("x", end), Is.EqualTo(-A * end * Math.Sin(W * end)).Within(1e-8));
        Assert.That(() => sensitivity.At(behind), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("The solution covers"));
        Assert.That(() => sensitivity.Value("x", behind), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => sensitivity.At(backward ? 0.1 : -0.1), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    private static OdeProblem Oscillation()
    {
        (Expr x, Expr v, Expr w) = (OdeProblem.State("x"), OdeProblem.State("v"), OdeProblem.Parameter("w"));
        return new()
        {
            Parameters = [new("w", W)],
            States = [new("x", v, A), new("v", -(w * w * x), 0.0)],
            Watches = [new("level", x >= Level)],
        };
    }
}
