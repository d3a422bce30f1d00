using System.Text.Json;
using HybridControl.Estimation;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation;

/// <summary>What the two factor forms, square root and UD, must be able to do alike.</summary>
public class FactorFormTests
{
    [TestCaseSource(nameof(Forms))]
    public void An_ill_conditioned_update_keeps_its_digits(Maker make)
    {
        foreach (JsonElement item in ReferenceData.Estimation("ill_conditioned_exact").GetProperty("cases").EnumerateArray())
        {
            double delta = item.Number("delta");
            double[] expected = item.Flat("P_post");
            var transition = new LinearTransition(Identity(3, 1.0), Identity(3, 0.0));
            var sensor = new LinearMeasurement(item.Matrix("H"), Identity(2, delta * delta));
            GaussianFilter filter = make(transition, sensor, GaussianBelief.FromDeviations([0, 0, 0], [1, 1, 1]));
            filter.Update([0.0, 0.0]);
            double[] covariance = filter.Belief.Covariance();
            double worst = 0.0;
            for (int i = 0; i < 9; i++)
            {
                worst = Math.Max(worst, Math.Abs(covariance[i] - expected[i]) / Math.Abs(expected[i]));
            }

            TestContext.Out.WriteLine($"delta {delta:E0}: largest relative error {worst:E1}");
            Assert.That(worst, Is.LessThan(1e-5), $"delta {delta}");
        }
    }

    [TestCaseSource(nameof(Forms))]
    public void An_exact_measurement_leaves_no_doubt_and_a_contradiction_is_told(Maker make)
    {
        GaussianFilter filter = make(
            new LinearTransition(Identity(2, 1.0), Identity(2, 0.0)),
            new LinearMeasurement(new[,] { { 1.0, 1.0 } }, new double[1, 1]),
            GaussianBelief.FromDeviations([0, 0], [1, 2]));
        Assert.That(filter.Update([3.0]), Is.EqualTo(EstimationStatus.Done));
        Assert.That(filter.Belief.Mean.ToArray(), Is.EqualTo(new[] { 0.6, 2.4 }).Within(1e-14));
        Assert.That(filter.Belief.Covariance(), Is.EqualTo(new[] { 0.8, -0.8, -0.8, 0.8 }).Within(1e-14));
        Assert.That(filter.Update([3.0]), Is.EqualTo(EstimationStatus.Done), "the same again says nothing new");
        Assert.That(filter.Belief.Mean.ToArray(), Is.EqualTo(new[] { 0.6, 2.4 }).Within(1e-14));
        Assert.That(filter.Belief.Covariance(), Is.EqualTo(new[] { 0.8, -0.8, -0.8, 0.8 }).Within(1e-14));
        GaussianBelief before = filter.Belief.Copy();
        Assert.That(filter.Update([4.0]), Is.EqualTo(EstimationStatus.Contradiction));
        Assert.That(filter.Belief.Mean.ToArray(), Is.EqualTo(before.Mean.ToArray()));
    }

    [TestCaseSource(nameof(Forms))]
    public void Tracking_agrees_with_the_reference(Maker make)
    {
        JsonElement data = ReferenceData.Estimation("linear_cv");
        GaussianFilter filter = make(
            new LinearTransition(data.Matrix("F"), data.Matrix("Q")),
            new LinearMeasurement(data.Matrix("H"), data.Matrix("R")),
            GaussianBelief.FromCovariance(data.Vector("x0"), data.Flat("P0")));
        double[][] expected = data.Rows("filt");
        double[][] measurements = data.Rows("Y");
        for (int k = 0; k < measurements.Length; k++)
        {
            filter.Predict(k + 1);
            filter.Update(measurements[k]);
            Assert.That(filter.Belief.Mean.ToArray(), Is.EqualTo(expected[k]).Within(1e-9), $"step {k}");
        }

        Assert.That(filter.Belief.Covariance(), Is.EqualTo(data.Flat("filt_P_last")).Within(1e-9));
        Assert.That(filter.LogLikelihood, Is.EqualTo(data.Number("loglik")).Within(1e-9));
    }

    [TestCase(0.1)]
    [TestCase(0.0)]
    public void UD_is_the_Kalman_filter(double processNoise) =>
        KalmanEquivalence.Require("UD", (f, h, p) => new UdKalmanFilter(f, h, p), processNoise, 1e-12);

    [TestCaseSource(nameof(Forms))]
    public void Priors_noises_and_sensors_may_all_be_singular(Maker make)
    {
        // x2 = x0 + x1 without doubt; x0 is known; z0 = x1 exactly, z1 = z0 and noise of rank one that z2 shares.
        GaussianFilter filter = make(
            new LinearTransition(new double[,] { { 1, 0, 0 }, { 0, 1, 0 }, { 1, 1, 0 } }, new double[,] { { 0, 0, 0 }, { 0, 4, 4 }, { 0, 4, 4 } }),
            new LinearMeasurement(
                new double[,] { { 0, 1, 0 }, { 0, 1, 0 }, { 0, 0, 1 } }, new double[,] { { 0, 0, 0 }, { 0, 1, 2 }, { 0, 2, 4 } }),
            GaussianBelief.FromFactor([3, 0, 3], [0.0, 1.0, 1.0]));
        Assert.That(filter.Predict(1.0), Is.EqualTo(EstimationStatus.Done));
        Assert.That(filter.Belief.Covariance(), Is.EqualTo(new double[] { 0, 0, 0, 0, 5, 5, 0, 5, 5 }).Within(1e-14));
        Assert.That(filter.Update([1.0, 1.5, 5.0]), Is.EqualTo(EstimationStatus.Done));
        Assert.That(filter.Belief.Mean.ToArray(), Is.EqualTo(new[] { 3.0, 1.0, 4.0 }).Within(1e-14));
        Assert.That(filter.Belief.Covariance(), Is.All.Zero.Within(1e-28));

        // S has rank two: z0 of variance 5, and the noise of variance 1; nu = [1, 1.5, 2] = [1, 1, 1] + 0.5 [0, 1, 2].
        Assert.That(filter.Innovation.NormalizedSquare, Is.EqualTo(0.2 + 0.25).Within(1e-13));
        double logLikelihood = -0.5 * (0.45 + Math.Log(5.0) + (2.0 * Math.Log(2.0 * Math.PI)));
        Assert.That(filter.Innovation.LogLikelihood, Is.EqualTo(logLikelihood).Within(1e-13));
        Assert.That(filter.Update([1.0, 1.5, 6.0]), Is.EqualTo(EstimationStatus.Contradiction));
    }

    public delegate GaussianFilter Maker(TransitionModel transition, MeasurementModel sensor, GaussianBelief initial);

    private static IEnumerable<TestCaseData> Forms()
    {
        yield return new TestCaseData((Maker)((f, h, p) => new KalmanFilter(f, h, p))).SetArgDisplayNames("square root");
        yield return new TestCaseData((Maker)((f, h, p) => new UdKalmanFilter(f, h, p))).SetArgDisplayNames("UD");
    }

    private static double[,] Identity(int n, double scale)
    {
        var matrix = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            matrix[i, i] = scale;
        }

        return matrix;
    }
}
