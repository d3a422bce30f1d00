using System.Text.Json;
using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Tests.TestKit;
using MathNet.Numerics.LinearAlgebra;

namespace HybridControl.Tests.Estimation.Smoothing;

public class DiffuseSmoothingTests
{
    private const double Tolerance = 1e-9;

    private static readonly double[,] F = { { 1.0, 1.0, 0.0 }, { 0.0, 1.0, 0.0 }, { 0.0, 0.0, 0.9 } };
    private static readonly double[,] Q = { { 0.2, 0.05, 0.0 }, { 0.05, 0.1, 0.0 }, { 0.0, 0.0, 0.01 } };
    private static readonly double[,] H = { { 1.0, 0.0, 0.0 }, { 1.0, 0.0, 1.0 } };
    private static readonly double[,] R = { { 0.3, 0.15 }, { 0.15, 0.3 } };

    [Test]
    public void Nile_without_any_prior_is_the_least_squares_over_all_years()
    {
        // Minimises sum (y - mu)^2 / R + sum (mu_(k+1) - mu_k)^2 / Q: tridiagonal normal equations, by elimination up and down.
        JsonElement data = ReferenceData.Estimation("nile");
        double[] y = data.Vector("y");
        (double q, double r) = (data.Number("sigma2_eta"), data.Number("sigma2_eps"));
        int n = y.Length;
        (double[] up, double[] upMean) = Eliminate(y, q, r);
        (double[] down, double[] downMean) = Eliminate([.. y.Reverse()], q, r);
        var filter = new KalmanFilter(
            new LinearTransition(new[,] { { 1.0 } }, new[,] { { q } }), new LinearMeasurement(new[,] { { 1.0 } }, new[,] { { r } }), GaussianBelief.Unknown(1));
        var record = new ForwardRecord(filter);
        for (int k = 0; k < n; k++)
        {
            filter.Predict(k);
            filter.Update([y[k]]);
        }

        IReadOnlyList<TimedBelief> smoothed = RauchTungStriebelSmoother.Smooth(record);
        int first = smoothed.Count - n;
        for (int k = 0; k < n; k++)
        {
            // What the years up to k and those from k on say of the level; year k is in both.
            double information = up[k] + down[n - 1 - k] - (1.0 / r);
            double level = ((up[k] * upMean[k]) + (down[n - 1 - k] * downMean[n - 1 - k]) - (y[k] / r)) / information;
            GaussianBelief year = smoothed[first + k].Belief;
            Assert.That(smoothed[first + k].Time, Is.EqualTo(k));
            Assert.That(year.Mean[0], Is.EqualTo(level).Within(Tolerance * level), $"year {k}");
            Assert.That(year.Variance(0), Is.EqualTo(1.0 / information).Within(Tolerance / information), $"year {k}");
        }
    }

    // What is missing at the start, and in what units the slope is: directions take several years to be fixed.
    [Test]
    public void A_trend_with_two_sensors_is_the_posterior_of_all_measurements_at_once(
        [Values(0, 1, 2, 3)] int missing, [Values(1.0, 1e5)] double unit, [Values] bool extended)
    {
        double[,] scaled = { { 1.0, 1.0 / unit, 0.0 }, { 0.0, 1.0, 0.0 }, { 0.0, 0.0, 0.9 } };
        double[,] noise = { { 0.2, 0.05 * unit, 0.0 }, { 0.05 * unit, 0.1 * unit * unit, 0.0 }, { 0.0, 0.0, 0.01 } };
        LinearTransition transition = new(scaled, noise);
        LinearMeasurement sensor = new(H, R);
        GaussianFilter filter = extended
            ? new ExtendedKalmanFilter(transition, sensor, GaussianBelief.Unknown(3))
            : new KalmanFilter(transition, sensor, GaussianBelief.Unknown(3));
        var trend = new Model(F, Q, H, R, filter, batch => batch.Unknown(3));
        var lagged = new FixedLagSmoother(filter, 4);
        for (int k = 0; k < 12; k++)
        {
            double a = k < 4 && (missing & 1) != 0 ? double.NaN : 3.0 + (0.5 * k) + Math.Sin(3 * k);
            double b = k is > 0 and < 5 && (missing & 2) != 0 ? double.NaN : 4.0 + (0.4 * k) + Math.Cos(5 * k);
            trend.Step([a, b]);
            if (k == 8)
            {
                Assert.That(lagged.TrySmooth());
                trend.Require(5, lagged.Belief, unit);
            }
        }

        IReadOnlyList<TimedBelief> smoothed = RauchTungStriebelSmoother.Smooth(trend.Record);
        for (int k = 0; k <= 12; k++)
        {
            trend.Require(k, smoothed[k].Belief, unit);
        }
    }

