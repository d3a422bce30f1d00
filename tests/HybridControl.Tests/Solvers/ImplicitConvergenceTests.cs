using HybridControl.Dynamics;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Solvers;

/// <summary>The implicit one-step methods converge at their orders: where nothing is stiff, where all is, and on DAEs.</summary>
public class ImplicitConvergenceTests
{
    private static IEnumerable<AdaptiveSolver> Methods => [new Rodas5P(), new Esdirk4()];

    // Method and the orders of the error at the end that halving the steps shows on a stiff problem.
    private static IEnumerable<TestCaseData> StiffOrders() =>
    [
        new TestCaseData(new Rodas5P(), 3.0).SetArgDisplayNames("rodas5p"),
        new TestCaseData(new Esdirk4(), 2.0).SetArgDisplayNames("esdirk4"),
    ];

    [TestCaseSource(nameof(Methods))]
    public void Halving_the_step_reduces_the_error_at_the_stated_order(AdaptiveSolver solver)
    {
        double coarse = StiffBench.ErrorAt(solver, OdeBench.Smooth, OdeBench.SmoothAt, 3.0, 160);
        double fine = StiffBench.ErrorAt(solver, OdeBench.Smooth, OdeBench.SmoothAt, 3.0, 320);
        Assert.That(Math.Log2(coarse / fine), Is.EqualTo(solver.Order).Within(0.15));
    }

    [TestCaseSource(nameof(Methods))]
    public void Dense_output_is_of_order_four(AdaptiveSolver solver)
    {
        double coarse = StiffBench.ErrorInside(solver, OdeBench.Smooth, OdeBench.SmoothAt, 0.05);
        double fine = StiffBench.ErrorInside(solver, OdeBench.Smooth, OdeBench.SmoothAt, 0.025);
        Assert.That(Math.Log2(coarse / fine), Is.EqualTo(5.0).Within(0.15)); // of one step
    }

    [TestCaseSource(nameof(StiffOrders))]
    public void The_order_on_a_stiff_problem_is_the_documented_one(AdaptiveSolver solver, double order)
    {
        double coarse = StiffBench.ErrorAt(solver, StiffBench.ProtheroRobinson, t => [Math.Sin(t)], 2.0, 20);
        double fine = StiffBench.ErrorAt(solver, StiffBench.ProtheroRobinson, t => [Math.Sin(t)], 2.0, 40);
        Assert.That(Math.Log2(coarse / fine), Is.EqualTo(order).Within(0.3));
    }

    [TestCaseSource(nameof(Methods))]
    public void The_order_holds_on_an_index_one_DAE(AdaptiveSolver solver)
    {
        // The diagonally implicit method is exact on the one, errors of the other method cancel on the other.
        (OdeFunction function, Func<double, double[]> exact) =
            solver is Rodas5P ? (StiffBench.Outflow, (Func<double, double[]>)StiffBench.OutflowAt) : (StiffBench.Dae, StiffBench.DaeAt);
        double coarse = StiffBench.ErrorAt(solver, function, exact, 2.0, 80);
        double fine = StiffBench.ErrorAt(solver, function, exact, 2.0, 160);
        Assert.That(Math.Log2(coarse / fine), Is.EqualTo(solver.Order).Within(0.15));
    }

    [TestCaseSource(nameof(Methods))]
    public void Algebraic_equations_may_depend_on_time(AdaptiveSolver solver) =>
        Assert.That(StiffBench.ErrorAt(solver, StiffBench.Dae, StiffBench.DaeAt, 2.0, 80), Is.LessThan(2e-8));

    [TestCaseSource(nameof(Methods))]
    public void Dense_output_of_algebraic_variables_is_of_the_documented_order(AdaptiveSolver solver)
    {
        double coarse = StiffBench.ErrorInside(solver, StiffBench.Dae, StiffBench.DaeAt, 0.05);
        double fine = StiffBench.ErrorInside(solver, StiffBench.Dae, StiffBench.DaeAt, 0.025);
        Assert.That(Math.Log2(coarse / fine), Is.GreaterThan(solver is Rodas5P ? 3.85 : 2.85));
    }

