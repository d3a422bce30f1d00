using HybridControl.Solvers;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Solvers;

/// <summary>Every method converges at its order, at the ends of steps and in between.</summary>
public class ConvergenceTests
{
    // Method, order at the ends of steps, order of the error that one step leaves in between, and a step that shows both
    // above the rounding of double precision.
    private static IEnumerable<TestCaseData> Methods()
    {
        TestCaseData Case(Solver solver, double order, double inside, double size) =>
            new TestCaseData(solver, order, inside, size).SetArgDisplayNames(solver.Name);
        yield return Case(new Euler(), 1, 2, 0.1);
        yield return Case(new RungeKutta4(), 4, 4, 0.1);
        yield return Case(new BogackiShampine3(), 3, 4, 0.1);
        yield return Case(new DormandPrince5(), 5, 5, 0.1);
        yield return Case(new Tsitouras5(), 5, 5, 0.1);
        yield return Case(new DormandPrince853(), 8, 8, 0.25);
        yield return Case(new Verner9(), 9, 9, 1.0 / 3.0);
    }

    [TestCaseSource(nameof(Methods))]
    public void Halving_the_step_reduces_the_error_at_the_stated_order(Solver solver, double order, double inside, double size)
    {
        Assert.That(solver.Order, Is.EqualTo(order));
        (double coarse, double fine) = order < 8
            ? (ErrorAtEnd(solver, 40), ErrorAtEnd(solver, 80))
            : (ErrorOfSpin(solver, 20), ErrorOfSpin(solver, 40));
        Assert.That(Math.Log2(coarse / fine), Is.EqualTo(order).Within(0.15));
    }

    [TestCaseSource(nameof(Methods))]
    public void Dense_output_has_the_order_that_events_rely_on(Solver solver, double order, double inside, double size)
    {
        double coarse = ErrorInside(solver, size), fine = ErrorInside(solver, 0.5 * size);
        Assert.That(Math.Log2(coarse / fine), Is.EqualTo(inside).Within(0.15));
    }

    [TestCaseSource(nameof(Methods))]
    public void Dense_output_meets_both_ends_of_the_step_with_both_slopes(Solver solver, double order, double inside, double size)
    {
        Stepper stepper = OdeBench.Start(OdeBench.WithStep(solver, 0.25), OdeBench.Smooth, 0.5, OdeBench.SmoothAt(0.5));
        Assert.That(stepper.Step(10.0), Is.EqualTo(StepStatus.Accepted));
        int width = stepper.DenseDegree + 1;
        double[] c = new double[2 * width];
        stepper.WriteDense(c);
        for (int i = 0; i < 2; i++)
        {
            double[] p = c[(width * i)..(width * (i + 1))];
            double rounding = 1e-15 * Math.Max(1.0, p.Max(Math.Abs));
            Assert.That(p[0], Is.EqualTo(stepper.States[i]));
            Assert.That(p.Sum(), Is.EqualTo(stepper.EndStates[i]).Within(rounding));
            Assert.That(p[1], Is.EqualTo(0.25 * stepper.StartSlopes[i]).Within(1e-15));
            Assert.That(
                p.Select((coefficient, power) => power * coefficient).Sum(),
                Is.EqualTo(0.25 * stepper.EndSlopes[i]).Within(2.0 * rounding));
        }
    }

    [Test]
    public void Dense_output_costs_its_extra_stages_once_in_a_step_that_asks_for_it_and_nothing_else()
    {
        foreach ((Solver solver, int step, int extra) in new (Solver, int, int)[] { (new DormandPrince853(), 12, 3), (new Verner9(), 16, 4) })
        {
            Stepper stepper = OdeBench.Start(OdeBench.WithStep(solver, 0.25), OdeBench.Smooth, 0.5, OdeBench.SmoothAt(0.5));
            double[] c = new double[2 * (stepper.DenseDegree + 1)];
            stepper.Step(10.0);
            stepper.Accept();
            Assert.That(stepper.Evaluations, Is.EqualTo(1 + step));
            stepper.Step(10.0);
            stepper.WriteDense(c);
            stepper.WriteDense(1, c);
            Assert.That(stepper.Evaluations, Is.EqualTo(1 + (2 * step) + extra));
        }
    }

    // The free spin of a rigid body, against a run with steps so short that only rounding is left.
    private static double ErrorOfSpin(Solver solver, int steps)
    {
        double[][] exact = Spin(new Verner9(), 240);
        double[][] path = Spin(solver, steps);
        double worst = 0.0;
        for (int k = 0; k <= steps; k++)
        {
            worst = Math.Max(worst, path[k].Zip(exact[k * 240 / steps], (a, b) => Math.Abs(a - b)).Max());
        }

        return worst;
    }

    private static double[][] Spin(Solver solver, int steps)
    {
        double size = 6.0 / steps;
        Stepper stepper = OdeBench.Start(OdeBench.WithStep(solver, size), OdeBench.Spin, 0.0, [1.0, 0.0, 0.9]);
        double[][] path = new double[steps + 1][];
        path[0] = stepper.States.ToArray();
        for (int k = 1; k <= steps; k++)
        {
            Assert.That(stepper.Step(100.0), Is.EqualTo(StepStatus.Accepted));
            stepper.Accept();
            path[k] = stepper.States.ToArray();
        }

        return path;
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
        for (int start = 0; start < 40; start++)
        {
            double time = 0.1 * start;
            Stepper stepper = OdeBench.Start(OdeBench.WithStep(solver, size), OdeBench.Smooth, time, OdeBench.SmoothAt(time));
            stepper.Step(100.0);
            int width = stepper.DenseDegree + 1;
            double[] c = new double[2 * width];
            stepper.WriteDense(c);
            for (int k = 0; k <= 20; k++)
            {
                double theta = 0.05 * k;
                double[] exact = OdeBench.SmoothAt(time + (theta * size));
                for (int i = 0; i < 2; i++)
                {
                    double value = 0.0;
                    for (int j = width - 1; j >= 0; j--)
                    {
                        value = (value * theta) + c[(width * i) + j];
                    }

                    worst = Math.Max(worst, Math.Abs(value - exact[i]));
                }
            }
        }

        return worst;
    }
}
