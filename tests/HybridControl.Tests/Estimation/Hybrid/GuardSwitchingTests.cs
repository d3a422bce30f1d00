using System.Text.Json;
using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Numerics;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation.Hybrid;

public class GuardSwitchingTests
{
    private static Expr State(string name) => Expr.Variable(VariableKind.State, name);

    [Test]
    public void Thermostat_follows_the_exact_posterior_where_a_chain_cannot()
    {
        JsonElement data = ReferenceData.Estimation("hybrid_thermostat_exact");
        Deviations guards = Run(data, Guards(data));
        TestContext.Out.WriteLine($"guards: {guards}");
        double best = double.PositiveInfinity;
        for (double on = 0.02; on < 0.3; on += 0.04)
        {
            for (double off = 0.02; off < 0.3; off += 0.04)
            {
                Deviations chain = Run(data, MarkovChain.FromRows([1.0 - on, on], [off, 1.0 - off]));
                best = Math.Min(best, chain.Probability);
            }
        }

        TestContext.Out.WriteLine($"best chain of 49: rms of p(on) {best:F4}");
        Assert.That(guards.Probability, Is.LessThan(0.0105));
        Assert.That(guards.WorstProbability, Is.LessThan(0.04));
        Assert.That(guards.Mean, Is.LessThan(0.016));
        Assert.That(guards.Variance, Is.LessThan(0.08));
        Assert.That(guards.LogLikelihood, Is.LessThan(0.06));
        Assert.That(guards.Probability, Is.LessThan(0.05 * best));
    }

    [Test]
    public void Probabilities_and_moments_of_one_guard_are_those_of_the_truncated_Gaussian()
    {
        string[] states = ["x", "y"];
        GaussianBelief belief = GaussianBelief.FromCovariance([0.4, 1.0], [1.0, 0.5, 0.5, 2.0]);
        var switching = new GuardSwitching(
            states, 2, [new GuardedTransition(0, 1, State("x") + (0.5 * State("y")) >= 2.0) { Reset = [("x", -0.5 * State("x"))] }]);
        (double[] probabilities, GaussianBelief[] parts) = Divide(switching, 0, belief);

        double spread = Math.Sqrt(1.0 + 0.5 + 0.5);
        NormalTail over = NormalTail.Above(-1.1 / spread);
        Assert.That(probabilities[1], Is.EqualTo(over.Probability).Within(1e-14));
        Assert.That(probabilities[0] + probabilities[1], Is.EqualTo(1.0).Within(1e-15));
        double[] gain = [1.25 / spread, 1.5 / spread];
        Assert.That(parts[1].Mean[0], Is.EqualTo(-0.5 * (0.4 + (gain[0] * over.Mean))).Within(1e-13));
        Assert.That(parts[1].Mean[1], Is.EqualTo(1.0 + (gain[1] * over.Mean)).Within(1e-13));
        Assert.That(parts[1].Variance(0), Is.EqualTo(0.25 * (1.0 - (gain[0] * gain[0] * (1.0 - over.Variance)))).Within(1e-13));
        NormalTail under = NormalTail.Above(1.1 / spread);
        Assert.That(parts[0].Mean[0], Is.EqualTo(0.4 - (gain[0] * under.Mean)).Within(1e-13));
    }

    [Test]
    public void Guards_that_compete_never_add_up_to_more_than_one()
    {
        string[] states = ["x"];
        GaussianBelief belief = GaussianBelief.FromDeviations([0.0], [1.0]);
        var switching = new GuardSwitching(
            states, 3, [new GuardedTransition(0, 1, State("x") >= -0.5), new GuardedTransition(0, 2, State("x") <= 0.5), new GuardedTransition(0, 0, State("x") <= 9.0)]);
        (double[] probabilities, GaussianBelief[] parts) = Divide(switching, 0, belief);
        double first = NormalTail.Above(0.5).Probability;
        Assert.That(probabilities[1], Is.EqualTo(first).Within(1e-14));
        Assert.That(probabilities.Sum(), Is.EqualTo(1.0).Within(1e-14));
        Assert.That(probabilities[2], Is.EqualTo(1.0 - first).Within(0.002), "all that is left is below 0.5; as a Gaussian, nearly all");
        Assert.That(parts[2].Mean[0], Is.LessThan(-1.0));
    }

    // The exact probability of a quadrant is 1/4 + asin(rho) / (2 pi); a Gaussian in place of a half of one is the error.
    [TestCase(0.0, 1e-12)]
    [TestCase(0.5, 0.001)]
    [TestCase(-0.5, 0.001)]
    [TestCase(0.9, 0.004)]
    public void Two_half_spaces_are_a_quadrant_to_less_than_half_a_hundredth(double correlation, double tolerance)
    {
        string[] states = ["h", "v"];
        GaussianBelief belief = GaussianBelief.FromCovariance([0.0, 0.0], [1.0, correlation, correlation, 1.0]);
        var switching = new GuardSwitching(states, 2, [new GuardedTransition(0, 1, (State("h") <= 0.0) & (State("v") < 0.0))]);
        (double[] probabilities, GaussianBelief[] parts) = Divide(switching, 0, belief);
        double exact = 0.25 + (Math.Asin(correlation) / (2.0 * Math.PI));
        TestContext.Out.WriteLine($"rho {correlation}: {probabilities[1]:F4} for {exact:F4}");
        Assert.That(probabilities[1], Is.EqualTo(exact).Within(tolerance));
        double total = (probabilities[0] * parts[0].Mean[0]) + (probabilities[1] * parts[1].Mean[0]);
        Assert.That(total, Is.Zero.Within(1e-14), "the parts make up the whole");
    }

