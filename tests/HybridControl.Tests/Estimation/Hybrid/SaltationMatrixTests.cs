using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Estimation;
using HybridControl.Numerics;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation.Hybrid;

public sealed class SaltationMatrixTests
{
    private static readonly Solver Exact = new DormandPrince5 { RelativeTolerance = 1e-12, AbsoluteTolerance = 1e-14 };

    private static HybridAutomaton Ball(double height) => HybridAutomaton.Build("ball", m =>
    {
        Expr h = m.State("h", height);
        Expr v = m.State("v");
        ModeBuilder fall = m.Mode("fall").Flow((h, v), (v, -9.81));
        m.Transition(fall, fall, "bounce").Guard(h <= 0.0 & v < 0.0).Reset(v, -0.8 * v);
    });

    private static HybridAutomaton DraggedBall => HybridAutomaton.Build("dragged ball", m =>
    {
        Expr h = m.State("h", 1.0);
        Expr v = m.State("v", 0.3);
        ModeBuilder fall = m.Mode("fall").Flow((h, v), (v, -9.81 - (0.05 * v * Expr.Abs(v))));
        m.Transition(fall, fall, "bounce").Guard(h <= 0.0 & v < 0.0).Reset(v, -0.8 * v);
    });

    // The floor is an expression of time; speeds are reversed relative to it.
    private static HybridAutomaton ShakenBall => HybridAutomaton.Build("shaken ball", m =>
    {
        Expr h = m.State("h", 1.0);
        Expr v = m.State("v");
        Expr floor = 0.1 * Expr.Sin(6.0 * m.Time);
        Expr speed = 0.6 * Expr.Cos(6.0 * m.Time);
        ModeBuilder fall = m.Mode("fall").Flow((h, v), (v, -9.81));
        m.Transition(fall, fall, "bounce").Guard(h <= floor & v < speed).Reset(v, speed - (0.8 * (v - speed)));
    });

    // The floor is an input whose signal has a formula; the reset moves the ball to a place that moves.
    private static HybridAutomaton LiftedBall => HybridAutomaton.Build("lifted ball", m =>
    {
        Expr h = m.State("h", 1.0);
        Expr v = m.State("v");
        Expr floor = m.Input("ground", new SineSignal(0.05, 0.7, 0.3, 0.02));
        Expr lift = m.Input("lift", new RampSignal(0.0, 2.0, 0.0, 0.5));
        ModeBuilder fall = m.Mode("fall").Flow((h, v), (v, -9.81));
        m.Transition(fall, fall, "bounce").Guard(h <= floor + lift & v < 0.2).Reset(v, (-0.8 * v) + floor).Reset(h, h + (0.1 * lift));
    });

    // Two modes of different flows, a nonlinear guard, a reset that mixes the states, and a jump at a given time.
    private static HybridAutomaton Relay => HybridAutomaton.Build("relay", m =>
    {
        Expr x = m.State("x", 0.9);
        Expr y = m.State("y", 0.2);
        Expr n = m.Discrete("n");
        ModeBuilder left = m.Mode("left").Flow((x, y), (y, -(4.0 * x) - (0.1 * y * (1.0 + n))));
        ModeBuilder right = m.Mode("right").Flow((x, y), (y - (0.5 * x), -x * (1.0 + Expr.Square(x))));
        m.Transition(left, right, "over").Guard(Expr.Square(x) + y <= 0.3).Edge().Reset(x, (1.1 * x) + (0.1 * y)).Reset(y, y - Expr.Square(x)).Reset(n, n + 1.0);
        m.Transition(right, left, "back").Guard(Condition.Crosses(x + (0.2 * y))).Edge(EdgeDirection.Down).Reset(y, 0.7 * y * m.Time);
        m.Transition(right, right, "tick").Guard(m.Time >= 0.4).Edge().Reset(x, (0.9 * x) - (0.05 * y));
    });

    private static IEnumerable<TestCaseData> Machines() =>
    [
        new TestCaseData(DraggedBall, 2.0, 3).SetArgDisplayNames("drag"), new TestCaseData(ShakenBall, 2.0, 3).SetArgDisplayNames("shaken floor"),
        new TestCaseData(LiftedBall, 2.0, 3).SetArgDisplayNames("input as floor"), new TestCaseData(Relay, 3.5, 3).SetArgDisplayNames("relay"),
    ];

    [Test]
    public void The_bounce_of_a_ball_has_the_closed_form()
    {
        SaltationMatrix saltation = SaltationMatrix.For(Ball(1.0), "bounce");
        double[] after = new double[2];
        double[] matrix = new double[4];
        double v = -Math.Sqrt(2.0 * 9.81);
        Assert.That(saltation.Evaluate(0.4515236409857309, [0.0, v], after, matrix));
        Assert.Multiple(() =>
        {
            Assert.That(after, Is.EqualTo(new[] { 0.0, -0.8 * v }).Within(1e-14));
            Assert.That(matrix[0], Is.EqualTo(-0.8).Within(1e-14));
            Assert.That(matrix[1], Is.Zero);
            Assert.That(matrix[2], Is.EqualTo(-1.8 * 9.81 / v).Within(1e-14));
            Assert.That(matrix[3], Is.EqualTo(-0.8).Within(1e-14));
            Assert.That(saltation.GuardRate, Is.EqualTo(-v).Within(1e-14));
        });
    }

