using System.Text.Json;
using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Tests.TestKit;
using MathNet.Numerics.LinearAlgebra;

namespace HybridControl.Tests.Estimation.Smoothing;

public class SmootherTests
{
    private const double Tolerance = 1e-9;

    [Test]
    public void Nile_agrees_with_the_reference()
    {
        JsonElement data = ReferenceData.Estimation("nile");
        IReadOnlyList<TimedBelief> smoothed = SmoothNile(data, _ => false);
        double[] index = data.Vector("index0");
        double[] mean = data.Vector("smooth_mean");
        double[] variance = data.Vector("smooth_var");
        for (int i = 0; i < index.Length; i++)
        {
            TimedBelief year = smoothed[(int)index[i]];
            Assert.That(year.Time, Is.EqualTo(index[i]));
            Assert.That(year.Belief.Mean[0], Is.EqualTo(mean[i]).Within(Tolerance * mean[i]));
            Assert.That(year.Belief.Variance(0), Is.EqualTo(variance[i]).Within(Tolerance * variance[i]));
        }
    }

    [Test]
    public void Nile_with_missing_years_agrees_with_the_reference()
    {
        JsonElement data = ReferenceData.Estimation("nile");
        JsonElement missing = data.GetProperty("missing");
        IReadOnlyList<TimedBelief> smoothed = SmoothNile(data, year => year is (>= 20 and < 40) or (>= 60 and < 80));
        for (int i = 0; i < 2; i++)
        {
            GaussianBelief belief = smoothed[i == 0 ? 29 : 69].Belief;
            Assert.That(belief.Mean[0], Is.EqualTo(missing.Vector("smooth_mean_at_29_69")[i]).Within(1e-6));
            Assert.That(belief.Variance(0), Is.EqualTo(missing.Vector("smooth_var_at_29_69")[i]).Within(1e-5));
        }
    }

    [Test]
    public void Tracking_agrees_with_the_reference([Values("Kalman", "unscented", "cubature")] string filter)
    {
        JsonElement data = ReferenceData.Estimation("linear_cv");
        IReadOnlyList<TimedBelief> smoothed = RauchTungStriebelSmoother.Smooth(Track(data, Make(filter, data)));
        double[][] expected = data.Rows("smooth");
        for (int k = 0; k < expected.Length; k++)
        {
            Assert.That(smoothed[k + 1].Belief.Mean.ToArray(), Is.EqualTo(expected[k]).Within(Tolerance), $"step {k}");
        }

        Assert.That(smoothed[1].Belief.Covariance(), Is.EqualTo(data.Flat("smooth_P_first")).Within(Tolerance));
    }

    [Test]
    public void Tracking_with_a_fixed_lag_agrees_with_the_reference([Values("Kalman", "unscented")] string kind)
    {
        JsonElement data = ReferenceData.Estimation("linear_cv");
        GaussianFilter filter = Make(kind, data);
        var lagged = new FixedLagSmoother(filter, (int)data.Number("fixed_lag"));
        double[][] expected = data.Rows("fixed_lag_means");
        double[][] measurements = data.Rows("Y");
        int compared = 0;
        for (int k = 0; k < measurements.Length; k++)
        {
            Step(k);
            if (lagged.TrySmooth() && lagged.Time > 0.0)
            {
                Assert.That(lagged.Belief.Mean.ToArray(), Is.EqualTo(expected[compared++]).Within(Tolerance));
                Assert.That(lagged.Time, Is.EqualTo(k + 1 - lagged.Lag));
            }
        }

        Assert.That(compared, Is.EqualTo(expected.Length));
        Allocations.None(
            k =>
            {
                Step(k);
                lagged.TrySmooth();
            },
            first: measurements.Length,
            warmUp: 0,
            calls: 20);

        void Step(int k)
        {
            filter.Predict(k + 1);
            filter.Update(measurements[k % measurements.Length]);
        }
    }

