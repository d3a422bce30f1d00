using System.Text.Json;
using HybridControl.Automata;
using HybridControl.Estimation;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation;

public class ExtendedKalmanFilterTests
{
    [Test]
    public void Pendulum_agrees_with_the_reference() => ReferenceModels.AssertPendulum(
        "ekf", (transition, sensor, initial) => new ExtendedKalmanFilter(transition, sensor, initial), 1e-9);

    [Test]
    public void Van_der_Pol_in_continuous_time_agrees_with_the_reference()
    {
        JsonElement data = ReferenceData.Estimation("cd_ekf_vdp");
        HybridAutomaton oscillator = HybridAutomaton.Build("oscillator", h =>
        {
            Expr x = h.State("x");
            Expr v = h.State("v");
            h.Mode("only").Flow((x, v), (v, (data.Number("mu") * (1.0 - (x * x)) * v) - x));
        });
        FlowTransition transition = FlowTransition.For(
            oscillator, "only", new DormandPrince5 { RelativeTolerance = 1e-12, AbsoluteTolerance = 1e-14 },
            ("v", Math.Sqrt(data.Matrix("Qc")[1, 1])));
        var filter = new ExtendedKalmanFilter(
            transition,
            new LinearMeasurement(data.Matrix("H"), data.Matrix("R")),
            GaussianBelief.FromCovariance(data.Vector("x0"), data.Flat("P0")));
        double[] times = data.Vector("t");
        double[][] means = data.Rows("x");
        double[][] measurements = data.Rows("Y");
        double[][] covariances = [.. data.GetProperty("P").EnumerateArray().Select(ReferenceData.Flat)];
        for (int k = 0; k < times.Length; k++)
        {
            Assert.That(filter.Predict(times[k]), Is.EqualTo(EstimationStatus.Done));
            filter.Update(measurements[k]);
            Assert.That(filter.Belief.Mean.ToArray(), Is.EqualTo(means[k]).Within(1e-9), $"step {k}");
            Assert.That(filter.Belief.Covariance(), Is.EqualTo(covariances[k]).Within(1e-9), $"step {k}");
        }

        Assert.That(filter.LogLikelihood, Is.EqualTo(data.Number("loglik")).Within(1e-8));
    }
}
