using System.Text.Json;
using HybridControl.Estimation;
using HybridControl.Numerics;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation;

public class SigmaPointFilterTests
{
    private static readonly SigmaPointSpread Half = new(Alpha: 0.5, Beta: 2.0, Kappa: 0.0);

    [TestCase(true, "ukf_redraw_a0.5_b2_k0")]
    [TestCase(false, "ukf_noredraw_a0.5_b2_k0")]
    public void Unscented_pendulum_agrees_with_the_reference(bool redraw, string name) => ReferenceModels.AssertPendulum(
        name,
        (transition, sensor, initial) =>
            new UnscentedKalmanFilter(transition, sensor, initial) { Spread = Half, RedrawBeforeUpdate = redraw },
        1e-9);

    [Test]
    public void Cubature_pendulum_agrees_with_the_reference() => ReferenceModels.AssertPendulum(
        "ckf_redraw", (transition, sensor, initial) => new CubatureKalmanFilter(transition, sensor, initial), 1e-9);

    [TestCaseSource(nameof(LinearCases))]
    public void On_linear_models_a_sigma_point_filter_is_the_Kalman_filter(
        string name, Func<TransitionModel, MeasurementModel, GaussianBelief, GaussianFilter> make, double processNoise, double tolerance) =>
        KalmanEquivalence.Require(name, make, processNoise, tolerance);

    [Test]
    public void Points_that_are_not_drawn_anew_miss_the_noise_of_the_prediction()
    {
        (LinearTransition transition, LinearMeasurement sensor, GaussianBelief initial) = ReferenceModels.RandomLinear(3, 1, 5, 0.5);
        var kalman = new KalmanFilter(transition, sensor, initial);
        var kept = new UnscentedKalmanFilter(transition, sensor, initial) { RedrawBeforeUpdate = false };
        foreach (IEstimator filter in new IEstimator[] { kalman, kept })
        {
            filter.Predict(1.0);
            filter.Update([0.3]);
        }

        Assert.That(kept.Belief.Mean[0], Is.Not.EqualTo(kalman.Belief.Mean[0]).Within(1e-3));
        // A second measurement at the same time finds a new belief, and draws from it.
        kalman.Restart(kept.Belief, 1.0);
        kalman.Update([0.1]);
        kept.Update([0.1]);
        Assert.That(kept.Belief.Mean.ToArray(), Is.EqualTo(kalman.Belief.Mean.ToArray()).Within(1e-12));
    }

    [TestCase(0.5, 2.0, 0.0)]
    [TestCase(1e-2, 2.0, 0.0)]
    [TestCase(1.0, 0.0, -1.5)]
    [TestCase(0.7, 1.0, 3.0)]
    public void Moments_are_those_of_the_weighted_points(double alpha, double beta, double kappa)
    {
        // Sums of weights as the literature writes them, the weight of the centre of either sign.
        const int N = 2;
        double[] mean = [0.4, -0.3];
        double[] factor = [0.5, 0.0, -0.2, 0.3];
        double square = alpha * alpha * (N + kappa);
        double lambda = square - N;
        double[][] points = [.. Enumerable.Range(-N, (2 * N) + 1).Select(i => Bent(Shifted(mean, factor, i, Math.Sqrt(square))))];
        double[] weights = [.. Enumerable.Range(-N, (2 * N) + 1).Select(i => i == 0 ? lambda / square : 0.5 / square)];
        double[] expected = [.. Enumerable.Range(0, N).Select(r => points.Select((point, i) => weights[i] * point[r]).Sum())];
        weights[N] += 1.0 - (alpha * alpha) + beta;
        double[] covariance =
        [
            .. Enumerable.Range(0, N * N).Select(at => points.Select(
                (point, i) => weights[i] * (point[at / N] - expected[at / N]) * (point[at % N] - expected[at % N])).Sum()),
        ];

        ExpressionTransition transition = ExpressionTransition.Build(model =>
        {
            (Expr x, Expr y) = (model.State("x"), model.State("y"));
            model.Next(x, Expr.Sin(x) + (x * y));
            model.Next(y, (y * y * x) + Expr.Exp(y));
        });
        var filter = new UnscentedKalmanFilter(transition, null, GaussianBelief.FromFactor(mean, factor)) { Spread = new(alpha, beta, kappa) };
        bool isDefinite = (covariance[0] * covariance[3]) - (covariance[1] * covariance[1]) > 0.0 && covariance[0] > 0.0;
        Assert.That(filter.Predict(1.0), Is.EqualTo(isDefinite ? EstimationStatus.Done : EstimationStatus.Indefinite));
        if (isDefinite)
        {
            Assert.That(filter.Belief.Mean.ToArray(), Is.EqualTo(expected).Within(1e-16 / (square * 0.1)));
            Assert.That(filter.Belief.Covariance(), Is.EqualTo(covariance).Within(1e-15 / (square * 0.1)));
        }
    }