    [Test]
    public void A_linear_model_is_smoothed_to_the_least_squares_over_all_times()
    {
        JsonElement data = ReferenceData.Estimation("linear_cv");
        KalmanFilter filter = ReferenceModels.Tracker(data);
        IReadOnlyList<TimedBelief> smoothed = RauchTungStriebelSmoother.Smooth(Track(data, filter));
        Matrix<double> f = Matrix<double>.Build.DenseOfArray(data.Matrix("F"));
        Matrix<double> q = Matrix<double>.Build.DenseOfArray(data.Matrix("Q")).Inverse();
        Matrix<double> h = Matrix<double>.Build.DenseOfArray(data.Matrix("H"));
        Matrix<double> r = Matrix<double>.Build.DenseOfArray(data.Matrix("R"));
        double[][] measurements = data.Rows("Y");
        int count = measurements.Length;
        Matrix<double> information = Matrix<double>.Build.Dense(4 * (count + 1), 4 * (count + 1));
        Vector<double> right = Vector<double>.Build.Dense(4 * (count + 1));
        Add(0, 0, Matrix<double>.Build.DenseOfArray(data.Matrix("P0")).Inverse()); // x0 = 0
        for (int k = 0; k < count; k++)
        {
            Add(k, k, f.Transpose() * q * f);
            Add(k, k + 1, -(f.Transpose() * q));
            Add(k + 1, k, -(q * f));
            Add(k + 1, k + 1, q);
            int[] seen = [.. Enumerable.Range(0, 2).Where(i => !double.IsNaN(measurements[k][i]))];
            if (seen.Length > 0)
            {
                Matrix<double> rows = Matrix<double>.Build.Dense(seen.Length, 4, (i, j) => h[seen[i], j]);
                Matrix<double> weight = Matrix<double>.Build.Dense(seen.Length, seen.Length, (i, j) => r[seen[i], seen[j]]).Inverse();
                Vector<double> z = Vector<double>.Build.Dense(seen.Length, i => measurements[k][seen[i]]);
                Add(k + 1, k + 1, rows.Transpose() * weight * rows);
                right.SetSubVector(4 * (k + 1), 4, right.SubVector(4 * (k + 1), 4) + (rows.Transpose() * weight * z));
            }
        }

        Matrix<double> covariance = information.Inverse();
        Vector<double> states = covariance * right;
        for (int k = 0; k <= count; k++)
        {
            Assert.That(smoothed[k].Belief.Mean.ToArray(), Is.EqualTo(states.SubVector(4 * k, 4).ToArray()).Within(Tolerance), $"time {k}");
            Assert.That(
                smoothed[k].Belief.Covariance(),
                Is.EqualTo(covariance.SubMatrix(4 * k, 4, 4 * k, 4).ToRowMajorArray()).Within(Tolerance), $"time {k}");
        }

        void Add(int i, int j, Matrix<double> block) =>
            information.SetSubMatrix(4 * i, 4 * j, information.SubMatrix(4 * i, 4, 4 * j, 4) + block);
    }

    [Test]
    public void A_pendulum_is_smoothed_as_by_the_covariance_formulas([Values(true, false)] bool redraw)
    {
        // Gain C P^-^-1 and P + G (P_s - P^-) G', as the literature writes the unscented smoother, on beliefs of the filter.
        JsonElement data = ReferenceData.Estimation("pendulum");
        (TransitionModel transition, MeasurementModel sensor) = ReferenceModels.Pendulum(data);
        var filter = new UnscentedKalmanFilter(transition, sensor, GaussianBelief.FromCovariance(data.Vector("x0"), data.Flat("P0")))
        {
            Spread = new(0.5),
            RedrawBeforeUpdate = redraw,
        };
        var record = new ForwardRecord(filter);
        double[][] measurements = data.Rows("Y");
        double[][] truth = data.Rows("truth");
        double filtered = 0.0;
        for (int k = 0; k < measurements.Length; k++)
        {
            filter.Predict((k + 1) * data.Number("dt"));
            filter.Update(measurements[k]);
            filtered += Math.Pow(truth[k][0] - filter.Belief.Mean[0], 2.0);
        }

        IReadOnlyList<TimedBelief> smoothed = RauchTungStriebelSmoother.Smooth(record);
        Vector<double> mean = Vector<double>.Build.DenseOfArray(filter.Belief.Mean.ToArray());
        Matrix<double> covariance = Square(filter.Belief);
        for (int k = record.Count - 1; k >= 0; k--)
        {
            RecordedPrediction step = record[k];
            double[] m = step.Before.Mean.ToArray();
            Matrix<double> root = Matrix<double>.Build.DenseOfRowMajor(2, 2, step.Before.Factor.ToArray()) * Math.Sqrt(0.5);
            Vector<double>[] points = [.. Enumerable.Range(0, 5).Select(i => Vector<double>.Build.DenseOfArray(m) +
                (i == 0 ? 0.0 * root.Column(0) : (i < 3 ? 1.0 : -1.0) * root.Column((i - 1) % 2)))];
            Vector<double>[] moved = [.. points.Select(point =>
            {
                double[] next = new double[2];
                transition.Propagate(step.From, step.To, point.ToArray(), [], next);
                return Vector<double>.Build.DenseOfArray(next);
            })];
            double[] weights = [-3.0 + 1.0 - 0.25 + 2.0, 1.0, 1.0, 1.0, 1.0];
            Vector<double> predicted = Vector<double>.Build.DenseOfArray(step.After.Mean.ToArray());
            Matrix<double> cross = Matrix<double>.Build.Dense(2, 2);
            for (int i = 0; i < 5; i++)
            {
                cross += weights[i] * (points[i] - points[0]).OuterProduct(moved[i] - predicted);
            }

            var written = new double[4];
            step.WriteCrossCovariance(written);
            Assert.That(written, Is.EqualTo(cross.ToRowMajorArray()).Within(1e-12));
            Matrix<double> before = Square(step.After);
            Matrix<double> gain = cross * before.Inverse();
            mean = points[0] + (gain * (mean - predicted));
            covariance = Square(step.Before) + (gain * (covariance - before) * gain.Transpose());
            Assert.That(smoothed[k].Belief.Mean.ToArray(), Is.EqualTo(mean.ToArray()).Within(Tolerance), $"step {k}");
            Assert.That(smoothed[k].Belief.Covariance(), Is.EqualTo(covariance.ToRowMajorArray()).Within(Tolerance), $"step {k}");
        }

        double error = Enumerable.Range(0, truth.Length).Sum(k => Math.Pow(truth[k][0] - smoothed[k + 1].Belief.Mean[0], 2.0));
        Assert.That(error, Is.LessThan(0.5 * filtered));
    }