    [Test]
    public void A_prior_that_knows_some_directions_is_kept()
    {
        var filter = new KalmanFilter(
            new LinearTransition(F, Q), new LinearMeasurement(H, R),
            GaussianBelief.FromDeviations([1.0, 2.0, 3.0], [0.5, 0.4, 0.3]).WithUnknown(new[,] { { 1.0 }, { 0.5 }, { -2.0 } }));
        var model = new Model(F, Q, H, R, filter, batch =>
            batch.Constant(1.0, 2.0, 3.0) + (Matrix<double>.Build.DenseOfDiagonalArray([0.5, 0.4, 0.3]) * batch.Sources(3)) +
            (Matrix<double>.Build.DenseOfArray(new[,] { { 1.0 }, { 0.5 }, { -2.0 } }) * batch.Unknown(1)));
        for (int k = 0; k < 8; k++)
        {
            model.Step(k < 3 ? [double.NaN, double.NaN] : [Math.Sin(k), Math.Cos(k)]);
        }

        IReadOnlyList<TimedBelief> smoothed = RauchTungStriebelSmoother.Smooth(model.Record);
        for (int k = 0; k <= 8; k++)
        {
            model.Require(k, smoothed[k].Belief, 1.0);
        }
    }

    [Test]
    public void What_the_transition_forgets_stays_unknown_before_it()
    {
        // The second state is a new one in every step; the first depends on the sum of both.
        double[,] f = { { 1.0, 1.0 }, { 0.0, 0.0 } };
        double[,] q = { { 0.0, 0.0 }, { 0.0, 0.4 } };
        double[,] h = { { 1.0, 0.0 } };
        double[,] r = { { 0.2 } };
        var filter = new KalmanFilter(new LinearTransition(f, q), new LinearMeasurement(h, r), GaussianBelief.Unknown(2));
        var model = new Model(f, q, h, r, filter, batch => batch.Unknown(1).Stack(batch.Constant(0.0))); // all of the sum in one place
        for (int k = 0; k < 6; k++)
        {
            model.Step([Math.Cos(2 * k)]);
        }

        IReadOnlyList<TimedBelief> smoothed = RauchTungStriebelSmoother.Smooth(model.Record);
        GaussianBelief start = smoothed[0].Belief;
        Assert.That(start.DiffuseRank, Is.EqualTo(1), "only the sum goes on");
        Assert.That(start.Variance(0), Is.EqualTo(double.PositiveInfinity));
        Assert.That(start.Mean[0] + start.Mean[1], Is.EqualTo(smoothed[1].Belief.Mean[0]).Within(1e-12));
        Assert.That(start.DiffuseFactor[0], Is.EqualTo(-start.DiffuseFactor[1]).Within(1e-14));
        for (int k = 1; k <= 6; k++)
        {
            model.Require(k, smoothed[k].Belief, 1.0);
        }
    }

    [Test]
    public void A_direction_that_no_sensor_sees_stays_unknown_at_all_times()
    {
        var filter = new KalmanFilter(
            new LinearTransition(new[,] { { 1.0, 0.0, 0.0 }, { 0.0, 1.0, 0.0 }, { 0.0, 0.0, 0.5 } }, new[,] { { 0.1, 0.0, 0.0 }, { 0.0, 0.0, 0.0 }, { 0.0, 0.0, 1.0 } }),
            new LinearMeasurement(new[,] { { 1.0, 1.0, 0.0 }, { 0.0, 0.0, 1.0 } }, new[,] { { 1.0, 0.0 }, { 0.0, 0.3 } }),
            GaussianBelief.Unknown(3));
        var record = new ForwardRecord(filter);
        for (int k = 1; k <= 20; k++)
        {
            filter.Predict(k);
            filter.Update([2.0, Math.Sin(k)]);
        }

        foreach (TimedBelief moment in RauchTungStriebelSmoother.Smooth(record))
        {
            Assert.That(moment.Belief.DiffuseRank, Is.EqualTo(1));
            Assert.That(moment.Belief.Mean[0] + moment.Belief.Mean[1], Is.EqualTo(2.0).Within(1e-12));
            Assert.That(moment.Belief.DiffuseFactor[0], Is.EqualTo(-moment.Belief.DiffuseFactor[1]).Within(1e-12));
            Assert.That(moment.Belief.DiffuseFactor[2], Is.Zero);
            // What is measured has less than the sensor's variance, the start ((x1 - w) / 0.5) less than (0.3 + 1) / 0.25.
            Assert.That(moment.Belief.Variance(2), Is.LessThan(moment.Time == 0.0 ? 5.2 : 0.3));
        }
    }

