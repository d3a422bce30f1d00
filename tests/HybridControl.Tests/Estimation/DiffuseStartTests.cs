using System.Text.Json;
using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation;

public class DiffuseStartTests
{
    [Test]
    public void Nile_has_the_published_diffuse_likelihood()
    {
        JsonElement data = ReferenceData.Estimation("nile");
        var filter = new KalmanFilter(
            new LinearTransition(new[,] { { 1.0 } }, new[,] { { data.Number("sigma2_eta") } }),
            new LinearMeasurement(new[,] { { 1.0 } }, new[,] { { data.Number("sigma2_eps") } }),
            GaussianBelief.Unknown(1));
        double[] y = data.Vector("y");
        Assert.That(filter.Belief.Variance(0), Is.EqualTo(double.PositiveInfinity));
        for (int k = 0; k < y.Length; k++)
        {
            filter.Predict(k);
            Assert.That(filter.Update([y[k]]), Is.EqualTo(EstimationStatus.Done));
            if (k == 0)
            {
                Assert.That(filter.Belief.Mean[0], Is.EqualTo(y[0]));
                Assert.That(filter.Belief.Variance(0), Is.EqualTo(data.Number("sigma2_eps")).Within(1e-9));
                Assert.That(filter.LogLikelihood, Is.Zero, "the first year fixes the level: 99 terms are left");
                Assert.That(filter.Innovation.Count, Is.Zero);
            }
        }

        Assert.That(filter.LogLikelihood, Is.EqualTo(data.Number("loglik_diffuse")).Within(1e-8));
    }

    // Each case: what is missing at the start, and how noisy the sensors are.
    [TestCase(0, 0.3)]
    [TestCase(1, 0.3)]
    [TestCase(2, 0.3)]
    [TestCase(3, 0.3)]
    [TestCase(0, 0.0)]
    public void A_trend_with_two_sensors_is_the_limit_of_ever_wider_starts(int missing, double noise)
    {
        // Level, slope and an offset of the second sensor; the offset stays unknown while that sensor is silent.
        Run exact = Filter(GaussianBelief.Unknown(3), missing, noise);
        (double Kappa, Run Run)[] wide = [.. new[] { 1e5, 2e5, 4e5 }.Select(kappa => (
            kappa, Filter(GaussianBelief.FromDeviations([0, 0, 0], [Math.Sqrt(kappa), Math.Sqrt(kappa), Math.Sqrt(kappa)]), missing, noise)))];
        Assert.That(exact.Rank, Is.Zero);
        double[] likelihoods = [.. wide.Select(w => w.Run.LogLikelihood + (1.5 * Math.Log(2.0 * Math.PI * w.Kappa)))];
        Assert.That(exact.LogLikelihood, Is.EqualTo(Limit(likelihoods)).Within(1e-7));
        for (int i = 0; i < 3; i++)
        {
            Assert.That(exact.Mean[i], Is.EqualTo(Limit([.. wide.Select(w => w.Run.Mean[i])])).Within(1e-7));
        }

        for (int i = 0; i < 9; i++)
        {
            Assert.That(exact.Covariance[i], Is.EqualTo(Limit([.. wide.Select(w => w.Run.Covariance[i])])).Within(1e-7));
        }
    }

    [Test]
    public void The_scale_of_an_unknown_direction_shifts_the_likelihood_by_its_logarithm_only()
    {
        Run one = Filter(GaussianBelief.FromDeviations([0, 0, 0], [0.0, 0.3, 0.0]).WithUnknown(new[,] { { 1.0, 0.0 }, { 0.5, 0.0 }, { 0.0, 1.0 } }), 0, 0.3);
        Run ten = Filter(GaussianBelief.FromDeviations([0, 0, 0], [0.0, 0.3, 0.0]).WithUnknown(new[,] { { 10.0, 0.0 }, { 5.0, 0.0 }, { 0.0, 1.0 } }), 0, 0.3);
        Assert.That(ten.Mean, Is.EqualTo(one.Mean).Within(1e-11));
        Assert.That(ten.Covariance, Is.EqualTo(one.Covariance).Within(1e-12));
        Assert.That(ten.LogLikelihood, Is.EqualTo(one.LogLikelihood - Math.Log(10.0)).Within(1e-10));
    }