    [Test]
    public void A_state_that_is_known_exactly_stays_known()
    {
        // A random walk, a constant that is known, and their sum, which is known to move with the first: Q and P0 are singular.
        var filter = new KalmanFilter(
            new LinearTransition(
                new double[,] { { 1, 0, 0 }, { 0, 1, 0 }, { 1, 1, 0 } }, new double[,] { { 1, 0, 1 }, { 0, 0, 0 }, { 1, 0, 1 } }),
            new LinearMeasurement(new double[,] { { 1, 0, 0 } }, new[,] { { 0.5 } }),
            GaussianBelief.FromFactor([0, 2, 2], [1.0, 0.0, 1.0]));
        var record = new ForwardRecord(filter);
        foreach (double z in new[] { 0.3, 1.2, 0.7, 2.0 })
        {
            filter.Predict(filter.Time + 1.0);
            filter.Update([z]);
        }

        foreach (TimedBelief moment in RauchTungStriebelSmoother.Smooth(record))
        {
            Assert.That(moment.Belief.Mean[1], Is.EqualTo(2.0).Within(1e-14));
            Assert.That(moment.Belief.Mean[2], Is.EqualTo(moment.Belief.Mean[0] + 2.0).Within(1e-13));
            Assert.That(moment.Belief.Variance(1), Is.Zero.Within(1e-28));
            Assert.That(moment.Belief.Covariance()[2], Is.EqualTo(moment.Belief.Variance(0)).Within(1e-13));
        }
    }

    [Test]
    public void A_filter_that_was_set_back_is_smoothed_along_its_new_path()
    {
        JsonElement data = ReferenceData.Estimation("linear_cv");
        double[][] measurements = data.Rows("Y");
        KalmanFilter filter = ReferenceModels.Tracker(data);
        var record = new ForwardRecord(filter);
        EstimatorSnapshot snapshot = filter.Snapshot();
        for (int k = 0; k < 20; k++)
        {
            if (k == 10)
            {
                snapshot.Take();
            }

            filter.Predict(k + 1);
            filter.Update([0.0, 0.0]);
        }

        snapshot.Restore();
        for (int k = 10; k < 15; k++)
        {
            filter.Predict(k + 1);
            filter.Update(measurements[k]);
        }

        IReadOnlyList<TimedBelief> smoothed = RauchTungStriebelSmoother.Smooth(record);
        Assert.That(smoothed.Select(moment => moment.Time), Is.EqualTo(Enumerable.Range(0, 16)));
        record.Stop();
        filter.Predict(100.0);
        Assert.That(record.Count, Is.EqualTo(15));
    }

    [Test]
    public void A_filter_without_correlations_is_refused()
    {
        (LinearTransition transition, LinearMeasurement sensor, GaussianBelief initial) = ReferenceModels.RandomLinear(5, 1, 1);
        var filter = new UnscentedKalmanFilter(transition, sensor, initial) { Spread = new(1.0, 0.0, -2.0) };
        Assert.That(() => new ForwardRecord(filter), Throws.TypeOf<ModelException>().With.Message.Contains("UnscentedKalmanFilter"));
    }

    private static IReadOnlyList<TimedBelief> SmoothNile(JsonElement data, Func<int, bool> missing)
    {
        KalmanFilter filter = ReferenceModels.Nile(data);
        var record = new ForwardRecord(filter);
        double[] y = data.Vector("y");
        for (int k = 0; k < y.Length; k++)
        {
            filter.Predict(k);
            filter.Update([missing(k) ? double.NaN : y[k]]);
        }

        return RauchTungStriebelSmoother.Smooth(record);
    }

    private static GaussianFilter Make(string kind, JsonElement data)
    {
        KalmanFilter filter = ReferenceModels.Tracker(data);
        return kind switch
        {
            "unscented" => new UnscentedKalmanFilter(filter.Transition, filter.Sensor, filter.Belief),
            "cubature" => new CubatureKalmanFilter(filter.Transition, filter.Sensor, filter.Belief),
            _ => filter,
        };
    }

    private static ForwardRecord Track(JsonElement data, GaussianFilter filter)
    {
        var record = new ForwardRecord(filter);
        double[][] measurements = data.Rows("Y");
        for (int k = 0; k < measurements.Length; k++)
        {
            filter.Predict(k + 1);
            filter.Update(measurements[k]);
        }

        return record;
    }

    private static Matrix<double> Square(GaussianBelief belief) =>
        Matrix<double>.Build.DenseOfRowMajor(belief.Dimension, belief.Dimension, belief.Covariance());
}
