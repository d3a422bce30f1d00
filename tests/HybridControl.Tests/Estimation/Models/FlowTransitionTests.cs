using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Estimation;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation.Models;

public class FlowTransitionTests
{
    [Test]
    public void A_linear_flow_agrees_with_its_exact_discretisation()
    {
        HybridAutomaton oscillator = HybridAutomaton.Build("oscillator", h =>
        {
            Expr x = h.State("x");
            Expr v = h.State("v");
            Expr u = h.Input("u", new ConstantSignal(0.0));
            h.Mode("only").Flow((x, v), (v, (-4.0 * x) - (0.3 * v) + u));
        });
        FlowTransition flow = FlowTransition.For(oscillator, "only", TightSolvers.One, ("v", 0.7));
        var exact = new ContinuousLinearTransition(
            new[,] { { 0.0, 1.0 }, { -4.0, -0.3 } }, new[,] { { 0.0, 0.0 }, { 0.0, 0.49 } }, new[,] { { 0.0 }, { 1.0 } });
        (double[] a, double[] fa, double[] qa) = Linearize(flow, [1.0, -0.5], [0.8]);
        (double[] b, double[] fb, double[] qb) = Linearize(exact, [1.0, -0.5], [0.8]);
        Assert.That(a, Is.EqualTo(b).Within(1e-9));
        Assert.That(fa, Is.EqualTo(fb).Within(1e-9));
        Assert.That(qa, Is.EqualTo(qb).Within(1e-8));
    }

    [Test]
    public void Signals_of_the_model_drive_it_where_no_inputs_are_given_breakpoints_included()
    {
        HybridAutomaton integrator = HybridAutomaton.Build("integrator", h =>
        {
            Expr x = h.State("x");
            Expr u = h.Input("u", new StepSignal(0.3, 1.0, 5.0));
            h.Mode("only").Flow(x, u);
        });
        FlowTransition flow = FlowTransition.For(integrator, "only");
        double[] next = new double[1];
        Assert.That(flow.Propagate(0.0, 1.0, [0.0], [], next));
        Assert.That(next[0], Is.EqualTo(0.3 + (0.7 * 5.0)).Within(1e-12));
        Assert.That(flow.Propagate(0.0, 1.0, [0.0], [2.0], next));
        Assert.That(next[0], Is.EqualTo(2.0).Within(1e-12), "a value that is given is held");
    }

    [Test]
    public void A_flow_that_escapes_to_infinity_is_told_and_the_belief_stays()
    {
        HybridAutomaton escape = HybridAutomaton.Build("escape", h =>
        {
            Expr x = h.State("x", initial: 1.0);
            h.Mode("only").Flow(x, x * x);
        });
        var filter = new ExtendedKalmanFilter(
            FlowTransition.For(escape, "only"), null, GaussianBelief.FromDeviations([1.0], [0.1]));
        Assert.That(filter.Predict(0.5), Is.EqualTo(EstimationStatus.Done));
        Assert.That(filter.Belief.Mean[0], Is.EqualTo(2.0).Within(1e-6));
        Assert.That(filter.Predict(2.0), Is.EqualTo(EstimationStatus.FlowFailed));
        Assert.That(filter.Time, Is.EqualTo(0.5));
        Assert.That(filter.Belief.Mean[0], Is.EqualTo(2.0).Within(1e-6));
    }

    [Test]
    public void Unknown_states_of_noise_are_refused_all_at_once()
    {
        HybridAutomaton model = HybridAutomaton.Build("model", h => h.Mode("only").Flow(h.State("speed"), Expr.One));
        ModelException refused = Assert.Throws<ModelException>(() => FlowTransition.For(model, "only", ("sped", 1.0), ("y", 1.0)))!;
        Assert.That(refused.Findings.Select(finding => finding.Where), Is.EqualTo(new[] { "noise.sped", "noise.y" }));
        Assert.That(refused.Message, Does.Contain("Did you mean 'speed'?"));
    }

    private static (double[] Next, double[] Jacobian, double[] Covariance) Linearize(TransitionModel model, double[] x, double[] input)
    {
        int n = model.StateCount;
        double[] next = new double[n];
        double[] jacobian = new double[n * n];
        double[] noise = new double[n * model.NoiseCount];
        Assert.That(model.Linearize(0.2, 1.1, x, input, next, jacobian, noise));
        double[] covariance = new double[n * n];
        HybridControl.Numerics.Dense.MultiplyTransposed(noise, noise, covariance, n, model.NoiseCount, n);
        return (next, jacobian, covariance);
    }
}