    [Test]
    public void Weights_that_make_a_covariance_indefinite_are_told()
    {
        // y = x^2 with kappa = 1 - n: all the variance of y comes from the centre, whose weight is negative.
        ExpressionTransition transition = ExpressionTransition.Build(model =>
        {
            (Expr x, Expr y, Expr z) = (model.State("x"), model.State("y"), model.State("z"));
            model.Next(x, (x * x) + (y * y) + (z * z));
        });
        GaussianBelief initial = GaussianBelief.FromDeviations([0, 0, 0], [1, 1, 1]);
        var filter = new UnscentedKalmanFilter(transition, null, initial) { Spread = new(1.0, 0.0, -2.0) };
        Assert.That(filter.Predict(1.0), Is.EqualTo(EstimationStatus.Indefinite));
        Assert.That(filter.Time, Is.Zero);
        Assert.That(filter.Belief.Factor.ToArray(), Is.EqualTo(initial.Factor.ToArray()));
        Assert.That(new UnscentedKalmanFilter(transition, null, initial).Predict(1.0), Is.EqualTo(EstimationStatus.Done));
    }

    [Test]
    public void Beta_of_two_gives_the_variance_of_a_square([Values(0.3, 1.0, 1.7)] double alpha)
    {
        ExpressionTransition transition = ExpressionTransition.Build(model =>
        {
            Expr x = model.State("x");
            model.Next(x, x * x);
        });
        var filter = new UnscentedKalmanFilter(transition, null, GaussianBelief.FromDeviations([0.5], [0.8])) { Spread = new(alpha) };
        filter.Predict(1.0);
        double p = 0.64;
        Assert.That(filter.Belief.Mean[0], Is.EqualTo(0.25 + p).Within(1e-14));
        Assert.That(filter.Belief.Variance(0), Is.EqualTo((4.0 * 0.25 * p) + (2.0 * p * p)).Within(1e-14));
    }

    [TestCaseSource(nameof(Makers))]
    public void Angles_are_averaged_across_the_branch_cut(Func<TransitionModel, MeasurementModel, GaussianBelief, GaussianFilter> make)
    {
        // The same run twice, once turned by pi so that state and bearing lie at the cut.
        GaussianFilter[] filters = [.. new[] { 0.0, Math.PI }.Select(turn =>
        {
            StateGeometry angle = StateGeometry.Periodic(2.0 * Math.PI, 0.0);
            var transition = new LinearTransition(new[,] { { 1.0, 0.1 }, { 0.0, 1.0 } }, new[,] { { 0.01, 0.0 }, { 0.0, 0.02 } }) { Geometry = angle };
            var sensor = new LinearMeasurement(new[,] { { 1.0, 0.0 } }, new[,] { { 0.05 } }) { Geometry = StateGeometry.Periodic(2.0 * Math.PI) };
            return make(transition, sensor, GaussianBelief.FromDeviations([turn, 0.1], [0.4, 0.3]));
        })];
        for (int k = 1; k <= 20; k++)
        {
            double seen = 0.3 * Math.Sin(k);
            filters[0].Predict(k);
            filters[1].Predict(k);
            filters[0].Update([seen]);
            filters[1].Update([Math.IEEERemainder(seen + Math.PI, 2.0 * Math.PI)]);
            double turned = Math.IEEERemainder(filters[1].Belief.Mean[0] - filters[0].Belief.Mean[0] - Math.PI, 2.0 * Math.PI);
            Assert.That(turned, Is.Zero.Within(1e-12));
            Assert.That(filters[1].Belief.Factor.ToArray(), Is.EqualTo(filters[0].Belief.Factor.ToArray()).Within(1e-12));
        }
    }