    [Test]
    public void A_covariance_through_a_bounce_is_the_reference()
    {
        var reference = ReferenceData.File("saltation");
        (double[] x, double[] jacobian) = Chain(Ball(reference.Vector("x0")[0]), reference.Number("T"));
        double[] p = Congruence(jacobian, reference.Flat("P0"));
        var jump = reference.GetProperty("events")[0];
        double[] matrix = new double[4];
        SaltationMatrix.For(Ball(1.0), "bounce").Evaluate(jump.Number("t"), jump.Vector("x_minus"), new double[2], matrix);
        Assert.Multiple(() =>
        {
            Assert.That(matrix, Is.EqualTo(jump.Flat("saltation")).Within(1e-9));
            Assert.That(x, Is.EqualTo(reference.Vector("x_T")).Within(1e-9));
            Assert.That(jacobian, Is.EqualTo(reference.Flat("flow_jacobian")).Within(1e-8), "central differences there");
            Assert.That(p, Is.EqualTo(reference.Flat("P_T_first_order")).Within(1e-9));
        });
    }

    [TestCaseSource(nameof(Machines))]
    public void A_chain_of_flows_and_saltations_is_the_derivative_of_a_run(HybridAutomaton automaton, double until, int events)
    {
        Trajectory run = automaton.Simulate(until, Exact);
        Assert.That(run.Jumps, Has.Length.AtLeast(events), "this many events on the way");
        (_, double[] jacobian) = Chain(automaton, until);
        double[] differences = Differences(automaton, until);
        double scale = differences.Max(Math.Abs);
        Assert.That(jacobian, Is.EqualTo(differences).Within(2e-7 * scale));
    }

    [Test]
    public void A_guard_that_is_only_grazed_has_no_matrix()
    {
        SaltationMatrix saltation = SaltationMatrix.For(Ball(1.0), "bounce");
        Assert.That(saltation.Evaluate(0.0, [0.0, 0.0], new double[2], new double[4]), Is.False);
        Assert.That(saltation.GuardRate, Is.Zero);
    }

    [Test]
    public void Delegates_and_unknown_transitions_are_refused_by_name()
    {
        HybridAutomaton opaque = HybridAutomaton.Build("opaque", m =>
        {
            Expr x = m.State("x");
            m.Input("u", new DelegateSignal(t => t, []));
            ModeBuilder a = m.Mode("a").Flow((_, _, _, rates) => rates[0] = 1.0);
            ModeBuilder b = m.Mode("b").Flow((_, _, _, rates) => rates[0] = 1.0);
            m.Transition(a, b, "go").Guard(x >= 1.0);
        });
        string message = Assert.Throws<ModelException>(() => SaltationMatrix.For(opaque, "go"))!.Message;
        Assert.That(message, Does.Contain("modes.a.flow").And.Contain("modes.b.flow").And.Contain("inputs.u"));
        Assert.That(() => SaltationMatrix.For(opaque, "goo"), Throws.TypeOf<ModelException>().With.Message.Contains("no transition 'goo'"));
    }

    // The run of the simulator, with the Jacobian of its flow from the variational equations and the saltations of its jumps.
    private static (double[] X, double[] Jacobian) Chain(HybridAutomaton automaton, double until)
    {
        int n = automaton.States.Length;
        Trajectory run = automaton.Simulate(until, Exact);
        double[] jacobian = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            jacobian[i * (n + 1)] = 1.0;
        }

        double[] x = [.. automaton.States.Select(state => state.Initial.Value)];
        double[] next = new double[n];
        double[] factor = new double[n * n];
        double[] product = new double[n * n];
        double time = 0.0;
        double[] discretes = [.. automaton.Discretes.Select(_ => 0.0)];
        string mode = automaton.InitialMode;
        foreach (Jump jump in run.Jumps)
        {
            Advance(jump.Time);
            SaltationMatrix saltation = SaltationMatrix.For(automaton, jump.Transition);
            Assert.That(saltation.Evaluate(jump.Time, next, x, factor, discretes));
            Dense.Multiply(factor, jacobian, product, n, n, n);
            product.CopyTo(jacobian, 0);
            mode = jump.To;
            discretes = [.. jump.DiscretesAfter];
        }

        Advance(until);
        return (next, jacobian);

        void Advance(double to)
        {
            FlowTransition flow = FlowTransition.For(automaton, mode, Exact);
            for (int i = 0; i < discretes.Length; i++)
            {
                flow.Set(VariableKind.Discrete, automaton.Discretes[i].Name, discretes[i]);
            }

            Assert.That(flow.Linearize(time, to, x, [], next, factor, product));
            double[] all = new double[n * n];
            Dense.Multiply(factor, jacobian, all, n, n, n);
            all.CopyTo(jacobian, 0);
            time = to;
        }
    }

    private static double[] Differences(HybridAutomaton automaton, double until)
    {
        int n = automaton.States.Length;
        double[] jacobian = new double[n * n];
        const double Step = 1e-5;
        for (int j = 0; j < n; j++)
        {
            double[] above = End(j, Step);
            double[] below = End(j, -Step);
            for (int i = 0; i < n; i++)
            {
                jacobian[(i * n) + j] = (above[i] - below[i]) / (2.0 * Step);
            }
        }

        return jacobian;

        double[] End(int state, double shift)
        {
            StateVariable[] states = [.. automaton.States];
            states[state] = states[state] with { Initial = states[state].Initial + shift };
            SimulationRun run = Scenario.For(automaton with { States = [.. states] }).Start(new SimulationOptions { Solver = Exact });
            Assert.That(run.AdvanceTo(until), run.Reason);
            return [.. run.States];
        }
    }

    private static double[] Congruence(double[] f, double[] p)
    {
        double[] half = new double[4];
        double[] whole = new double[4];
        Dense.Multiply(f, p, half, 2, 2, 2);
        Dense.MultiplyTransposed(half, f, whole, 2, 2, 2);
        return whole;
    }
}
