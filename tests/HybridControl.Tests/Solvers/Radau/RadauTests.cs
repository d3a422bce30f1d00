using HybridControl.Dynamics;
using HybridControl.Numerics;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Symbolics.Emission;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Solvers;

public class RadauTests
{
    // Test set for IVP solvers (F. Mazzia and C. Magherini, 2008), problem ROBER at t = 1e11.
    private static readonly double[] RobertsonAtEnd = [2.083340149701255e-8, 8.333360770334713e-14, 0.9999999791665050];

    private static readonly Solver Tight = new Radau5 { RelativeTolerance = 1e-8, AbsoluteTolerance = 1e-14 };

    private static Expr X(int state) => Expr.Variable(VariableKind.State, $"x{state}");

    private static readonly AdaptiveSolver[] Methods = [new Radau5(), new Radau(), new Radau { MinimumOrder = 9 }];

    // At order 13 half the step would be lost in rounding.
    [TestCase(5, 0.25, 0.125)]
    [TestCase(9, 1.0, 0.5)]
    [TestCase(13, 2.4, 1.5)]
    public void A_shorter_step_reduces_the_error_by_the_order(int order, double size, double shorter)
    {
        double ratio = LinearError(Of(order), Ends, size) / LinearError(Of(order), Ends, shorter);
        Assert.That(Math.Log(ratio, size / shorter), Is.EqualTo((double)order).Within(0.15));
    }

    [TestCase(5, 5.0, 0.1)]
    [TestCase(9, 7.0, 0.5)]
    [TestCase(13, 9.0, 1.0)]
    public void One_step_leaves_an_error_of_two_orders_above_the_stages_inside(int order, double dense, double size)
    {
        double coarse = LinearError(Of(order), Inside, size);
        double fine = LinearError(Of(order), Inside, 0.5 * size);
        Assert.That(Math.Log2(coarse / fine), Is.EqualTo(dense).Within(0.15));
    }

    // Hairer and Wanner II, section IV.15: an error of h^s / |lambda| where h |lambda| is large.
    [TestCase(5, 3.0, 0.25)]
    [TestCase(9, 5.0, 0.5)]
    [TestCase(13, 7.0, 2.0)]
    public void Stiffness_reduces_the_order_to_the_number_of_stages(int order, double stages, double wide)
    {
        double ErrorOf(double rate, double size)
        {
            Expr follows = Expr.Sin(Expr.Time + 0.7);
            OdeFunction function = Compile((-rate * (X(0) - follows)) + Expr.Cos(Expr.Time + 0.7));
            Stepper stepper = OdeBench.Start(OdeBench.WithStep(Of(order), size), function, 0.0, [Math.Sin(0.7)]);
            double worst = 0.0;
            while (stepper.Time < 2.0 - 1e-9)
            {
                stepper.Step(100.0);
                stepper.Accept();
                worst = Math.Max(worst, Math.Abs(stepper.States[0] - Math.Sin(stepper.Time + 0.7)));
            }

            return worst;
        }

        double coarse = ErrorOf(1e5, wide);
        Assert.That(Math.Log2(coarse / ErrorOf(1e5, 0.5 * wide)), Is.EqualTo(stages).Within(0.25));
        Assert.That(coarse / ErrorOf(1e6, wide), Is.EqualTo(10.0).Within(1.0));
    }

    [Test]
    public void Robertsons_kinetics_agree_with_the_test_set([ValueSource(nameof(Methods))] AdaptiveSolver method, [Values(1e-6, 1e-8, 1e-10)] double tolerance)
    {
        AdaptiveSolver solver = method with { RelativeTolerance = tolerance, AbsoluteTolerance = 1e-6 * tolerance };
        Stepper stepper = Finish(solver, Robertson(), 1e11, [1.0, 0.0, 0.0]);
        for (int i = 0; i < 3; i++)
        {
            Assert.That(stepper.States[i] / RobertsonAtEnd[i], Is.EqualTo(1.0).Within(10.0 * tolerance));
        }

        Assert.That(stepper.Time, Is.EqualTo(1e11));
        Assert.That(stepper.Steps, Is.LessThan(1500));
    }

