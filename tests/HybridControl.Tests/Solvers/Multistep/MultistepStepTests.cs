using HybridControl.Dynamics;
using HybridControl.Numerics;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Solvers.Multistep;

/// <summary>Control of steps, and what happens to the past at restarts, cuts and limits.</summary>
public class MultistepStepTests
{
    private static AdaptiveSolver[] Solvers => MultistepBench.Solvers;

    [TestCaseSource(nameof(Solvers))]
    public void The_error_follows_the_tolerance(AdaptiveSolver solver)
    {
        double last = double.PositiveInfinity;
        long steps = 0;
        foreach (double tolerance in new[] { 1e-4, 1e-6, 1e-8, 1e-10 })
        {
            Stepper stepper = OdeBench.Start(
                solver with { RelativeTolerance = tolerance, AbsoluteTolerance = tolerance }, OdeBench.Smooth, 0.0, OdeBench.SmoothAt(0.0));
            Assert.That(MultistepBench.Run(stepper, 6.0), Is.EqualTo(StepStatus.Accepted));
            double error = ErrorOf(stepper);
            Assert.That(error, Is.LessThan(100.0 * tolerance).And.LessThan(last));
            Assert.That(stepper.Steps, Is.GreaterThan(steps));
            (last, steps) = (error, stepper.Steps);
        }
    }

    [Test]
    public void Every_highest_order_keeps_the_tolerance([Range(1, 12)] int order)
    {
        AdaptiveSolver[] solvers = [.. Solvers.Select(solver => solver is Bdf bdf ? bdf with { MaximumOrder = order } : (AdaptiveSolver)((Adams)solver with { MaximumOrder = order }))];
        foreach (AdaptiveSolver solver in solvers.Where(solver => !solver.Validate().Any()))
        {
            Stepper stepper = OdeBench.Start(solver, OdeBench.Smooth, 0.0, OdeBench.SmoothAt(0.0));
            Assert.That(MultistepBench.Run(stepper, 6.0), Is.EqualTo(StepStatus.Accepted));
            Assert.That(ErrorOf(stepper), Is.LessThan(100.0 * solver.RelativeTolerance), solver.Name);
        }
    }

    [TestCaseSource(nameof(Solvers))]
    public void No_step_is_longer_than_the_maximum_and_the_last_ends_at_the_limit(AdaptiveSolver solver)
    {
        Stepper stepper = OdeBench.Start(
            solver with { MaximumStep = 0.03, RelativeTolerance = 1e-2 }, OdeBench.Smooth, 0.0, OdeBench.SmoothAt(0.0));
        foreach (double limit in new[] { 1.0 / 3.0, 0.34, 2.0 })
        {
            while (stepper.Time < limit)
            {
                Assert.That(stepper.Step(limit), Is.EqualTo(StepStatus.Accepted));
                Assert.That(stepper.EndTime - stepper.Time, Is.LessThanOrEqualTo(0.03 * (1.0 + 1e-11)));
                stepper.Accept();
            }

            Assert.That(stepper.Time, Is.EqualTo(limit), "the very number");
        }
    }

    [TestCaseSource(nameof(Solvers))]
    public void Dense_output_meets_both_ends_whatever_the_order(AdaptiveSolver solver)
    {
        Stepper stepper = OdeBench.Start(solver, OdeBench.Smooth, 0.0, OdeBench.SmoothAt(0.0));
        double[] c = new double[2 * (stepper.DenseDegree + 1)];
        double limit = 0.37;
        while (stepper.Time < 6.0)
        {
            limit = stepper.Time < limit ? limit : limit + 0.37;
            stepper.Step(limit);
            stepper.WriteDense(c);
            for (int i = 0; i < 2; i++)
            {
                ReadOnlySpan<double> p = c.AsSpan(i * c.Length / 2, c.Length / 2);
                Assert.That(p[0], Is.EqualTo(stepper.States[i]));
                Assert.That(MultistepBench.At(p, 1.0), Is.EqualTo(stepper.EndStates[i]).Within(4e-15));
                double slope = 0.0;
                for (int k = 1; k < p.Length; k++)
                {
                    slope += k * p[k];
                }

                // Rodas5P gives the right-hand side, all others the slope of the polynomial.
                double difference = ((MultistepStepper)stepper).IsStarting ? 10.0 * solver.RelativeTolerance : 1e-12;
                Assert.That(slope / stepper.Size, Is.EqualTo(stepper.EndSlopes[i]).Within(difference / stepper.Size));
            }

            stepper.Accept();
        }
    }