    [Test]
    public void A_direction_that_no_sensor_sees_stays_unknown()
    {
        var filter = new KalmanFilter(
            new LinearTransition(new[,] { { 1.0, 0.0 }, { 0.0, 1.0 } }, new double[2, 2]),
            new LinearMeasurement(new[,] { { 1.0, 1.0 } }, new[,] { { 1.0 } }),
            GaussianBelief.Unknown(2));
        for (int k = 0; k < 50; k++)
        {
            filter.Predict(k);
            Assert.That(filter.Update([2.0]), Is.EqualTo(EstimationStatus.Done));
            Assert.That(filter.Belief.DiffuseRank, Is.EqualTo(1));
        }

        Assert.That(filter.Belief.Mean[0] + filter.Belief.Mean[1], Is.EqualTo(2.0).Within(1e-12));
        Assert.That(filter.Belief.Variance(0), Is.EqualTo(double.PositiveInfinity));
        Assert.That(filter.Belief.Covariance()[1], Is.EqualTo(double.NegativeInfinity));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_state_that_two_sensors_have_fixed_together_is_not_taken_for_unknown_again(bool moves)
    {
        // Level and offset come from two sensors, so that what is left of their unknown parts are rounding errors; a third sees the offset alone.
        double[,] h = { { 0.6, 0.0, 0.9 }, { 0.7, 0.0, -1.1 } };
        double[,] f = moves ? new[,] { { 1.0, 1.0, 0.0 }, { 0.0, 1.0, 0.0 }, { 0.0, 0.0, 0.9 } } : new[,] { { 1.0, 0.0, 0.0 }, { 0.0, 1.0, 0.0 }, { 0.0, 0.0, 1.0 } };
        KalmanFilter Make(GaussianBelief start) => new(new LinearTransition(f, new double[3, 3]), null, start);
        KalmanFilter exact = Make(new GaussianBelief(3).WithUnknown(new[,] { { 0.36, 0.48, -0.8 }, { -0.8, 0.6, 0.0 }, { 0.48, 0.64, 0.6 } })); // everything, turned
        KalmanFilter wide = Make(GaussianBelief.FromDeviations([0, 0, 0], [1e4, 0.0, 1e4]));
        foreach (KalmanFilter filter in new[] { exact, wide })
        {
            filter.Update([2.0, 3.0], new LinearMeasurement(h, new[,] { { 0.3, 0.1 }, { 0.1, 0.2 } }));
            filter.Predict(1.0);
            Assert.That(filter.Update([1.0], new LinearMeasurement(new[,] { { 0.0, 0.0, 1.0 } }, new[,] { { 0.5 } })), Is.EqualTo(EstimationStatus.Done));
        }

        Assert.That(exact.Belief.DiffuseRank, Is.EqualTo(1), "the slope");
        Assert.That(exact.Innovation.Count, Is.EqualTo(1));
        Assert.That(exact.Belief.Mean[2], Is.EqualTo(wide.Belief.Mean[2]).Within(1e-6));
        Assert.That(exact.Belief.Variance(2), Is.EqualTo(wide.Belief.Variance(2)).Within(1e-6));
    }

    [Test]
    public void An_exact_measurement_that_contradicts_another_is_told_and_nothing_changes()
    {
        var filter = new KalmanFilter(
            new LinearTransition(new[,] { { 1.0, 0.0 }, { 0.0, 1.0 } }, new double[2, 2]),
            new LinearMeasurement(new[,] { { 1.0, 0.0 }, { 1.0, 0.0 } }, new double[2, 2]),
            GaussianBelief.Unknown(2));
        Assert.That(filter.Update([1.0, 2.0]), Is.EqualTo(EstimationStatus.Contradiction));
        Assert.That(filter.Belief.DiffuseRank, Is.EqualTo(2));
        Assert.That(filter.Update([1.0, 1.0]), Is.EqualTo(EstimationStatus.Done));
        Assert.That(filter.Belief.DiffuseRank, Is.EqualTo(1));
    }

    [Test]
    public void Only_filters_that_know_unknown_directions_take_them()
    {
        GaussianBelief known = GaussianBelief.FromDeviations([0.0], [1.0]);
        Assert.That(known.WithUnknown(new[,] { { 1.0 } }).DiffuseRank, Is.EqualTo(1));
        Assert.That(known.DiffuseRank, Is.Zero);
        Assert.That(() => known.WithUnknown(new double[2, 1]), Throws.TypeOf<ModelException>().With.Message.Contains("unknown"));
    }

    // Quadratic extrapolation in 1/kappa over kappa, 2 kappa, 4 kappa.
    private static double Limit(double[] values)
    {
        double first = (2.0 * values[1]) - values[0];
        double second = (2.0 * values[2]) - values[1];
        return ((4.0 * second) - first) / 3.0;
    }

    private static Run Filter(GaussianBelief start, int missing, double noise)
    {
        var filter = new KalmanFilter(
            new LinearTransition(
                new[,] { { 1.0, 1.0, 0.0 }, { 0.0, 1.0, 0.0 }, { 0.0, 0.0, 0.9 } },
                new[,] { { 0.2, 0.05, 0.0 }, { 0.05, 0.1, 0.0 }, { 0.0, 0.0, 0.01 } }),
            new LinearMeasurement(new[,] { { 1.0, 0.0, 0.0 }, { 1.0, 0.0, 1.0 } }, new[,] { { noise, 0.5 * noise }, { 0.5 * noise, noise } }),
            start);
        for (int k = 0; k < 12; k++)
        {
            filter.Predict(k + 1);
            double a = k < 4 && (missing & 1) != 0 ? double.NaN : 3.0 + (0.5 * k) + Math.Sin(3 * k);
            double b = k is > 0 and < 5 && (missing & 2) != 0 ? double.NaN : 4.0 + (0.4 * k) + Math.Cos(5 * k);
            Assert.That(filter.Update([a, b]), Is.EqualTo(double.IsNaN(a + b) && double.IsNaN(a) && double.IsNaN(b) ? EstimationStatus.Missing : EstimationStatus.Done));
        }

        return new Run(filter.Belief.DiffuseRank, filter.Belief.Mean.ToArray(), filter.Belief.Covariance(), filter.LogLikelihood);
    }

    private sealed record Run(int Rank, double[] Mean, double[] Covariance, double LogLikelihood);
}
