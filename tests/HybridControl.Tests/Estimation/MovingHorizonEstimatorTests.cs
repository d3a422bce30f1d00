using System.Text.Json;
using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation;

public class MovingHorizonEstimatorTests
{
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(5)]
    [TestCase(20)]
    public void Linear_and_without_bounds_it_is_the_Kalman_filter(int horizon)
    {
        JsonElement data = ReferenceData.Estimation("linear_cv");
        var estimator = new MovingHorizonEstimator(
            new LinearTransition(data.Matrix("F"), data.Matrix("Q")),
            new LinearMeasurement(data.Matrix("H"), data.Matrix("R")),
            GaussianBelief.FromCovariance(data.Vector("x0"), data.Flat("P0")),
            horizon);
        double[][] expected = data.Rows("filt");
        double[][] measurements = data.Rows("Y");
        for (int k = 0; k < measurements.Length; k++)
        {
            Assert.That(estimator.Predict(k + 1), Is.EqualTo(EstimationStatus.Done));
            estimator.Update(measurements[k]);
            Assert.That(estimator.Belief.Mean.ToArray(), Is.EqualTo(expected[k]).Within(1e-9), $"step {k}");
        }

        Assert.That(estimator.Belief.Covariance(), Is.EqualTo(data.Flat("filt_P_last")).Within(1e-9));
        Assert.That(estimator.LogLikelihood, Is.EqualTo(data.Number("loglik")).Within(1e-9));
    }

    [TestCase(1)]
    [TestCase(3)]
    public void So_it_is_with_inputs_several_sensors_at_a_time_and_singular_covariances(int horizon)
    {
        var transition = new ContinuousLinearTransition(
            new[,] { { 0.0, 1.0 }, { -1.0, -0.2 } }, new[,] { { 0.0, 0.0 }, { 0.0, 0.1 } }, new[,] { { 0.0 }, { 1.0 } });
        var position = new LinearMeasurement(new[,] { { 1.0, 0.0 } }, new[,] { { 0.2 } });
        var both = new LinearMeasurement(new[,] { { 1.0, 0.0 }, { 1.0, 1.0 } }, new[,] { { 0.3, 0.1 }, { 0.1, 0.2 } });
        GaussianBelief start = GaussianBelief.FromDeviations([1.0, 0.0], [0.0, 0.5]);
        var estimator = new MovingHorizonEstimator(transition, position, start, horizon);
        var kalman = new KalmanFilter(transition, position, start);
        var draws = new NormalDraws(4, 0);
        for (int k = 1; k <= 15; k++)
        {
            double[] u = [Math.Sin(k)];
            double[] one = [draws.Next()];
            double[] two = [draws.Next(), k == 7 ? double.NaN : draws.Next()];
            foreach (IEstimator each in new IEstimator[] { estimator, kalman })
            {
                each.Predict(0.3 * k, u);
                each.Update(one);
                if (k % 2 == 0)
                {
                    each.Update(two, both);
                }
            }

            Assert.That(estimator.Belief.Mean.ToArray(), Is.EqualTo(kalman.Belief.Mean.ToArray()).Within(1e-10), $"step {k}");
            Assert.That(estimator.Belief.Covariance(), Is.EqualTo(kalman.Belief.Covariance()).Within(1e-10), $"step {k}");
            Assert.That(estimator.LogLikelihood, Is.EqualTo(kalman.LogLikelihood).Within(1e-10), $"step {k}");
        }
    }

    [Test]
    public void Bounds_give_the_least_cost_that_a_grid_finds()
    {
        // x1 = 0.8 x0 + w, both measured, both at least 0.2, and w at most half a standard deviation.
        const double Q = 0.5;
        const double R = 0.3;
        var bounds = new HorizonBounds { StateLower = [0.2], NoiseUpper = [0.5] };
        (double First, double Second)[] cases = [(-1.0, 0.7), (0.4, 2.0), (-0.5, -0.5), (1.0, 1.1), (-0.1, 1.5)];
        foreach ((double first, double second) in cases)
        {
            var one = new MovingHorizonEstimator(
                new LinearTransition(new[,] { { 0.8 } }, new[,] { { Q } }),
                new LinearMeasurement(new[,] { { 1.0 } }, new[,] { { R } }),
                GaussianBelief.FromDeviations([0.5], [1.0]),
                horizon: 4)
            { Bounds = bounds };
            Assert.That(one.Update([first]), Is.EqualTo(EstimationStatus.Done));
            Assert.That(one.Predict(1.0), Is.EqualTo(EstimationStatus.Done));
            Assert.That(one.Update([second]), Is.EqualTo(EstimationStatus.Done));
            (double best, double x0, double x1) = (double.PositiveInfinity, 0.0, 0.0);
            const double Step = 0.001;
            for (int i = 0; i <= 2500; i++)
            {
                double a = 0.2 + (i * Step);
                for (int j = 0; j <= 2500; j++)
                {
                    double b = 0.2 + (j * Step);
                    double w = b - (0.8 * a);
                    double cost = ((a - 0.5) * (a - 0.5)) + (w * w / Q) + (((first - a) * (first - a)) + ((second - b) * (second - b))) / R;
                    if (w <= 0.5 * Math.Sqrt(Q) && cost < best)
                    {
                        (best, x0, x1) = (cost, a, b);
                    }
                }
            }

            Assert.That(one.Smoothed(0)[0], Is.EqualTo(x0).Within(2.0 * Step), $"{first}, {second}");
            Assert.That(one.Smoothed(1)[0], Is.EqualTo(x1).Within(2.0 * Step), $"{first}, {second}");
            Assert.That(one.Smoothed(0)[0], Is.GreaterThan(0.2 - 1e-9));
        }
    }

    [Test]
    public void Bounds_that_are_not_reached_change_nothing()
    {
        JsonElement data = ReferenceData.Estimation("linear_cv");
        var estimator = new MovingHorizonEstimator(
            new LinearTransition(data.Matrix("F"), data.Matrix("Q")),
            new LinearMeasurement(data.Matrix("H"), data.Matrix("R")),
            GaussianBelief.FromCovariance(data.Vector("x0"), data.Flat("P0")),
            horizon: 3)
        {
            Bounds = new HorizonBounds { StateLower = [-100, -100, -100, -100], StateUpper = [100, 100, 100, 100] },
        };
        double[][] expected = data.Rows("filt");
        double[][] measurements = data.Rows("Y");
        for (int k = 0; k < measurements.Length; k++)
        {
            estimator.Predict(k + 1);
            estimator.Update(measurements[k]);
            Assert.That(estimator.Belief.Mean.ToArray(), Is.EqualTo(expected[k]).Within(1e-9), $"step {k}");
        }
    }

    [Test]
    public void A_swinging_pendulum_is_followed_at_least_as_well_as_by_the_extended_filter()
    {
        JsonElement data = ReferenceData.Estimation("pendulum");
        (ExpressionTransition transition, ExpressionMeasurement sensor) = ReferenceModels.Pendulum(data);
        double dt = data.Number("dt");
        GaussianBelief start = GaussianBelief.FromDeviations([1.5, 0.0], [0.6, 1.0]);
        (double horizon, double extended) = (0.0, 0.0);
        var g = new double[2 * transition.NoiseCount];
        double deviation = Math.Sqrt(data.Matrix("R")[0, 0]);
        for (int run = 0; run < 30; run++)
        {
            var draws = new NormalDraws(77, run);
            double[] x = start.Mean.ToArray();
            transition.Geometry.Add(x, draws.Times(start.Factor, 2));
            var mhe = new MovingHorizonEstimator(transition, sensor, start, horizon: 10);
            var ekf = new ExtendedKalmanFilter(transition, sensor, start);
            for (int k = 1; k <= 60; k++)
            {
                var next = new double[2];
                transition.Propagate(0.0, dt, x, [], next);
                transition.Noise(0.0, dt, x, [], g);
                transition.Geometry.Add(next, draws.Times(g, 2));
                x = next;
                double[] z = [Math.Sin(x[0]) + (deviation * draws.Next())];
                Assert.That(mhe.Predict(k * dt), Is.EqualTo(EstimationStatus.Done));
                Assert.That(mhe.Update(z), Is.EqualTo(EstimationStatus.Done));
                ekf.Predict(k * dt);
                ekf.Update(z);
                horizon += Square(mhe.Belief, x);
                extended += Square(ekf.Belief, x);
            }
        }

        TestContext.Out.WriteLine($"RMSE {Math.Sqrt(horizon / 3600):F4} (moving horizon), {Math.Sqrt(extended / 3600):F4} (extended)");
        Assert.That(horizon, Is.LessThanOrEqualTo(extended));
    }

    [Test]
    public void What_cannot_be_is_told_and_the_last_belief_is_kept()
    {
        var transition = new LinearTransition(new[,] { { 1.0 } }, new[,] { { 0.0 } });
        var sensor = new LinearMeasurement(new[,] { { 1.0 } }, new[,] { { 1.0 } });
        Assert.That(
            () => new MovingHorizonEstimator(transition, sensor, new GaussianBelief(1), horizon: 0),
            Throws.TypeOf<ModelException>().With.Message.Contains("horizon"));
        Assert.That(
            () => new MovingHorizonEstimator(transition, sensor, new GaussianBelief(1), 2) { Bounds = new HorizonBounds { StateLower = [1.0], StateUpper = [0.0] } },
            Throws.TypeOf<ModelException>().With.Message.Contains("bounds.state[0]"));
        var exact = new LinearMeasurement(new[,] { { 1.0 } }, new double[1, 1]);
        Assert.That(
            () => new MovingHorizonEstimator(transition, exact, new GaussianBelief(1), 2),
            Throws.TypeOf<ModelException>().With.Message.Contains("sensor of z0").And.Message.Contains("without noise"));
        var noisy = new MovingHorizonEstimator(transition, sensor, GaussianBelief.FromDeviations([0.0], [1.0]), 2);
        Assert.That(noisy.Update([1.0], exact), Is.EqualTo(EstimationStatus.UnsuitableNoise));
        Assert.That(noisy.Belief.Mean[0], Is.Zero);
        Assert.That(noisy.Update([1.0]), Is.EqualTo(EstimationStatus.Done));
        Assert.That(noisy.Belief.Mean[0], Is.EqualTo(0.5).Within(1e-15));
        // A state known to be 0 cannot be at least 1.
        var impossible = new MovingHorizonEstimator(transition, sensor, new GaussianBelief(1), 2) { Bounds = new HorizonBounds { StateLower = [1.0] } };
        Assert.That(impossible.Update([3.0]), Is.EqualTo(EstimationStatus.Contradiction));
        Assert.That(impossible.Belief.Mean[0], Is.Zero);
        Assert.That(impossible.Update([double.NaN]), Is.EqualTo(EstimationStatus.Missing));
    }

    [Test]
    public void A_step_allocates_nothing_once_the_window_is_full()
    {
        JsonElement data = ReferenceData.Estimation("pendulum");
        (ExpressionTransition transition, ExpressionMeasurement sensor) = ReferenceModels.Pendulum(data);
        var estimator = new MovingHorizonEstimator(transition, sensor, GaussianBelief.FromDeviations([1.0, 0.0], [0.3, 0.3]), horizon: 5)
        {
            Bounds = new HorizonBounds { StateLower = [-0.9, -10.0] },
        };
        double[] z = [0.0];
        Allocations.None(
            k =>
            {
                estimator.Predict(0.05 * k);
                z[0] = Math.Sin(0.2 * k);
                estimator.Update(z);
            },
            first: 1,
            warmUp: 14,
            calls: 26);
    }

    private static double Square(GaussianBelief belief, double[] x) =>
        ((belief.Mean[0] - x[0]) * (belief.Mean[0] - x[0])) + ((belief.Mean[1] - x[1]) * (belief.Mean[1] - x[1]));
}