    [TestCaseSource(nameof(Solvers))]
    public void A_restart_that_changes_nothing_keeps_the_past(AdaptiveSolver solver)
    {
        Stepper plain = OdeBench.Start(solver, OdeBench.Smooth, 0.0, OdeBench.SmoothAt(0.0));
        Stepper restarted = OdeBench.Start(solver, OdeBench.Smooth, 0.0, OdeBench.SmoothAt(0.0));
        while (plain.Time < 6.0)
        {
            plain.Step(6.0);
            plain.Accept();
            restarted.Step(6.0);
            restarted.Accept();
            restarted.Restart(restarted.Time, keepSize: false);
            restarted.NextSize = 1e-6;
            Assert.That(restarted.Time, Is.EqualTo(plain.Time));
            Assert.That(restarted.States.ToArray(), Is.EqualTo(plain.States.ToArray()));
        }
    }

    [TestCaseSource(nameof(Solvers))]
    public void A_restart_from_other_states_forgets_it(AdaptiveSolver solver)
    {
        Stepper stepper = OdeBench.Start(solver, OdeBench.Smooth, 0.0, OdeBench.SmoothAt(0.0));
        MultistepBench.Run(stepper, 3.0);
        OdeBench.SmoothAt(0.5).CopyTo(stepper.States);
        stepper.Restart(0.5, keepSize: false);
        MultistepBench.Run(stepper, 3.0);
        Assert.That(ErrorOf(stepper), Is.LessThan(1e-4));
    }

    [TestCaseSource(nameof(Solvers))]
    public void A_cut_inside_a_step_goes_on_with_the_past(AdaptiveSolver solver)
    {
        AdaptiveSolver tight = solver with { RelativeTolerance = 1e-9, AbsoluteTolerance = 1e-11 };
        Stepper plain = OdeBench.Start(tight, OdeBench.Smooth, 0.0, OdeBench.SmoothAt(0.0));
        MultistepBench.Run(plain, 6.0);
        Stepper stepper = OdeBench.Start(tight, OdeBench.Smooth, 0.0, OdeBench.SmoothAt(0.0));
        double[] c = new double[2 * (stepper.DenseDegree + 1)];
        double[] point = new double[2];
        double at = 0.3;
        int cuts = 0;
        while (stepper.Time < 6.0)
        {
            stepper.Step(6.0);
            if (stepper.EndTime <= at)
            {
                stepper.Accept();
                continue;
            }

            stepper.WriteDense(c);
            for (int i = 0; i < 2; i++)
            {
                point[i] = MultistepBench.At(c.AsSpan(i * c.Length / 2, c.Length / 2), (at - stepper.Time) / stepper.Size);
            }

            stepper.MoveTo(at, point);
            stepper.Restart(at, keepSize: true);
            at += 0.6;
            cuts++;
        }

        Assert.That(cuts, Is.EqualTo(10));
        Assert.That(ErrorOf(stepper), Is.LessThan(1e-6));
        Assert.That(stepper.Evaluations, Is.LessThan(plain.Evaluations + (12 * cuts)));
    }

    [TestCaseSource(nameof(Solvers))]
    public void A_rejected_step_is_tried_again_shorter(AdaptiveSolver solver)
    {
        Stepper stepper = OdeBench.Start(solver with { InitialStep = 1e-4 }, OdeBench.Smooth, 0.0, OdeBench.SmoothAt(0.0));
        stepper.Step(1.0);
        double size = stepper.Size;
        Assert.That(size, Is.EqualTo(1e-4));
        stepper.Reject(0.25);
        stepper.Step(1.0);
        Assert.That(stepper.Size, Is.EqualTo(0.25 * size));
        Assert.That(stepper.Time, Is.Zero);
        Assert.That(stepper.Rejections, Is.EqualTo(1));
        MultistepBench.Run(stepper, 6.0);
        Assert.That(ErrorOf(stepper), Is.LessThan(1e-3));
    }

    [TestCaseSource(nameof(Solvers))]
    public void A_flow_at_rest_takes_one_step(AdaptiveSolver solver)
    {
        Stepper stepper = OdeBench.Start(solver, MultistepBench.Flow(1, x => [0.0 * x[0]]), 0.0, [3.0]);
        MultistepBench.Run(stepper, 1e6);
        Assert.That(stepper.Steps, Is.EqualTo(1));
        Assert.That(stepper.States[0], Is.EqualTo(3.0));
    }