    [Test]
    public void A_delegate_takes_the_steps_of_its_expressions()
    {
        OdeFunction exact = Robertson();
        Stepper one = Finish(Tight, exact, 1e6, [1.0, 0.0, 0.0]);
        Stepper other = Finish(Tight, new OdeFunction(3, exact.Derivatives, null, null), 1e6, [1.0, 0.0, 0.0]);
        Assert.That(other.States[1] / one.States[1], Is.EqualTo(1.0).Within(1e-6));
        Assert.That((double)other.Steps, Is.EqualTo(one.Steps).Within(10).Percent);
    }

    // x' = -y, 0 = y - x (1 + y^2 / 10), and an algebraic variable whose equation stands first.
    [TestCaseSource(nameof(Methods))]
    public void An_algebraic_equation_holds_at_every_step(AdaptiveSolver method)
    {
        AdaptiveSolver solver = method with { RelativeTolerance = 1e-8, AbsoluteTolerance = 1e-14 };
        OdeFunction function = Compile(
            X(0) - (X(1) * (1.0 + (0.1 * Expr.Square(X(0))))), -X(0)) with
        {
            Mass = MassMatrix.Constant(2, [(1, 1)], [1.0]),
        };
        Stepper stepper = OdeBench.Start(solver, function, 0.0, [2.0, 2.0 / 1.4]);
        while (stepper.Time < 3.0)
        {
            Assert.That(stepper.Step(3.0), Is.EqualTo(StepStatus.Accepted));
            stepper.Accept();
            double y = stepper.States[0];
            Assert.That(stepper.States[1], Is.EqualTo(y / (1.0 + (0.1 * y * y))).Within(1e-8));
        }

        // With x = y / (1 + y^2 / 10): t = the integral of x'(y) / -y, in closed form.
        double T(double y) => Math.Log(y) - (0.5 * Math.Log(1.0 + (0.1 * y * y))) + (1.0 / (1.0 + (0.1 * y * y)));
        Assert.That(T(2.0) - T(stepper.States[0]), Is.EqualTo(3.0).Within(1e-7));
    }

    [Test]
    public void A_pencil_that_is_singular_is_told()
    {
        // 0 = x0 - x1 twice.
        OdeFunction function = Compile(X(0) - X(1), X(0) - X(1)) with { Mass = MassMatrix.Constant(2, [], []) };
        Stepper stepper = OdeBench.Start(Tight, function, 0.0, [1.0, 0.0]);
        Assert.That(stepper.Step(1.0), Is.EqualTo(StepStatus.Singular));
    }

    [Test]
    public void What_is_not_finite_is_told()
    {
        Stepper stepper = OdeBench.Start(Tight, Compile(Expr.Sqrt(-1.0 - Expr.Square(X(0)))), 0.0, [1.0]);
        Assert.That(stepper.Step(1.0), Is.EqualTo(StepStatus.NotFinite));
        Assert.That(stepper.WorstState, Is.Zero);
    }

    [Test]
    public void An_equation_without_a_solution_is_told()
    {
        // 0 = x^2 + 1: Newton's iteration wanders.
        OdeFunction function = Compile(Expr.Square(X(0)) + 1.0) with { Mass = MassMatrix.Constant(1, [], []) };
        Stepper stepper = OdeBench.Start(Tight, function, 0.0, [1.0]);
        Assert.That(stepper.Step(1.0), Is.EqualTo(StepStatus.NoConvergence));
    }

