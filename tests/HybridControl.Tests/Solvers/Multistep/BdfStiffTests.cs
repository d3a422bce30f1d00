using HybridControl.Dynamics;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Solvers.Multistep;

/// <summary>Stiff flows and algebraic equations.</summary>
public class BdfStiffTests
{
    // W. M. Lioen and J. J. B. de Swart, Test Set for Initial Value Problem Solvers (CWI, 1998): 1e-11 relative.
    [TestCase(1e-5)]
    [TestCase(1e-7)]
    [TestCase(1e-9)]
    public void Robertsons_reaction_is_followed_over_eleven_decades(double tolerance)
    {
        Stepper stepper = OdeBench.Start(
            new Bdf { RelativeTolerance = tolerance, AbsoluteTolerance = 1e-6 * tolerance }, MultistepBench.Robertson, 0.0, [1.0, 0.0, 0.0]);
        Assert.That(MultistepBench.Run(stepper, 1e11), Is.EqualTo(StepStatus.Accepted));
        Assert.That(stepper.States[0], Is.EqualTo(0.2083340149701255e-7).Within(100.0 * tolerance * 0.21e-7));
        Assert.That(stepper.States[1], Is.EqualTo(0.8333360770334713e-13).Within(100.0 * tolerance * 0.84e-13));
        Assert.That(stepper.States[2], Is.EqualTo(0.9999999791665050).Within(10.0 * tolerance));
        Assert.That(stepper.Steps, Is.LessThan(200.0 * Math.Pow(tolerance, -0.16)));
    }

    [Test]
    public void Van_der_Pols_oscillator_with_a_thousand_is_at_the_published_point()
    {
        Stepper stepper = OdeBench.Start(
            new Bdf { RelativeTolerance = 1e-8, AbsoluteTolerance = 1e-10 }, MultistepBench.VanDerPol(1000.0), 0.0, [2.0, 0.0]);
        Assert.That(MultistepBench.Run(stepper, 2.0), Is.EqualTo(StepStatus.Accepted));
        Assert.That(stepper.States[0], Is.EqualTo(0.1706167732170469e1).Within(1e-6));
        Assert.That(stepper.States[1], Is.EqualTo(-0.8928097010248125).Within(1e-6));
    }

    // x' = lambda (x - cos t) - sin t keeps to cos t: A. Prothero and A. Robinson, Math. Comput. 28 (1974), 145-162. No order is lost.
    [Test]
    public void Stiffness_takes_no_accuracy_away()
    {
        foreach (double lambda in new[] { -1e2, -1e5, -1e8 })
        {
            OdeFunction flow = MultistepBench.Flow(1, x => [(lambda * (x[0] - Expr.Cos(Expr.Time))) - Expr.Sin(Expr.Time)]);
            Stepper stepper = OdeBench.Start(new Bdf { RelativeTolerance = 1e-8, AbsoluteTolerance = 1e-8 }, flow, 0.0, [1.0]);
            Assert.That(MultistepBench.Run(stepper, 10.0), Is.EqualTo(StepStatus.Accepted));
            Assert.That(stepper.States[0], Is.EqualTo(Math.Cos(10.0)).Within(1e-7));
            Assert.That(stepper.Steps, Is.LessThan(800));
        }
    }

    [Test]
    public void A_rod_of_many_states_cools_as_the_closed_form()
    {
        const int n = 200;
        OdeFunction flow = MultistepBench.Flow(n, x =>
        [
            .. Enumerable.Range(0, n).Select(i =>
                (n + 1.0) * (n + 1.0) * ((i > 0 ? x[i - 1] : 0.0) - (2.0 * x[i]) + (i < n - 1 ? x[i + 1] : 0.0))),
        ]);
        double[] start = [.. Enumerable.Range(1, n).Select(i => Math.Sin(Math.PI * i / (n + 1)))];
        Stepper stepper = OdeBench.Start(new Bdf { RelativeTolerance = 1e-6, AbsoluteTolerance = 1e-9 }, flow, 0.0, start);
        Assert.That(MultistepBench.Run(stepper, 0.1), Is.EqualTo(StepStatus.Accepted));
        double rate = 4.0 * (n + 1) * (n + 1) * Math.Pow(Math.Sin(Math.PI / (2.0 * (n + 1))), 2);
        Assert.That(stepper.Steps, Is.LessThan(120));
        for (int i = 0; i < n; i++)
        {
            Assert.That(stepper.States[i], Is.EqualTo(Math.Exp(-rate * 0.1) * start[i]).Within(2e-6));
        }
    }