    [Test]
    public void A_prediction_with_unknown_directions_has_no_finite_covariance_to_write()
    {
        var filter = new KalmanFilter(
            new LinearTransition(F, Q), new LinearMeasurement(H, R), GaussianBelief.Unknown(3));
        var record = new ForwardRecord(filter);
        filter.Predict(1.0);
        Assert.That(() => record[0].WriteCrossCovariance(new double[9]), Throws.TypeOf<ModelException>().With.Message.Contains("unknown"));
    }

    [Test]
    public void Estimators_that_cannot_smooth_unknown_directions_say_so()
    {
        var transition = new LinearTransition(F, Q);
        var sensor = new LinearMeasurement(H, R);
        GaussianBelief unknown = GaussianBelief.Unknown(3);
        Assert.That(() => new HInfinityFilter(transition, sensor, unknown, gain: 10.0), Throws.TypeOf<ModelException>().With.Message.Contains("unknown"));
        Assert.That(() => new UnscentedKalmanFilter(transition, sensor, unknown), Throws.TypeOf<ModelException>().With.Message.Contains("unknown"));
        Assert.That(
            () => new InteractingMultipleModel(
                [new KalmanFilter(transition, sensor, unknown), new KalmanFilter(transition, sensor, unknown)],
                MarkovChain.FromRows([0.9, 0.1], [0.1, 0.9])),
            Throws.TypeOf<ModelException>().With.Message.Contains("unknown"));
    }

    // Information and mean of the level from the years so far, without a prior.
    private static (double[] Information, double[] Mean) Eliminate(double[] y, double q, double r)
    {
        double[] information = new double[y.Length];
        double[] mean = new double[y.Length];
        for (int k = 0; k < y.Length; k++)
        {
            double before = k == 0 ? 0.0 : 1.0 / ((1.0 / information[k - 1]) + q);
            information[k] = before + (1.0 / r);
            mean[k] = ((before * (k == 0 ? 0.0 : mean[k - 1])) + (y[k] / r)) / information[k];
        }

        return (information, mean);
    }

    /// <summary>A filter, and the same model as a map of sources; the batch keeps the units of the slope.</summary>
    private sealed class Model
    {
        private readonly Matrix<double> _f;
        private readonly Matrix<double> _g;
        private readonly Matrix<double> _h;
        private readonly Matrix<double> _a;
        private readonly GaussianFilter _filter;
        private readonly BatchPosterior _batch = new(100);
        private readonly List<Matrix<double>> _states = [];

        public Model(double[,] f, double[,] q, double[,] h, double[,] r, GaussianFilter filter, Func<BatchPosterior, Matrix<double>> start)
        {
            _f = Matrix<double>.Build.DenseOfArray(f);
            _g = Root(Matrix<double>.Build.DenseOfArray(q));
            _h = Matrix<double>.Build.DenseOfArray(h);
            _a = Root(Matrix<double>.Build.DenseOfArray(r));
            _filter = filter;
            Record = new ForwardRecord(filter);
            _states.Add(start(_batch));
        }

        public ForwardRecord Record { get; }

        public void Step(double[] z)
        {
            _states.Add((_f * _states[^1]) + (_g * _batch.Sources(_g.ColumnCount)));
            _batch.Observe((_h * _states[^1]) + (_a * _batch.Sources(_a.ColumnCount)), z);
            _filter.Predict(_filter.Time + 1.0);
            _filter.Update(z);
        }

        public void Require(int k, GaussianBelief belief, double unit)
        {
            (double[] mean, double[] covariance) = _batch.Of(_states[k]);
            int n = mean.Length;
            double[] units = [.. Enumerable.Range(0, n).Select(i => i == 1 ? unit : 1.0)];
            Assert.That(belief.DiffuseRank, Is.Zero, $"time {k}");
            double[] actual = belief.Covariance();
            for (int i = 0; i < n; i++)
            {
                Assert.That(belief.Mean[i] / units[i], Is.EqualTo(mean[i]).Within(Tolerance), $"time {k}, state {i}");
                for (int j = 0; j < n; j++)
                {
                    Assert.That(actual[(i * n) + j] / units[i] / units[j], Is.EqualTo(covariance[(i * n) + j]).Within(Tolerance), $"time {k}");
                }
            }
        }

        // Symmetric square root, by eigenvalues: some are zero.
        private static Matrix<double> Root(Matrix<double> covariance)
        {
            MathNet.Numerics.LinearAlgebra.Factorization.Evd<double> evd = covariance.Evd(Symmetricity.Symmetric);
            return evd.EigenVectors * Matrix<double>.Build.DenseOfDiagonalVector(evd.EigenValues.Real().Map(value => Math.Sqrt(Math.Max(value, 0.0))));
        }
    }
}
