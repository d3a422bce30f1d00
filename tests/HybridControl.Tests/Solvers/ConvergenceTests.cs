using HybridControl.Solvers;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Solvers;

/// <summary>Every method converges at its order, at the ends of steps and in between.</summary>
public class ConvergenceTests
{
    // Method, order at the ends of steps, order of the error that one step leaves in between.
    private static IEnumerable<TestCaseData> Methods()
    {
        TestCaseData Case(Solver solver, double order, double inside) =>
            new TestCaseData(solver, order, inside).SetArgDisplayNames(solver.Name);
        yield return Case(new Euler(), 1, 2);
        yield return Case(new RungeKutta4(), 4, 4);
        yield return Case(new DormandPrince5(), 5, 5);
        yield return Case(new Tsitouras5(), 5, 5);
    }

    [TestCaseSource(nameof(Methods))]
    public void Halving_the_step_reduces_the_error_at_the_stated_order(Solver solver, double order, double inside)
    {
        Assert.That(solver.Order, Is.EqualTo(order));
        double coarse = ErrorAtEnd(solver, 40), fine = ErrorAtEnd(solver, 80);
        Assert.That(Math.Log2(coarse / fine), Is.EqualTo(order).Within(0.25));
    }

    [TestCaseSource(nameof(Methods))]
    public void Dense_output_has_the_order_that_events_rely_on(Solver solver, double order, double inside)
    {
        double coarse = ErrorInside(solver, 0.1), fine = ErrorInside(solver, 0.05);
        Assert.That(Math.Log2(coarse / fine), Is.EqualTo(inside).Within(0.35));
    }

    [TestCaseSource(nameof(Methods))]
    public void Dense_output_meets_both_ends_of_the_step_with_both_slopes(Solver solver, double order, double inside)
    {
        Stepper stepper = OdeBench.Start(OdeBench.WithStep(solver, 0.25), OdeBench.Smooth, 0.5, OdeBench.SmoothAt(0.5));
        Assert.That(stepper.Step(10.0), Is.EqualTo(StepStatus.Accepted));
        double[] c = new double[2 * 5];
        stepper.WriteDense(c);
        for (int i = 0; i < 2; i++)
        {
            double[] p = c[(5 * i)..((5 * i) + 5)];
            Assert.That(p[0], Is.EqualTo(stepper.States[i]));
            Assert.That(p.Sum(), Is.EqualTo(stepper.EndStates[i]).Within(1e-15));
            Assert.That(p[1], Is.EqualTo(0.25 * stepper.StartSlopes[i]).Within(1e-15));
            Assert.That(p[1] + (2.0 * p[2]) + (3.0 * p[3]) + (4.0 * p[4]), Is.EqualTo(0.25 * stepper.EndSlopes[i]).Within(2e-15));
        }
    }

    private static double ErrorAtEnd(Solver solver, int steps)
    {
        const double end = 4.0;
        double size = end / steps;
        Stepper stepper = OdeBench.Start(OdeBench.WithStep(solver, size), OdeBench.Smooth, 0.0, OdeBench.SmoothAt(0.0));
        for (int k = 0; k < steps; k++)
        {
            Assert.That(stepper.Step(k == steps - 1 ? end : 100.0), Is.EqualTo(StepStatus.Accepted));
            stepper.Accept();
        }

        Assert.That(stepper.Time, Is.EqualTo(end).Within(1e-12));
        double[] exact = OdeBench.SmoothAt(stepper.Time);
        return Math.Max(Math.Abs(stepper.States[0] - exact[0]), Math.Abs(stepper.States[1] - exact[1]));
    }

    private static double ErrorInside(Solver solver, double size)
    {
        double worst = 0.0;
        double[] c = new double[2 * 5];
        for (int start = 0; start < 20; start++)
        {
            double time = 0.2 * start;
            Stepper stepper = OdeBench.Start(OdeBench.WithStep(solver, size), OdeBench.Smooth, time, OdeBench.SmoothAt(time));
            stepper.Step(100.0);
            stepper.WriteDense(c);
            for (int k = 0; k <= 20; k++)
            {
                double theta = 0.05 * k;
                double[] exact = OdeBench.SmoothAt(time + (theta * size));
                for (int i = 0; i < 2; i++)
                {
                    double value = 0.0;
                    for (int j = 4; j >= 0; j--)
                    {
                        value = (value * theta) + c[(5 * i) + j];
                    }

                    worst = Math.Max(worst, Math.Abs(value - exact[i]));
                }
            }
        }

        return worst;
    }
}