    [TestCase(0.5, true)]
    [TestCase(1.0, false)]
    [TestCase(1.5, true)]
    public void The_nonlinear_growth_model_is_filtered_as_by_the_scalar_formulas_and_worse_than_on_a_grid(double alpha, bool redraw)
    {
        JsonElement data = ReferenceData.Estimation("ungm_exact");
        ExpressionTransition transition = ExpressionTransition.Build(model =>
        {
            Expr x = model.State("x");
            model.Next(x, (x / 2.0) + (25.0 * x / (1.0 + (x * x))) + (8.0 * Expr.Cos(1.2 * (model.Time + 1.0))));
            model.Noise(new[,] { { data.Number("Q") } });
        });
        Expr state = Expr.Variable(VariableKind.State, "x");
        var sensor = new ExpressionMeasurement(["x"], [("y", state * state / 20.0)], new[,] { { data.Number("R") } });
        var filter = new UnscentedKalmanFilter(transition, sensor, GaussianBelief.FromDeviations([0.0], [Math.Sqrt(5.0)]))
        {
            Spread = new(alpha),
            RedrawBeforeUpdate = redraw,
        };
        double[] measurements = data.Vector("Y");
        double[] truth = data.Vector("truth");
        double[] grid = data.Vector("mean");
        (double m, double p, double error, double best) = (0.0, 5.0, 0.0, 0.0);
        for (int k = 1; k <= truth.Length; k++)
        {
            Assert.That(filter.Predict(k), Is.EqualTo(EstimationStatus.Done));
            Assert.That(filter.Update([measurements[k - 1]]), Is.EqualTo(EstimationStatus.Done));
            double[] points = Spread(m, p);
            double[] moved = [.. points.Select(x => (x / 2.0) + (25.0 * x / (1.0 + (x * x))) + (8.0 * Math.Cos(1.2 * k)))];
            (m, p, _) = Moments(moved, moved);
            p += data.Number("Q");
            moved = redraw ? Spread(m, p) : moved;
            double[] seen = [.. moved.Select(x => x * x / 20.0)];
            (double z, double s, _) = Moments(seen, seen);
            (_, _, double cross) = Moments(moved, seen);
            double gain = cross / (s + data.Number("R"));
            m += gain * (measurements[k - 1] - z);
            p -= gain * cross;
            Assert.That(filter.Belief.Mean[0], Is.EqualTo(m).Within(1e-8), $"step {k}");
            Assert.That(filter.Belief.Variance(0), Is.EqualTo(p).Within(1e-10 * (1.0 + p)), $"step {k}");
            error += Math.Pow(m - truth[k - 1], 2.0);
            best += Math.Pow(grid[k - 1] - truth[k - 1], 2.0);
        }

        Assert.That(error, Is.GreaterThan(best));
        Assert.That(filter.LogLikelihood, Is.LessThan(data.Number("loglik")));

        double[] Spread(double mean, double variance)
        {
            double shift = alpha * Math.Sqrt(variance);
            return [mean, mean + shift, mean - shift];
        }

        // The centre weighs 1 - 1/alpha^2, and 1 - alpha^2 + beta more in covariances.
        (double Mean, double Variance, double Cross) Moments(double[] a, double[] b)
        {
            double side = 0.5 / (alpha * alpha);
            double[] weights = [1.0 - (2.0 * side), side, side];
            double meanA = weights.Zip(a, (w, x) => w * x).Sum();
            double meanB = weights.Zip(b, (w, x) => w * x).Sum();
            weights[0] += 3.0 - (alpha * alpha);
            return (
                meanA,
                weights.Zip(a, (w, x) => w * (x - meanA) * (x - meanA)).Sum(),
                weights.Select((w, i) => w * (a[i] - meanA) * (b[i] - meanB)).Sum());
        }
    }

