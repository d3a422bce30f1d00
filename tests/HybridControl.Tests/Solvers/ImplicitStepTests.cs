using HybridControl.Dynamics;
using HybridControl.Numerics;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Solvers;

/// <summary>Steps of the implicit one-step methods: how they fail, what they keep, what they spend.</summary>
public class ImplicitStepTests
{
    private static IEnumerable<AdaptiveSolver> Methods => [new Rodas5P(), new Esdirk4()];

    [Test]
    public void Equations_that_do_not_determine_a_variable_are_a_singular_matrix([ValueSource(nameof(Methods))] AdaptiveSolver solver)
    {
        OdeFunction undetermined = StiffBench.Of(2, x => [-x[0], 0.0 * x[1]]) with { Mass = MassMatrix.Constant(2, [(0, 0)], [1.0]) };
        Stepper stepper = OdeBench.Start(solver, undetermined, 0.0, [1.0, 0.0]);
        Assert.That(stepper.Step(1.0), Is.EqualTo(StepStatus.Singular));
        Assert.That(stepper.States.ToArray(), Is.EqualTo(new[] { 1.0, 0.0 }), "nothing moved");
    }

    [Test]
    public void Jacobians_and_factorisations_are_counted(
        [Values("rodas5p", "esdirk4", "radau5", "radau", "bdf", "auto")] string name, [Values(1e-5, 1e-8)] double tolerance)
    {
        Stepper stepper = OdeBench.Start(SolverCatalog.Create(name, tolerance, 1e-6 * tolerance), StiffBench.Robertson, 0.0, [1.0, 0.0, 0.0]);
        StiffBench.Run(stepper, 1e4);
        Assert.That(stepper.Jacobians, Is.Positive.And.LessThanOrEqualTo(stepper.Steps + stepper.Rejections));
        Assert.That(stepper.Factorizations, Is.GreaterThanOrEqualTo(stepper.Jacobians).And.LessThanOrEqualTo((2 * stepper.Steps) + stepper.Rejections));
    }

    [Test]
    public void A_flow_that_leaves_its_domain_is_not_finite([ValueSource(nameof(Methods))] AdaptiveSolver solver)
    {
        Stepper stepper = OdeBench.Start(solver, StiffBench.Of(2, x => [-Expr.Sqrt(x[0]) - 1.0, -x[1]]), 0.0, [1.0, 1.0]);
        StepStatus status = StepStatus.Accepted;
        while (status == StepStatus.Accepted)
        {
            status = stepper.Step(10.0);
            if (status == StepStatus.Accepted)
            {
                stepper.Accept();
            }
        }

        Assert.That(status, Is.EqualTo(StepStatus.NotFinite));
        Assert.That(stepper.Time, Is.EqualTo(2.0 - (2.0 * Math.Log(2.0))).Within(1e-4), "where the root ends: 2 (1 - log 2)");
        Assert.That(stepper.WorstState, Is.Zero);
    }

    [Test]
    public void A_jump_in_the_flow_ends_no_run_and_a_pole_does([ValueSource(nameof(Methods))] AdaptiveSolver solver)
    {
        OdeFunction jump = StiffBench.Of(1, x => [Expr.Select(x[0] >= 0.5, -1e3 * x[0], 1.0)]);
        Stepper stepper = OdeBench.Start(solver, jump, 0.0, [0.0]);
        while (stepper.Time < 0.49)
        {
            Assert.That(stepper.Step(0.49), Is.EqualTo(StepStatus.Accepted));
            stepper.Accept();
        }

        stepper = OdeBench.Start(solver, StiffBench.Of(1, x => [x[0] * x[0]]), 0.0, [1.0]);
        StepStatus status = StepStatus.Accepted;
        for (int k = 0; k < 10_000 && status == StepStatus.Accepted; k++)
        {
            status = stepper.Step(2.0);
            if (status == StepStatus.Accepted)
            {
                stepper.Accept();
            }
        }

        Assert.That(status, Is.Not.EqualTo(StepStatus.Accepted));
        Assert.That(stepper.Time, Is.EqualTo(1.0).Within(1e-4), "the pole of 1 / (1 - t)");
    }

    [Test]
    public void A_copy_in_the_middle_of_a_step_goes_on_bit_for_bit([ValueSource(nameof(Methods))] AdaptiveSolver solver, [Values] bool loops)
    {
        OdeFunction function = loops ? StiffBench.Dae : StiffBench.Robertson;
        double[] start = loops ? StiffBench.DaeAt(0.0) : [1.0, 0.0, 0.0];
        Stepper stepper = OdeBench.Start(solver, function, 0.0, start);
        for (int k = 0; k < 40; k++)
        {
            stepper.Step(1e3);
            if (k % 7 == 3)
            {
                stepper.Reject(0.3);
            }
            else
            {
                stepper.Accept();
            }

            var archive = StateArchive.Writer(shares: true);
            stepper.Exchange(archive);
            Stepper copy = OdeBench.Start(solver, function, 0.0, start);
            copy.Exchange(archive.ToReader());
            for (int ahead = 0; ahead < 3; ahead++)
            {
                copy.Step(1e3);
                copy.Accept();
            }

            Stepper straight = OdeBench.Start(solver, function, 0.0, start);
            straight.Exchange(archive.ToReader());
            stepper.Exchange(archive.ToReader());
            for (int ahead = 0; ahead < 3; ahead++)
            {
                stepper.Step(1e3);
                stepper.Accept();
            }

            Assert.That(copy.States.ToArray(), Is.EqualTo(stepper.States.ToArray()));
            Assert.That(copy.NextSize, Is.EqualTo(stepper.NextSize));
            Assert.That(copy.Evaluations, Is.EqualTo(stepper.Evaluations));
            stepper.Exchange(archive.ToReader());
        }
    }

    [Test]
    public void A_step_in_loops_allocates_nothing_with_a_mass_matrix([ValueSource(nameof(Methods))] AdaptiveSolver solver)
    {
        Stepper stepper = OdeBench.Start(solver, StiffBench.Massive, 0.0, [1.0, 2.0]);
        double[] dense = new double[2 * (stepper.DenseDegree + 1)];
        OdeBench.StepOn(stepper, dense, steps: 100);
        Allocations.None(() => OdeBench.StepOn(stepper, dense, steps: 100), calls: 10);
    }

    [Test]
    public void Jacobian_and_factors_outlive_steps_of_a_diagonally_implicit_method()
    {
        OdeFunction function = StiffBench.Of(10, x => [.. x.Select((e, i) => (-100.0 * (i + 1) * e) + (0.01 * e * e))]);
        Stepper stepper = OdeBench.Start(new Esdirk4 { RelativeTolerance = 1e-6 }, function, 0.0, [.. Enumerable.Repeat(1.0, 10)]);
        StiffBench.Run(stepper, 1.0);
        Assert.That(stepper.Jacobians, Is.Positive.And.LessThan(0.1 * stepper.Steps));
        Assert.That(stepper.Factorizations, Is.GreaterThanOrEqualTo(stepper.Jacobians).And.LessThan(0.5 * stepper.Steps));
    }
}
