using HybridControl.Automata;
using HybridControl.Dynamics;
using HybridControl.Estimation;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Estimation;

/// <summary>Many states move as each of them would alone.</summary>
public class EnsemblePropagationTests
{
    private const int Count = 301;

    private static HybridAutomaton Oscillator(double decay = 0.0) => HybridAutomaton.Build("oscillator", h =>
    {
        Expr x = h.State("x");
        Expr v = h.State("v");
        Expr push = h.Input("push", new SineSignal(0.3, 0.2));
        h.Mode("only").Flow((x, v), (v, ((1.0 - (x * x)) * v) - x + push - (decay * v)));
    });

    [Test]
    public void A_flow_on_lanes_agrees_with_its_solver_member_by_member()
    {
        FlowTransition model = FlowTransition.For(Oscillator(), "only", new RungeKutta4 { Step = 0.01 });
        AgreesOneByOne(model, [], 1e-12);
        AgreesOneByOne(model, [0.7], 1e-12);
    }

    [Test]
    public void Expressions_on_lanes_agree_with_scalar_code()
    {
        ExpressionTransition model = ExpressionTransition.Build(m =>
        {
            (Expr a, Expr b, Expr u) = (m.State("a"), m.State("b"), m.Input("u"));
            m.Next(a, a + (m.Step * Expr.Sin(b + m.Time)) + Expr.Max(u, Expr.Min(a, b)));
            m.Next(b, Expr.Exp(-a * a) + Expr.Sqrt(Expr.Abs(b)) + Expr.Select(a > 0.0, 1.0, u / (2.0 + Expr.Tanh(b))));
        });
        AgreesOneByOne(model, [0.25], 1e-14);
    }

    [Test]
    public void Linear_models_on_lanes_agree_with_scalar_code()
    {
        AgreesOneByOne(new LinearTransition(new[,] { { 1.0, 0.3 }, { -0.2, 0.9 } }, new double[2, 2], new[,] { { 0.5 }, { 2.0 } }), [0.4], 1e-14);
        AgreesOneByOne(new ContinuousLinearTransition(new[,] { { 0.0, 1.0 }, { -2.0, -0.3 } }, new double[2, 2], new[,] { { 0.0 }, { 1.0 } }), [0.4], 1e-14);
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Noise_has_the_covariance_of_the_model(bool onLanes)
    {
        Solver solver = onLanes ? new RungeKutta4 { Step = 0.02 } : new DormandPrince5();
        FlowTransition model = FlowTransition.For(Oscillator(decay: 1.0), "only", solver, ("v", 0.05));
        double[] x = [0.4, -0.2];
        var (next, jacobian, factor) = (new double[2], new double[4], new double[4]);
        Assert.That(model.Linearize(0.0, 1.0, x, [], next, jacobian, factor), Is.True);
        const int many = 20_000;
        var members = new StateEnsemble(2, onLanes ? many : many / 20);
        for (int i = 0; i < members.Count; i++)
        {
            members.Write(i, x);
        }

        model.Propagate(0.0, 1.0, members, [], new EnsembleNoise(1, 1));
        double count = members.Count;
        for (int i = 0; i < 2; i++)
        {
            double[] values = members.Component(i).ToArray();
            double variance = (factor[2 * i] * factor[2 * i]) + (factor[(2 * i) + 1] * factor[(2 * i) + 1]);
            double mean = values.Average();
            double sampled = values.Sum(value => (value - mean) * (value - mean)) / (count - 1.0);
            Assert.That(mean, Is.EqualTo(next[i]).Within(0.002 + (4.0 * Math.Sqrt(variance / count))));
            Assert.That(sampled, Is.EqualTo(variance).Within((4.0 * variance * Math.Sqrt(2.0 / count)) + (0.03 * variance)));
        }
    }

    [Test]
    public void A_member_that_leaves_the_finite_numbers_is_lost_alone()
    {
        HybridAutomaton explosive = HybridAutomaton.Build("explosive", h =>
        {
            Expr x = h.State("x");
            h.Mode("only").Flow(x, x * x);
        });
        foreach (Solver solver in new Solver[] { new RungeKutta4 { Step = 0.01 }, new DormandPrince5() })
        {
            var propagator = new TransitionPropagator(FlowTransition.For(explosive, "only", solver));
            var members = new StateEnsemble(1, 20);
            members.Component(0).Fill(0.1);
            members.Component(0)[7] = 30.0;
            Assert.That(propagator.Propagate(members, 0.0, 2.0, [], default), Is.EqualTo(1), solver.Name);
            Assert.That(members.IsLost(7), Is.True);
            Assert.That(members.Component(0)[8], Is.EqualTo(0.125).Within(1e-8));
        }
    }

    private static void AgreesOneByOne(TransitionModel model, double[] input, double tolerance)
    {
        var members = new StateEnsemble(2, Count);
        for (int i = 0; i < Count; i++)
        {
            members.Write(i, [Math.Sin(i), Math.Cos(0.7 * i)]);
        }

        var moved = new StateEnsemble(2, Count);
        moved.CopyFrom(members);
        model.Propagate(0.2, 0.9, moved, input, default);
        var (x, alone, together) = (new double[2], new double[2], new double[2]);
        for (int i = 0; i < Count; i++)
        {
            members.Read(i, x);
            Assert.That(model.Propagate(0.2, 0.9, x, input, alone), Is.True);
            moved.Read(i, together);
            Assert.That(together, Is.EqualTo(alone).Within(tolerance));
        }
    }
}