    [Test]
    public void A_jump_of_the_right_hand_side_is_stepped_over()
    {
        var solver = new Radau5 { RelativeTolerance = 1e-8, AbsoluteTolerance = 1e-8 };
        Stepper stepper = Finish(solver, Compile(Expr.Select(Expr.Time < 1.0, -1e4 * X(0), 1e4 * (1.0 - X(0)))), 2.0, [1.0]);
        Assert.That(stepper.States[0], Is.EqualTo(1.0).Within(1e-7));
    }

    [Test]
    public void Steps_keep_to_the_limit_and_to_the_longest_size()
    {
        var solver = new Radau5 { MaximumStep = 0.03 };
        Stepper stepper = OdeBench.Start(solver, OdeBench.Smooth, 0.0, OdeBench.SmoothAt(0.0));
        while (stepper.Time < 0.5)
        {
            stepper.Step(0.5);
            Assert.That(stepper.Size, Is.LessThanOrEqualTo(0.03 * (1.0 + 1e-12)));
            stepper.Accept();
        }

        Assert.That(stepper.Time, Is.EqualTo(0.5));
    }

    [Test]
    public void A_restart_that_keeps_the_size_keeps_the_Jacobian()
    {
        OdeFunction exact = Compile(-X(0) + X(1), -30.0 * X(1), -2.0 * X(2)); // linear: its Jacobian is never old
        var function = new OdeFunction(3, exact.Derivatives, null, null);
        long Spent(bool keeps)
        {
            Stepper stepper = Finish(Tight, function, 1.0, [1.0, 1.0, 1.0]);
            long before = stepper.Evaluations;
            double size = stepper.NextSize;
            stepper.Restart(1.0, keeps);
            stepper.NextSize = size;
            stepper.Step(1e9);
            return stepper.Evaluations - before;
        }

        Assert.That(Spent(keeps: true), Is.EqualTo(Spent(keeps: false) - 3));
    }

    [TestCaseSource(nameof(Methods))]
    public void A_state_that_was_archived_goes_on_to_the_bit(AdaptiveSolver method)
    {
        OdeFunction function = Robertson();
        AdaptiveSolver solver = method with { RelativeTolerance = 1e-8, AbsoluteTolerance = 1e-14 };
        Stepper first = OdeBench.Start(solver, function, 0.0, [1.0, 0.0, 0.0]);
        void Advance(Stepper stepper, int steps)
        {
            for (int i = 0; i < steps; i++)
            {
                stepper.Step(1e15);
                stepper.Accept();
            }
        }

        for (int steps = 1; steps < 60; steps++)
        {
            Advance(first, 1);
            var archive = StateArchive.Writer(shares: false);
            first.Exchange(archive);
            Stepper second = OdeBench.Start(solver, function, 0.0, [0.0, 0.0, 0.0]);
            second.Exchange(archive.ToReader());
            Stepper third = OdeBench.Start(solver, function, 0.0, [0.0, 0.0, 0.0]);
            third.Exchange(archive.ToReader());
            Advance(second, 7);
            Advance(third, 7);
            Assert.That(second.States.ToArray(), Is.EqualTo(third.States.ToArray()));
            if (steps % 10 == 0)
            {
                Advance(first, 7);
                Assert.That(second.States.ToArray(), Is.EqualTo(first.States.ToArray()));
            }
        }
    }

    [TestCaseSource(nameof(Methods))]
    public void A_large_flow_keeps_its_band(AdaptiveSolver method)
    {
        const int N = 300;
        double c = (N + 1.0) * (N + 1.0);
        OdeFunction function = Compile([.. Enumerable.Range(0, N).Select(
            i => c * ((i > 0 ? X(i - 1) : 0.0) - (2.0 * X(i)) + (i < N - 1 ? X(i + 1) : 0.0)))]);
        double Mode(int i) => Math.Sin(Math.PI * (i + 1.0) / (N + 1));
        double decay = Math.Exp(-0.1 * 4.0 * c * Math.Pow(Math.Sin(Math.PI / (2.0 * (N + 1))), 2.0));
        Stepper stepper = Finish(method with { RelativeTolerance = 1e-8 }, function, 0.1, [.. Enumerable.Range(0, N).Select(Mode)]);
        Assert.That(stepper.States.ToArray(), Is.EqualTo(Enumerable.Range(0, N).Select(i => decay * Mode(i))).Within(1e-8));
    }