    [Test]
    public void A_guard_far_away_gives_small_numbers_and_no_nonsense()
    {
        string[] states = ["x"];
        var switching = new GuardSwitching(states, 2, [new GuardedTransition(0, 1, State("x") >= 30.0), new GuardedTransition(1, 0, State("x") >= 1e6)]);
        GaussianBelief belief = GaussianBelief.FromDeviations([0.0], [1.0]);
        (double[] probabilities, GaussianBelief[] parts) = Divide(switching, 0, belief);
        Assert.That(Math.Log(probabilities[1]), Is.EqualTo(-454.32124395634319).Within(1e-9));
        Assert.That(parts[1].Mean[0], Is.EqualTo(30.033259667433677).Within(1e-9));
        (probabilities, parts) = Divide(switching, 1, belief);
        Assert.That(probabilities, Is.EqualTo(new[] { 0.0, 1.0 }));
        Assert.That(parts[1].Covariance(), Is.EqualTo(new[] { 1.0 }).Within(1e-15));
    }

    [Test]
    public void A_step_allocates_nothing()
    {
        JsonElement data = ReferenceData.Estimation("hybrid_thermostat_exact");
        InteractingMultipleModel imm = Thermostat(data, Guards(data));
        double[] z = [20.0];
        Allocations.None(
            k =>
            {
                imm.Predict(0.1 * k);
                imm.Update(z);
            },
            first: 1,
            warmUp: 1,
            calls: 48);
    }

    [Test]
    public void What_does_not_fit_is_refused_with_every_finding()
    {
        ModelException refusal = Assert.Throws<ModelException>(() => new GuardSwitching(
            ["x"], 2, [new GuardedTransition(0, 2, State("x") > 0.0) { Deviation = -1.0, Reset = [("y", 0.0)] }]))!;
        Assert.That(refusal.Findings, Has.Length.EqualTo(3));
        Assert.That(
            () => new GuardSwitching(["x"], 2, [new GuardedTransition(0, 1, Condition.Crosses(State("x")))]),
            Throws.TypeOf<ModelException>().With.Message.Contains("crosses"));
        Assert.That(
            () => new GuardSwitching(["temp"], 2, [new GuardedTransition(0, 1, State("tmp") > 0.0)]),
            Throws.TypeOf<ModelException>().With.Message.Contains("tmp"));
    }

    private static (double[] Probabilities, GaussianBelief[] Parts) Divide(GuardSwitching switching, int mode, GaussianBelief belief)
    {
        double[] probabilities = new double[switching.ModeCount];
        GaussianBelief[] parts = [.. Enumerable.Range(0, switching.ModeCount).Select(_ => new GaussianBelief(belief.Dimension))];
        switching.Divide(mode, 0.0, 1.0, belief, probabilities, parts);
        return (probabilities, parts);
    }

    internal static GuardSwitching Guards(JsonElement data)
    {
        JsonElement p = data.GetProperty("params");
        double deviation = Math.PI / (Math.Sqrt(3.0) * p.Number("ks"));
        Expr temperature = State("T");
        return new GuardSwitching(
            ["T"], 2,
            [
                new GuardedTransition(0, 1, temperature <= p.Number("lo")) { Deviation = deviation, Law = ThresholdLaw.Logistic },
                new GuardedTransition(1, 0, temperature >= p.Number("hi")) { Deviation = deviation, Law = ThresholdLaw.Logistic },
            ]);
    }

    internal static InteractingMultipleModel Thermostat(JsonElement data, ModeSwitching switching)
    {
        JsonElement p = data.GetProperty("params");
        double gain = p.Number("a") * p.Number("dt");
        var sensor = new LinearMeasurement(new[,] { { 1.0 } }, new[,] { { Math.Pow(p.Number("rstd"), 2) } });
        return new InteractingMultipleModel(
            [.. p.Vector("Tamb").Select(ambient => new KalmanFilter(
                ExpressionTransition.Build(m =>
                {
                    Expr temperature = m.State("T");
                    m.Next(temperature, temperature + (gain * (ambient - temperature)));
                    m.Noise(new[,] { { Math.Pow(p.Number("qstd"), 2) } });
                }),
                sensor, GaussianBelief.FromDeviations([20.5], [1.5])))],
            switching);
    }

    private static Deviations Run(JsonElement data, ModeSwitching switching)
    {
        InteractingMultipleModel imm = Thermostat(data, switching);
        double[] y = data.Vector("Y");
        (double[] on, double[] mean, double[] variance) = (data.Vector("p_on"), data.Vector("mean"), data.Vector("var"));
        (double p, double worst, double m, double v) = (0.0, 0.0, 0.0, 0.0);
        for (int k = 0; k < y.Length; k++)
        {
            imm.Predict(k + 1);
            imm.Update([y[k]]);
            double error = imm.ModeProbabilities[1] - on[k];
            p += error * error;
            worst = Math.Max(worst, Math.Abs(error));
            m += Math.Pow(imm.Belief.Mean[0] - mean[k], 2);
            v += Math.Pow((imm.Belief.Variance(0) / variance[k]) - 1.0, 2);
        }

        double Rms(double sum) => Math.Sqrt(sum / y.Length);
        return new Deviations(Rms(p), worst, Rms(m), Rms(v), Math.Abs(imm.LogLikelihood - data.Number("loglik")));
    }

    /// <summary>How far an estimator is from the posterior on a dense grid: root mean squares, the variance relative.</summary>
    private sealed record Deviations(double Probability, double WorstProbability, double Mean, double Variance, double LogLikelihood);
}
