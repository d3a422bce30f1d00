using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Solvers;

/// <summary>The choice of step sizes.</summary>
public class StepControlTests
{
    private static IEnumerable<AdaptiveRungeKutta> Adaptive =>
        [new DormandPrince5(), new Tsitouras5(), new BogackiShampine3(), new DormandPrince853(), new Verner9()];

    [Test]
    public void The_error_follows_the_tolerance([ValueSource(nameof(Adaptive))] AdaptiveRungeKutta solver)
    {
        double last = double.PositiveInfinity;
        long steps = 0;
        foreach (double tolerance in new[] { 1e-4, 1e-6, 1e-8, 1e-10 })
        {
            (double error, long count) = Run(solver with { RelativeTolerance = tolerance, AbsoluteTolerance = tolerance });
            Assert.That(error, Is.LessThan(100.0 * tolerance).And.LessThan(last));
            Assert.That(count, Is.GreaterThan(steps));
            (last, steps) = (error, count);
        }
    }

    [Test]
    public void No_step_is_longer_than_the_maximum([ValueSource(nameof(Adaptive))] AdaptiveRungeKutta solver)
    {
        Stepper stepper = OdeBench.Start(solver with { MaximumStep = 0.03, RelativeTolerance = 1e-2 }, OdeBench.Smooth, 0.0, OdeBench.SmoothAt(0.0));
        while (stepper.Time < 2.0)
        {
            Assert.That(stepper.Step(2.0), Is.EqualTo(StepStatus.Accepted));
            Assert.That(stepper.EndTime - stepper.Time, Is.LessThanOrEqualTo(0.03 * (1.0 + 1e-11)));
            stepper.Accept();
        }

        Assert.That(stepper.Time, Is.EqualTo(2.0), "the very number");
    }

    [Test]
    public void The_first_step_may_be_given_and_the_last_ends_at_the_limit([ValueSource(nameof(Adaptive))] AdaptiveRungeKutta solver)
    {
        Stepper stepper = OdeBench.Start(solver with { InitialStep = 1e-3 }, OdeBench.Smooth, 0.0, OdeBench.SmoothAt(0.0));
        stepper.Step(1.0);
        Assert.That(stepper.Size, Is.EqualTo(1e-3));
        stepper.Accept();
        double limit = 1.0 / 3.0;
        while (stepper.Time < limit)
        {
            stepper.Step(limit);
            stepper.Accept();
        }

        Assert.That(stepper.Time, Is.EqualTo(limit));
    }

    [Test]
    public void A_rejected_step_is_tried_again_shorter()
    {
        Stepper stepper = OdeBench.Start(new DormandPrince5 { InitialStep = 0.1 }, OdeBench.Smooth, 0.0, OdeBench.SmoothAt(0.0));
        stepper.Step(1.0);
        double size = stepper.Size;
        stepper.Reject(0.25);
        stepper.Step(1.0);
        Assert.That(stepper.Size, Is.EqualTo(0.25 * size));
        Assert.That(stepper.Time, Is.Zero);
        Assert.That(stepper.Rejections, Is.EqualTo(1));
    }

    [Test]
    public void A_flow_at_rest_takes_one_step()
    {
        var model = HybridAutomaton.Build("rest", h =>
        {
            h.State("x", initial: 3.0);
            h.Mode("m");
        });
        Trajectory run = model.Simulate(until: 1e6);
        Assert.That(run.Statistics.Steps, Is.EqualTo(1));
        Assert.That(run.Value("x", 1e6), Is.EqualTo(3.0));
    }

    [Test]
    public void Settings_that_make_no_sense_are_refused_together()
    {
        var model = HybridAutomaton.Build("m", h => h.Mode("m").Flow(h.State("x"), 1.0));
        ModelException error = Assert.Throws<ModelException>(() => model.Simulate(
            1.0, new DormandPrince5 { RelativeTolerance = 1e-20, AbsoluteTolerance = 0.0, MaximumStep = -1.0, InitialStep = double.NaN }))!;
        Assert.That(error.Findings, Has.Length.EqualTo(4));
    }

    private static (double Error, long Steps) Run(Solver solver)
    {
        Stepper stepper = OdeBench.Start(solver, OdeBench.Smooth, 0.0, OdeBench.SmoothAt(0.0));
        while (stepper.Time < 6.0)
        {
            stepper.Step(6.0);
            stepper.Accept();
        }

        double[] exact = OdeBench.SmoothAt(6.0);
        return (Math.Max(Math.Abs(stepper.States[0] - exact[0]), Math.Abs(stepper.States[1] - exact[1])), stepper.Steps);
    }
}