    [TestCaseSource(nameof(Methods))]
    public void A_mass_matrix_is_the_system_solved_for_its_derivatives(AdaptiveSolver solver)
    {
        AdaptiveSolver tight = solver with { RelativeTolerance = 1e-9, AbsoluteTolerance = 1e-11 };
        double[] expected = StiffBench.Run(OdeBench.Start(tight, StiffBench.Solved, 0.0, [1.0, 2.0]), 3.0);
        double[] actual = StiffBench.Run(OdeBench.Start(tight, StiffBench.Massive, 0.0, [1.0, 2.0]), 3.0);
        Assert.That(actual, Is.EqualTo(expected).Within(1e-8));
    }

    [Test]
    public void What_iterations_leave_while_a_Jacobian_ages_is_below_the_error_of_the_method()
    {
        double[] exact = SwingTo(6.0, new Verner9 { RelativeTolerance = 1e-13, AbsoluteTolerance = 1e-14 });
        foreach (double tolerance in (double[])[1e-8, 1e-10])
        {
            double[] end = SwingTo(6.0, new Esdirk4 { RelativeTolerance = tolerance, AbsoluteTolerance = 0.1 * tolerance });
            Assert.That(end, Is.EqualTo(exact).Within(2.0 * tolerance));
        }

        static double[] SwingTo(double time, AdaptiveSolver solver) =>
            StiffBench.Run(OdeBench.Start(solver, StiffBench.Of(2, x => [x[1], -Expr.Sin(x[0])]), 0.0, [2.0, 0.0]), time);
    }

    [TestCaseSource(nameof(Methods))]
    public void Robertsons_reaction_ends_as_published(AdaptiveSolver solver)
    {
        double last = double.PositiveInfinity;
        foreach (double tolerance in (double[])[1e-6, 1e-8])
        {
            Stepper stepper = OdeBench.Start(
                solver with { RelativeTolerance = tolerance, AbsoluteTolerance = 1e-6 * tolerance }, StiffBench.Robertson, 0.0, [1.0, 0.0, 0.0]);
            double[] end = StiffBench.Run(stepper, 1e11);
            double error = end.Zip(StiffBench.RobertsonEnd, (x, y) => Math.Abs((x / y) - 1.0)).Max();
            Assert.That(error, Is.LessThan(100.0 * tolerance).And.LessThan(last));
            Assert.That(stepper.Steps, Is.LessThan(2000), "an explicit method needs some 1e13");
            last = error;
        }
    }

    [TestCaseSource(nameof(Methods))]
    public void Van_der_Pols_oscillator_crosses_zero_in_time(AdaptiveSolver solver)
    {
        Stepper stepper = OdeBench.Start(
            solver with { RelativeTolerance = 1e-7, AbsoluteTolerance = 1e-9 }, StiffBench.VanDerPol, 0.0, [2.0, 0.0]);
        double[] c = new double[stepper.DenseDegree + 1];
        double crossing = 0.0;
        for (int count = 0; count < 4; stepper.Accept())
        {
            Assert.That(stepper.Step(1e5), Is.EqualTo(StepStatus.Accepted));
            if (stepper.States[0] * stepper.EndStates[0] < 0.0)
            {
                count++;
                stepper.WriteDense(0, c);
                (double low, double high) = (0.0, 1.0);
                for (int k = 0; k < 60; k++)
                {
                    double middle = 0.5 * (low + high);
                    double value = c.Reverse().Aggregate((sum, next) => (sum * middle) + next);
                    (low, high) = value * c[0] > 0.0 ? (middle, high) : (low, middle);
                }

                crossing = stepper.Time + (high * stepper.Size);
            }
        }

        Assert.That(crossing, Is.EqualTo(StiffBench.FourthCrossing).Within(3e-7 * StiffBench.FourthCrossing));
    }
}
