using System.Text.Json;
using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation;

public class InformationFilterTests
{
    [Test]
    public void Tracking_with_missing_components_agrees_with_the_reference_and_the_Kalman_filter()
    {
        JsonElement data = ReferenceData.Estimation("linear_cv");
        var transition = new LinearTransition(data.Matrix("F"), data.Matrix("Q"));
        var sensor = new LinearMeasurement(data.Matrix("H"), data.Matrix("R"));
        GaussianBelief start = GaussianBelief.FromCovariance(data.Vector("x0"), data.Flat("P0"));
        var filter = new InformationFilter(transition, sensor, start);
        var kalman = new KalmanFilter(transition, sensor, start);
        double[][] expected = data.Rows("filt");
        double[][] measurements = data.Rows("Y");
        for (int k = 0; k < measurements.Length; k++)
        {
            filter.Predict(k + 1);
            kalman.Predict(k + 1);
            Assert.That(filter.Update(measurements[k]), Is.EqualTo(kalman.Update(measurements[k])));
            Assert.That(filter.Belief.Mean.ToArray(), Is.EqualTo(expected[k]).Within(1e-9), $"step {k}");
            Assert.That(filter.Belief.Factor.ToArray(), Is.EqualTo(kalman.Belief.Factor.ToArray()).Within(1e-12));
            Assert.That(filter.Innovation.Whitened.ToArray(), Is.EqualTo(kalman.Innovation.Whitened.ToArray()).Within(1e-12));
            Assert.That(filter.Innovation.LogLikelihood, Is.EqualTo(kalman.Innovation.LogLikelihood).Within(1e-12));
            Assert.That(filter.LogLikelihood, Is.EqualTo(kalman.LogLikelihood).Within(1e-10));
        }

        Assert.That(filter.LogLikelihood, Is.EqualTo(data.Number("loglik")).Within(1e-9));
    }

    [Test]
    public void Nile_from_no_information_has_the_published_diffuse_likelihood()
    {
        JsonElement data = ReferenceData.Estimation("nile");
        var filter = new InformationFilter(
            new LinearTransition(new[,] { { 1.0 } }, new[,] { { data.Number("sigma2_eta") } }),
            new LinearMeasurement(new[,] { { 1.0 } }, new[,] { { data.Number("sigma2_eps") } }),
            GaussianBelief.Unknown(1));
        Assert.That(MeasurementSeries.Of(data.Vector("y")).LogLikelihood(filter), Is.EqualTo(data.Number("loglik_diffuse")).Within(1e-8));
    }

    [Test]
    public void From_no_information_it_becomes_the_Kalman_filter_of_an_exact_diffuse_start()
    {
        // Position and speed pushed by an input, with a sensor that is biased by a third state; two sensors of two rates.
        var transition = new ContinuousLinearTransition(
            new[,] { { 0.0, 1.0, 0.0 }, { 0.0, -0.3, 0.0 }, { 0.0, 0.0, -0.1 } },
            new[,] { { 0.0, 0.0, 0.0 }, { 0.0, 0.2, 0.0 }, { 0.0, 0.0, 0.01 } },
            new[,] { { 0.0 }, { 1.0 }, { 0.0 } });
        var biased = new LinearMeasurement(new[,] { { 1.0, 0.0, 1.0 } }, new[,] { { 0.1 } });
        var both = new LinearMeasurement(new[,] { { 1.0, 0.0, 0.0 }, { 1.0, 0.0, 1.0 } }, new[,] { { 0.3, 0.1 }, { 0.1, 0.2 } });
        var filter = new InformationFilter(transition, biased, GaussianBelief.Unknown(3));
        var kalman = new KalmanFilter(transition, biased, GaussianBelief.Unknown(3));
        var draws = new NormalDraws(2, 0);
        for (int k = 1; k <= 20; k++)
        {
            double[] u = [Math.Cos(k)];
            filter.Predict(0.2 * k, u);
            kalman.Predict(0.2 * k, u);
            double[] z = k % 3 == 0 ? [1.0 + draws.Next(), draws.Next()] : [draws.Next()];
            MeasurementModel sensor = k % 3 == 0 ? both : biased;
            Assert.That(filter.Update(z, sensor), Is.EqualTo(EstimationStatus.Done));
            Assert.That(kalman.Update(z, sensor), Is.EqualTo(EstimationStatus.Done));
            Assert.That(filter.IsDetermined, Is.EqualTo(kalman.Belief.DiffuseRank == 0), $"step {k}");
            if (!filter.IsDetermined)
            {
                Assert.That(filter.Belief.Variance(0), Is.EqualTo(double.PositiveInfinity));
                Assert.That(filter.LogLikelihood, Is.Zero);
                continue;
            }

            Assert.That(filter.Belief.Mean.ToArray(), Is.EqualTo(kalman.Belief.Mean.ToArray()).Within(1e-9));
            Assert.That(filter.Belief.Covariance(), Is.EqualTo(kalman.Belief.Covariance()).Within(1e-9));
            Assert.That(filter.LogLikelihood, Is.EqualTo(kalman.LogLikelihood).Within(1e-9));
        }

        Assert.That(filter.IsDetermined);
    }

