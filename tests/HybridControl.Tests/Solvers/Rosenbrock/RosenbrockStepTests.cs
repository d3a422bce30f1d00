using HybridControl.Dynamics;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Solvers.Rosenbrock;

/// <summary>The emitted Rosenbrock step against the step in loops.</summary>
public class RosenbrockStepTests
{
    private static readonly RosenbrockTableau Tableau = RosenbrockTableaus.Rodas5P;

    private static Stepper Start(OdeFunction function, StepFunction? whole, double time, double[] states, double[] data, double size)
    {
        var solver = new Rodas5P { RelativeTolerance = 1e-3, AbsoluteTolerance = 1e-3, InitialStep = size };
        Stepper stepper = solver.Start(function.Dimension, data);
        stepper.Use(new RosenbrockCode(function, whole));
        states.CopyTo(stepper.States);
        stepper.Restart(time, keepSize: false);
        return stepper;
    }

    // Both sum a few hundred roundings in another order, and the matrices are close to a multiple of I: 8e-15 at most as measured,
    // with fused multiply-adds and without.
    [Test]
    public void The_emitted_step_equals_the_step_in_loops_within_rounding()
    {
        const double Tolerance = 1e-12;
        var random = new RandomExpressions(73);
        for (int draw = 0; draw < 60; draw++)
        {
            Expr[] flow = [random.NextSmooth(4), random.NextSmooth(4), draw % 3 == 0 ? Expr.Zero : random.NextSmooth(3)];
            OdeFunction function = OdeBench.Compile(random.Slots, flow);
            StepFunction whole = RosenbrockEmitter.Emit(Tableau, function);
            (double time, double[] states, double[] data) = random.Point();
            Stepper first = Start(function, whole, time, states, data, 0.01), second = Start(function, null, time, states, data, 0.01);
            string where = $"draw {draw}, flow {string.Join("; ", flow.Select(e => e.ToString()))}";
            Assert.That(first.Step(time + 1.0), Is.EqualTo(StepStatus.Accepted), where);
            Assert.That(second.Step(time + 1.0), Is.EqualTo(StepStatus.Accepted), where);
            Assert.That(first.Size, Is.EqualTo(0.01), where);
            Assert.That(second.Size, Is.EqualTo(0.01), where);
            double[] a = new double[15], b = new double[15];
            first.WriteDense(a);
            second.WriteDense(b);
            for (int i = 0; i < 15; i++)
            {
                Assert.That(a[i], Is.EqualTo(b[i]).Within(Tolerance * Math.Max(1.0, Math.Abs(b[i]))), $"coefficient {i}, {where}");
            }

            for (int i = 0; i < 3; i++)
            {
                double scale = Math.Max(1.0, Math.Abs(second.EndSlopes[i]));
                Assert.That(first.EndSlopes[i], Is.EqualTo(second.EndSlopes[i]).Within(Tolerance * scale), $"slope {i}, {where}");
            }
        }
    }

    [Test]
    public void A_small_pivot_leaves_the_step_to_partial_pivoting()
    {
        // Pivots 1 / (gamma h) beside entries of 1e8.
        OdeFunction function = StiffBench.Of(2, x => [1e8 * x[1], -1e8 * x[0]]);
        StepFunction whole = RosenbrockEmitter.Emit(Tableau, function);
        double[] work = new double[2 * (Tableau.Stages + 3)];
        double[] states = [1e-6, 0.0];
        double[] data = [0.0];
        double Try(double size) => whole(0.0, size, ref states[0], ref data[0], ref work[0], 1e-3, 1.0);
        Assert.That(Try(1e-3), Is.EqualTo(-1.0));
        Assert.That(Try(1e-8), Is.GreaterThanOrEqualTo(0.0));
        Stepper first = Start(function, whole, 0.0, states, data, 1e-3), second = Start(function, null, 0.0, states, data, 1e-3);
        Assert.That(first.Step(1.0), Is.EqualTo(StepStatus.Accepted));
        Assert.That(second.Step(1.0), Is.EqualTo(StepStatus.Accepted));
        Assert.That(first.EndStates.ToArray(), Is.EqualTo(second.EndStates.ToArray()));
    }

    [Test]
    public void Large_systems_delegates_and_mass_matrices_are_stepped_in_loops()
    {
        RosenbrockCode CodeOf(OdeFunction function) => (RosenbrockCode)new Rodas5P().Compile(function);
        Assert.That(CodeOf(StiffBench.Robertson).Whole, Is.Not.Null);
        Assert.That(CodeOf(StiffBench.Dae).Whole, Is.Null);
        Assert.That(CodeOf(StiffBench.Of(17, x => [.. x.Select(e => -e)])).Whole, Is.Null);
        Assert.That(CodeOf(new OdeFunction(3, StiffBench.Robertson.Derivatives, null, null)).Whole, Is.Null);
    }

    [Test]
    public void A_delegate_is_stepped_with_differences()
    {
        var function = new OdeFunction(2, StiffBench.Solved.Derivatives, null, null);
        var solver = new Rodas5P { RelativeTolerance = 1e-9, AbsoluteTolerance = 1e-11 };
        double[] expected = StiffBench.Run(OdeBench.Start(solver, StiffBench.Solved, 0.0, [1.0, 2.0]), 3.0);
        Assert.That(StiffBench.Run(OdeBench.Start(solver, function, 0.0, [1.0, 2.0]), 3.0), Is.EqualTo(expected).Within(1e-8));
    }
}