    [Test]
    public void The_order_goes_up_where_the_iteration_is_fast()
    {
        Stepper fixedOrder = Finish(new Radau5 { RelativeTolerance = 1e-10, AbsoluteTolerance = 1e-16 }, Robertson(), 1e11, [1.0, 0.0, 0.0]);
        Stepper varied = Finish(new Radau { RelativeTolerance = 1e-10, AbsoluteTolerance = 1e-16 }, Robertson(), 1e11, [1.0, 0.0, 0.0]);
        Assert.That(varied.StepDegree, Is.EqualTo(8));
        Assert.That(varied.Steps, Is.LessThan(fixedOrder.Steps / 5));
        Assert.That(varied.Jacobians, Is.Positive.And.LessThan(fixedOrder.Jacobians));
        Assert.That(varied.Factorizations, Is.Positive.And.LessThan(fixedOrder.Factorizations));
    }

    private static Radau Of(int order) => new Radau { MinimumOrder = order, MaximumOrder = order };

    private static OdeFunction Robertson()
    {
        Expr slow = (-0.04 * X(0)) + (1e4 * X(1) * X(2));
        Expr fast = 3e7 * Expr.Square(X(1));
        return Compile(slow, -slow - fast, fast);
    }

    private static OdeFunction Compile(params Expr[] derivatives)
    {
        var slots = new SlotMap();
        for (int i = 0; i < derivatives.Length; i++)
        {
            slots.Add(VariableKind.State, $"x{i}");
        }

        return OdeBench.Compile(slots, derivatives);
    }

    private static Stepper Finish(Solver solver, OdeFunction function, double end, double[] states)
    {
        Stepper stepper = OdeBench.Start(solver, function, 0.0, states);
        while (stepper.Time < end)
        {
            Assert.That(stepper.Step(end), Is.EqualTo(StepStatus.Accepted));
            stepper.Accept();
        }

        return stepper;
    }

    // Linear, so that one iteration solves a step: what is left is the error of the method. The solution is sin t, cos t.
    private static double LinearError(AdaptiveSolver solver, Func<Stepper, double> measure, double size)
    {
        OdeFunction function = Compile(X(1), -X(0));
        double worst = 0.0;
        for (int start = 0; start < 10; start++)
        {
            double time = 0.3 * start;
            Stepper stepper = OdeBench.Start(OdeBench.WithStep(solver, size), function, time, Exact(time));
            worst = Math.Max(worst, measure(stepper));
        }

        return worst;
    }

    private static double[] Exact(double time) => [Math.Sin(time), Math.Cos(time)];

    private static double Distance(double[] states, double time) => states.Zip(Exact(time), (a, b) => Math.Abs(a - b)).Max();

    private static double Ends(Stepper stepper)
    {
        double end = stepper.Time + 12.0;
        while (stepper.Time < end - 1e-9)
        {
            stepper.Step(100.0);
            stepper.Accept();
        }

        return Distance(stepper.States.ToArray(), stepper.Time);
    }

    private static double Inside(Stepper stepper)
    {
        stepper.Step(100.0);
        int stride = stepper.DenseDegree + 1;
        double[] c = new double[2 * stride];
        stepper.WriteDense(c);
        return Enumerable.Range(0, 101).Max(k =>
        {
            double At(int i) => c[(i * stride)..((i + 1) * stride)].Reverse().Aggregate((sum, next) => (sum * 0.01 * k) + next);
            return Distance([At(0), At(1)], stepper.Time + (0.01 * k * stepper.Size));
        });
    }
}
