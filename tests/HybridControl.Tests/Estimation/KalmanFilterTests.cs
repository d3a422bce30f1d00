using System.Text.Json;
using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation;

public class KalmanFilterTests
{
    private const double Tolerance = 1e-9;

    [Test]
    public void Tracking_with_missing_components_agrees_with_the_reference()
    {
        JsonElement data = ReferenceData.Estimation("linear_cv");
        KalmanFilter filter = ReferenceModels.Tracker(data);
        double[][] expected = data.Rows("filt");
        double[] squares = data.Vector("nis");
        double[][] measurements = data.Rows("Y");
        for (int k = 0; k < measurements.Length; k++)
        {
            filter.Predict(k + 1);
            EstimationStatus status = filter.Update(measurements[k]);
            Assert.That(filter.Belief.Mean.ToArray(), Is.EqualTo(expected[k]).Within(Tolerance), $"step {k}");
            if (double.IsNaN(squares[k]))
            {
                Assert.That(filter.Innovation.Count, Is.LessThan(2));
            }
            else
            {
                Assert.That(status, Is.EqualTo(EstimationStatus.Done));
                Assert.That(filter.Innovation.NormalizedSquare, Is.EqualTo(squares[k]).Within(Tolerance));
            }

            if (k == 11)
            {
                Assert.That(filter.Belief.Covariance(), Is.EqualTo(data.Flat("filt_P_at_12")).Within(Tolerance));
            }
        }

        Assert.That(filter.Belief.Covariance(), Is.EqualTo(data.Flat("filt_P_last")).Within(Tolerance));
        Assert.That(filter.LogLikelihood, Is.EqualTo(data.Number("loglik")).Within(Tolerance));
    }

    [Test]
    public void Nile_agrees_with_the_published_likelihood()
    {
        JsonElement data = ReferenceData.Estimation("nile");
        KalmanFilter filter = ReferenceModels.Nile(data);
        double[] mean = data.Vector("filt_mean");
        double[] variance = data.Vector("filt_var");
        double[] index = data.Vector("index0");
        double[] y = data.Vector("y");
        for (int k = 0; k < y.Length; k++)
        {
            filter.Predict(k); // the first prediction is to the time of the prior
            filter.Update([y[k]]);
            int at = Array.IndexOf(index, k);
            if (at >= 0)
            {
                Assert.That(filter.Belief.Mean[0], Is.EqualTo(mean[at]).Within(Tolerance * mean[at]));
                Assert.That(filter.Belief.Variance(0), Is.EqualTo(variance[at]).Within(Tolerance * variance[at]));
            }
        }

        Assert.That(filter.LogLikelihood, Is.EqualTo(data.Number("loglik_known_init")).Within(Tolerance * 1000.0));
    }

    [Test]
    public void Nile_with_missing_years_has_the_likelihood_of_the_years_that_are_there()
    {
        JsonElement data = ReferenceData.Estimation("nile");
        KalmanFilter filter = ReferenceModels.Nile(data);
        double[] y = data.Vector("y");
        for (int k = 0; k < y.Length; k++)
        {
            filter.Predict(k);
            bool missing = k is (>= 20 and < 40) or (>= 60 and < 80);
            Assert.That(
                filter.Update([missing ? double.NaN : y[k]]),
                Is.EqualTo(missing ? EstimationStatus.Missing : EstimationStatus.Done));
        }

        Assert.That(filter.LogLikelihood, Is.EqualTo(data.GetProperty("missing").Number("loglik")).Within(1e-6));
    }

    [Test]
    public void An_ill_conditioned_update_keeps_its_digits()
    {
        foreach (JsonElement item in ReferenceData.Estimation("ill_conditioned_exact").GetProperty("cases").EnumerateArray())
        {
            double delta = item.Number("delta");
            double[] expected = item.Flat("P_post");
            var transition = new LinearTransition(Identity(3, 1.0), Identity(3, 0.0));
            var sensor = new LinearMeasurement(item.Matrix("H"), Identity(2, delta * delta));
            var filter = new KalmanFilter(transition, sensor, GaussianBelief.FromDeviations([0, 0, 0], [1, 1, 1]));
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

    [Test]
    public void An_exact_measurement_leaves_no_doubt_and_a_contradiction_is_told()
    {
        var filter = new KalmanFilter(
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

    [Test]
    public void What_does_not_fit_is_refused_by_name()
    {
        JsonElement data = ReferenceData.Estimation("linear_cv");
        KalmanFilter filter = ReferenceModels.Tracker(data);
        Assert.That(() => filter.Update([1.0]), Throws.TypeOf<ModelException>().With.Message.Contains("measurement"));
        Assert.That(filter.Update([double.PositiveInfinity, 0.0]), Is.EqualTo(EstimationStatus.InfiniteMeasurement));
        filter.Predict(5);
        Assert.That(filter.Predict(4), Is.EqualTo(EstimationStatus.OutOfOrder));
        Assert.That(filter.Time, Is.EqualTo(5));
        Assert.That(
            () => new LinearMeasurement(new[,] { { 1.0, 0.0 }, { 0.0, 1.0 } }, new[,] { { 1.0, 2.0 }, { 2.0, 1.0 } }),
            Throws.TypeOf<ModelException>().With.Message.Contains("sensor.R"));
    }

    [Test]
    public void The_gate_keeps_outliers_out()
    {
        var filter = new KalmanFilter(
            new LinearTransition(Identity(1, 1.0), Identity(1, 0.0)),
            new LinearMeasurement(Identity(1, 1.0), Identity(1, 1.0)),
            GaussianBelief.FromDeviations([0], [1]))
        { GateProbability = 0.99 };
        // chi-square 0.99 with one degree of freedom is 6.6349; S = 2.
        Assert.That(filter.Update([Math.Sqrt(2.0 * 6.64)]), Is.EqualTo(EstimationStatus.Gated));
        Assert.That(filter.Belief.Mean[0], Is.Zero);
        Assert.That(filter.Update([Math.Sqrt(2.0 * 6.63)]), Is.EqualTo(EstimationStatus.Done));
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