    [Test]
    public void A_sum_that_is_kept_may_replace_a_derivative()
    {
        OdeFunction flow = MultistepBench.Flow(3, x =>
        {
            Expr a = (-0.04 * x[0]) + (1e4 * x[1] * x[2]);
            return [a, -a - (3e7 * x[1] * x[1]), x[0] + x[1] + x[2] - 1.0];
        }) with { Mass = MassMatrix.Constant(3, [(0, 0), (1, 1)], [1.0, 1.0]) };
        Stepper stepper = OdeBench.Start(new Bdf { RelativeTolerance = 1e-7, AbsoluteTolerance = 1e-13 }, flow, 0.0, [1.0, 0.0, 0.0]);
        Assert.That(MultistepBench.Run(stepper, 40.0), Is.EqualTo(StepStatus.Accepted));
        Stepper plain = OdeBench.Start(new Bdf { RelativeTolerance = 1e-9, AbsoluteTolerance = 1e-15 }, MultistepBench.Robertson, 0.0, [1.0, 0.0, 0.0]);
        MultistepBench.Run(plain, 40.0);
        for (int i = 0; i < 3; i++)
        {
            Assert.That(stepper.States[i], Is.EqualTo(plain.States[i]).Within(2e-5 * plain.States[i]));
        }

        Assert.That(stepper.States[0] + stepper.States[1] + stepper.States[2], Is.EqualTo(1.0).Within(1e-13));
    }

    [Test]
    public void A_full_mass_matrix_is_the_flow_of_its_inverse()
    {
        // 2 x' + y' = -x, x' + 3 y' = -y + sin t
        OdeFunction mass = MultistepBench.Flow(2, x => [-x[0], -x[1] + Expr.Sin(Expr.Time)]) with
        {
            Mass = MassMatrix.Constant(2, [(0, 0), (0, 1), (1, 0), (1, 1)], [2.0, 1.0, 1.0, 3.0]),
        };
        OdeFunction solved = MultistepBench.Flow(2, x =>
        {
            Expr f = -x[0];
            Expr g = -x[1] + Expr.Sin(Expr.Time);
            return [((3.0 * f) - g) / 5.0, ((2.0 * g) - f) / 5.0];
        });
        var solver = new Bdf { RelativeTolerance = 1e-10, AbsoluteTolerance = 1e-12 };
        Stepper left = OdeBench.Start(solver, mass, 0.0, [1.0, -0.5]);
        Stepper right = OdeBench.Start(solver, solved, 0.0, [1.0, -0.5]);
        MultistepBench.Run(left, 5.0);
        MultistepBench.Run(right, 5.0);
        Assert.That(left.States[0], Is.EqualTo(right.States[0]).Within(1e-8));
        Assert.That(left.States[1], Is.EqualTo(right.States[1]).Within(1e-8));
    }

    [Test]
    public void An_equation_that_does_not_know_its_variable_is_singular()
    {
        OdeFunction flow = MultistepBench.Flow(2, x => [-x[0], x[0] - 1.0]) with { Mass = MassMatrix.Constant(2, [(0, 0)], [1.0]) };
        Stepper stepper = OdeBench.Start(new Bdf(), flow, 0.0, [1.0, 0.0]);
        Assert.That(stepper.Step(1.0), Is.EqualTo(StepStatus.Singular));
        Assert.That(stepper.WorstState, Is.EqualTo(1));
    }

    [Test]
    public void An_equation_that_loses_its_solution_does_not_converge()
    {
        // z + sign z = x, which has none for |x| < 1.
        OdeFunction flow = MultistepBench.Flow(2, x =>
            [-1.0 + (0.0 * x[0]), Expr.Select(x[1] > 0.0, x[1] + 1.0, x[1] - 1.0) - x[0]]) with
        {
            Mass = MassMatrix.Constant(2, [(0, 0)], [1.0]),
        };
        Stepper stepper = OdeBench.Start(new Bdf(), flow, 0.0, [2.0, 1.0]);
        Assert.That(MultistepBench.Run(stepper, 2.0), Is.EqualTo(StepStatus.NoConvergence));
        Assert.That(stepper.Time, Is.EqualTo(1.0).Within(1e-9));
        Assert.That(stepper.WorstState, Is.EqualTo(1));
    }

    [Test]
    public void Adams_spends_fewer_evaluations_than_Dormand_and_Prince_where_tolerances_are_tight()
    {
        OdeFunction pendulum = MultistepBench.Flow(2, x => [x[1], -Expr.Sin(x[0])]);
        (double Error, long Evaluations) Of(AdaptiveSolver solver)
        {
            Stepper stepper = OdeBench.Start(solver with { RelativeTolerance = 1e-11, AbsoluteTolerance = 1e-11 }, pendulum, 0.0, [2.0, 0.0]);
            MultistepBench.Run(stepper, 30.0);
            return (Math.Abs((0.5 * stepper.States[1] * stepper.States[1]) - Math.Cos(stepper.States[0]) + Math.Cos(2.0)), stepper.Evaluations);
        }

        (double ours, long few) = Of(new Adams());
        (double theirs, long many) = Of(new DormandPrince5());
        Assert.That(few, Is.LessThan(many / 3));
        Assert.That(ours, Is.LessThan(Math.Max(10.0 * theirs, 1e-9)));
    }
}