    [TestCaseSource(nameof(Solvers))]
    public void No_states_are_no_fault(AdaptiveSolver solver)
    {
        Stepper stepper = OdeBench.Start(solver, MultistepBench.Flow(0, x => []), 0.0, []);
        Assert.That(MultistepBench.Run(stepper, 5.0), Is.EqualTo(StepStatus.Accepted));
        Assert.That(stepper.Time, Is.EqualTo(5.0));
    }

    [TestCaseSource(nameof(Solvers))]
    public void A_root_of_a_negative_number_stops_where_it_begins(AdaptiveSolver solver)
    {
        OdeFunction flow = MultistepBench.Flow(2, x => [1.0 + (0.0 * x[0]), Expr.Sqrt(1.0 - Expr.Time)]);
        Stepper stepper = OdeBench.Start(solver, flow, 0.0, [0.0, 0.0]);
        Assert.That(MultistepBench.Run(stepper, 2.0), Is.EqualTo(StepStatus.NotFinite));
        Assert.That(stepper.Time, Is.EqualTo(1.0).Within(1e-9));
        Assert.That(stepper.WorstState, Is.EqualTo(1));
        Assert.That(stepper.States[0], Is.EqualTo(1.0).Within(1e-9));
    }

    [TestCaseSource(nameof(Solvers))]
    public void Growth_beyond_every_bound_stops(AdaptiveSolver solver)
    {
        Stepper stepper = OdeBench.Start(solver, MultistepBench.Flow(1, x => [x[0] * x[0]]), 0.0, [1.0]);
        Assert.That(MultistepBench.Run(stepper, 2.0), Is.Not.EqualTo(StepStatus.Accepted));
        Assert.That(stepper.Time, Is.EqualTo(1.0).Within(1e-4));
        Assert.That(stepper.WorstState, Is.Zero);
    }

    [TestCaseSource(nameof(Solvers))]
    public void Steps_allocate_nothing_whatever_their_order(AdaptiveSolver solver)
    {
        OdeFunction flow = MultistepBench.Flow(2, x => [x[1], -Expr.Sin(x[0])]);
        Stepper stepper = OdeBench.Start(solver, flow, 0.0, [1.0, 0.0]);
        double[] dense = new double[2 * (stepper.DenseDegree + 1)];
        void Run(int steps)
        {
            for (int i = 0; i < steps; i++)
            {
                stepper.Step(1e9);
                stepper.WriteDense(dense);
                stepper.Accept();
                if (i % 40 == 0)
                {
                    stepper.States[1] += 1e-3;
                    stepper.Restart(stepper.Time, keepSize: i % 80 == 0);
                }
            }
        }

        Run(200);
        Allocations.None(() => Run(500), calls: 10);
    }

    [TestCaseSource(nameof(Solvers))]
    public void A_copy_of_the_state_goes_on_to_the_same_bits(AdaptiveSolver solver)
    {
        OdeFunction flow = MultistepBench.VanDerPol(5.0);
        for (int count = 0; count < 40; count += 1)
        {
            Stepper stepper = OdeBench.Start(solver, flow, 0.0, [2.0, 0.0]);
            for (int i = 0; i < count; i++)
            {
                stepper.Step(1.0);
                stepper.Accept();
            }

            var archive = StateArchive.Writer(shares: false);
            stepper.Exchange(archive);
            Stepper copy = OdeBench.Start(solver, flow, 0.0, [7.0, 7.0]);
            MultistepBench.Run(copy, 0.1);
            copy.Exchange(StateArchive.Reader(archive.Bytes.ToArray()));
            Assert.That(MultistepBench.Run(stepper, 2.0), Is.EqualTo(StepStatus.Accepted));
            Assert.That(MultistepBench.Run(copy, 2.0), Is.EqualTo(StepStatus.Accepted));
            Assert.That(copy.States.ToArray(), Is.EqualTo(stepper.States.ToArray()));
            Assert.That((copy.Steps, copy.Evaluations), Is.EqualTo((stepper.Steps, stepper.Evaluations)));
        }
    }

    [Test]
    public void Orders_out_of_range_are_refused()
    {
        Assert.That(new Bdf { MaximumOrder = 6 }.Validate(), Has.Exactly(1).Items);
        Assert.That(new Adams { MaximumOrder = 1 }.Validate(), Has.Exactly(1).Items);
        Assert.That(new Bdf { MaximumOrder = 2 }.Validate().Concat(new Adams { MaximumOrder = 12 }.Validate()), Is.Empty);
    }

    private static double ErrorOf(Stepper stepper)
    {
        double[] exact = OdeBench.SmoothAt(stepper.Time);
        return Math.Max(Math.Abs(stepper.States[0] - exact[0]), Math.Abs(stepper.States[1] - exact[1]));
    }
}
