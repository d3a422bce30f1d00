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