    [TestCaseSource(nameof(Makers))]
    public void A_repeated_exact_measurement_says_nothing_and_another_contradicts(
        Func<TransitionModel, MeasurementModel, GaussianBelief, GaussianFilter> make)
    {
        GaussianFilter filter = make(
            new LinearTransition(new[,] { { 1.0, 0.0 }, { 0.0, 1.0 } }, new double[2, 2]),
            new LinearMeasurement(new[,] { { 1.0, 1.0 } }, new double[1, 1]),
            GaussianBelief.FromDeviations([0, 0], [1, 2]));
        for (int i = 0; i < 2; i++)
        {
            Assert.That(filter.Update([3.0]), Is.EqualTo(EstimationStatus.Done));
            Assert.That(filter.Belief.Mean.ToArray(), Is.EqualTo(new[] { 0.6, 2.4 }).Within(1e-14));
            Assert.That(filter.Belief.Covariance(), Is.EqualTo(new[] { 0.8, -0.8, -0.8, 0.8 }).Within(1e-14));
        }

        Assert.That(filter.Update([4.0]), Is.EqualTo(EstimationStatus.Contradiction));
    }

    private static IEnumerable<TestCaseData> LinearCases()
    {
        foreach (double noise in new[] { 0.1, 0.0 })
        {
            yield return Case("unscented", (f, h, p) => new UnscentedKalmanFilter(f, h, p), noise, 1e-12);
            yield return Case("unscented, alpha 1/2", (f, h, p) => new UnscentedKalmanFilter(f, h, p) { Spread = Half }, noise, 1e-12);
            yield return Case("unscented, kappa 3 - n", (f, h, p) => new UnscentedKalmanFilter(f, h, p) { Spread = new(1, 0, 3 - p.Dimension) }, noise, 1e-12);
            yield return Case("cubature", (f, h, p) => new CubatureKalmanFilter(f, h, p), noise, 1e-12);

            // s^2 = 1e-6 n: six digits of the mean are lost, as documented.
            yield return Case("unscented, alpha 1e-3", (f, h, p) => new UnscentedKalmanFilter(f, h, p) { Spread = new(1e-3) }, noise, 1e-7);
        }

        // Points that are kept lack the process noise, so that this holds without any.
        yield return Case("unscented, kept", (f, h, p) => new UnscentedKalmanFilter(f, h, p) { RedrawBeforeUpdate = false }, 0.0, 1e-12);
        yield return Case("cubature, kept", (f, h, p) => new CubatureKalmanFilter(f, h, p) { RedrawBeforeUpdate = false }, 0.0, 1e-12);

        static TestCaseData Case(
            string name, Func<TransitionModel, MeasurementModel, GaussianBelief, GaussianFilter> make, double noise, double tolerance) =>
            new TestCaseData(name, make, noise, tolerance).SetArgDisplayNames(name, FormattableString.Invariant($"process noise {noise}"));
    }

    private static IEnumerable<TestCaseData> Makers()
    {
        yield return Named("unscented", (f, h, p) => new UnscentedKalmanFilter(f, h, p) { Spread = Half });
        yield return Named("unscented, kept", (f, h, p) => new UnscentedKalmanFilter(f, h, p) { RedrawBeforeUpdate = false });
        yield return Named("cubature", (f, h, p) => new CubatureKalmanFilter(f, h, p));

        static TestCaseData Named(string name, Func<TransitionModel, MeasurementModel, GaussianBelief, GaussianFilter> make) =>
            new TestCaseData(make).SetArgDisplayNames(name);
    }

    private static double[] Shifted(double[] mean, double[] factor, int side, double scale) =>
        [.. mean.Select((m, r) => m + (side == 0 ? 0.0 : Math.Sign(side) * scale * factor[(r * mean.Length) + Math.Abs(side) - 1]))];

    private static double[] Bent(double[] x) => [Math.Sin(x[0]) + (x[0] * x[1]), (x[1] * x[1] * x[0]) + Math.Exp(x[1])];
}