    [Test]
    public void Late_measurements_can_be_buffered()
    {
        InformationFilter Make() => new(
            new ContinuousLinearTransition(new[,] { { 0.0, 1.0 }, { 0.0, 0.0 } }, new[,] { { 0.0, 0.0 }, { 0.0, 0.1 } }),
            new LinearMeasurement(new[,] { { 1.0, 0.0 } }, new[,] { { 0.2 } }), GaussianBelief.Unknown(2));
        InformationFilter ordered = Make();
        var buffered = new BufferedEstimator(Make(), horizonSeconds: 2.0);
        foreach ((double time, double z) in new[] { (0.5, 1.0), (1.2, 1.5), (1.9, 2.5) })
        {
            ordered.Predict(time);
            ordered.Update([z]);
        }

        buffered.Predict(0.5);
        buffered.Predict(1.9);
        buffered.Update([2.5]);
        Assert.That(buffered.UpdateAt(1.2, [1.5]), Is.EqualTo(EstimationStatus.Done));
        Assert.That(buffered.UpdateAt(0.5, [1.0]), Is.EqualTo(EstimationStatus.Done));
        Assert.That(buffered.Belief.Mean.ToArray(), Is.EqualTo(ordered.Belief.Mean.ToArray()).Within(1e-12));
        Assert.That(buffered.LogLikelihood, Is.EqualTo(ordered.LogLikelihood).Within(1e-12));
    }

    [Test]
    public void Infinite_information_and_steps_that_cannot_be_undone_are_refused()
    {
        var identity = new[,] { { 1.0, 0.0 }, { 0.0, 1.0 } };
        var sensor = new LinearMeasurement(new[,] { { 1.0, 0.0 } }, new double[1, 1]);
        Assert.That(
            () => new InformationFilter(new LinearTransition(identity, identity), null, new GaussianBelief(2)),
            Throws.TypeOf<ModelException>().With.Message.Contains("singular"));
        var flat = new LinearTransition(new[,] { { 1.0, 1.0 }, { 1.0, 1.0 } }, identity);
        Assert.That(
            () => new InformationFilter(flat, sensor, GaussianBelief.Unknown(2)),
            Throws.TypeOf<ModelException>().With.Message.Contains("sensor of z0").And.Message.Contains("without noise"));
        var filter = new InformationFilter(flat, null, GaussianBelief.Unknown(2));
        Assert.That(filter.Update([1.0], sensor), Is.EqualTo(EstimationStatus.UnsuitableNoise));
        Assert.That(filter.Predict(1.0), Is.EqualTo(EstimationStatus.NotInvertible));
        Assert.That(filter.Time, Is.Zero);
        Assert.That(filter.Factor.ToArray(), Is.All.Zero);
    }

    [Test]
    public void A_step_allocates_nothing()
    {
        JsonElement data = ReferenceData.Estimation("linear_cv");
        var filter = new InformationFilter(
            new LinearTransition(data.Matrix("F"), data.Matrix("Q")),
            new LinearMeasurement(data.Matrix("H"), data.Matrix("R")),
            GaussianBelief.Unknown(4));
        double[][] measurements = data.Rows("Y");
        Allocations.None(
            k =>
            {
                filter.Predict(k + 1);
                filter.Update(measurements[k]);
                _ = filter.Belief;
            },
            first: 0,
            warmUp: 5,
            calls: measurements.Length - 5);
    }
}
