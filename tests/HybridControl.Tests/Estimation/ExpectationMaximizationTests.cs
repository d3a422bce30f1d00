using System.Text.Json;
using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation;

public class ExpectationMaximizationTests
{
    [Test]
    public void Nile_approaches_the_published_variances_and_the_likelihood_never_falls()
    {
        JsonElement data = ReferenceData.Estimation("nile");
        JsonElement expected = data.GetProperty("mle_diffuse");
        EmFit fit = new ExpectationMaximization { MaximumIterations = 1000, Tolerance = 1e-13 }.Fit(
            new LinearTransition(new[,] { { 1.0 } }, new[,] { { 5000.0 } }),
            new LinearMeasurement(new[,] { { 1.0 } }, new[,] { { 5000.0 } }),
            GaussianBelief.Unknown(1),
            MeasurementSeries.Of(data.Vector("y")));
        TestContext.Out.WriteLine($"{fit.Status} after {fit.LogLikelihoods.Length}: Q {fit.Q[0, 0]}, R {fit.R[0, 0]}");
        RequireRising(fit);
        Assert.That(fit.R[0, 0], Is.EqualTo(expected.Number("sigma2_eps")).Within(0.002 * 15098.0));
        Assert.That(fit.Q[0, 0], Is.EqualTo(expected.Number("sigma2_eta")).Within(0.002 * 1469.0));
        Assert.That(fit.LogLikelihoods[^1], Is.EqualTo(expected.Number("loglik")).Within(1e-5));
    }

    [Test]
    public void Moments_are_those_of_the_reference_smoother()
    {
        JsonElement data = ReferenceData.Estimation("linear_cv");
        SmoothedMoments moments = SmoothedMoments.Of(
            EmModel.Of(Tracker(data), Sensor(data)), Start(data), 0.0, MeasurementSeries.Of(data.Rows("Y"), start: 1.0))!;
        double[][] means = data.Rows("smooth");
        for (int k = 0; k < means.Length; k++)
        {
            Assert.That(moments.Means[k].ToArray(), Is.EqualTo(means[k]).Within(1e-9), $"step {k}");
        }

        Assert.That(moments.Covariances[0].ToRowMajorArray(), Is.EqualTo(data.Flat("smooth_P_first")).Within(1e-9));
        Assert.That(moments.LogLikelihood, Is.EqualTo(data.Number("loglik")).Within(1e-9));
    }

    [TestCase(EmParts.Noise)]
    [TestCase(EmParts.Q)]
    [TestCase(EmParts.R)]
    [TestCase(EmParts.Noise | EmParts.F)]
    [TestCase(EmParts.Noise | EmParts.F | EmParts.H)]
    public void The_likelihood_never_falls_with_missing_components(EmParts parts)
    {
        JsonElement data = ReferenceData.Estimation("linear_cv");
        EmFit fit = new ExpectationMaximization { Parts = parts, MaximumIterations = 60 }.Fit(
            Tracker(data), Sensor(data), Start(data), MeasurementSeries.Of(data.Rows("Y"), start: 1.0), startTime: 0.0);
        RequireRising(fit);
        Assert.That(fit.LogLikelihoods[^1], Is.GreaterThan(fit.LogLikelihoods[0] + 0.1));
        var filter = new KalmanFilter(fit.Transition, fit.Sensor, Start(data));
        Assert.That(
            MeasurementSeries.Of(data.Rows("Y"), start: 1.0).LogLikelihood(filter), Is.EqualTo(fit.LogLikelihoods[^1]).Within(1e-9));
    }

    [Test]
    public void A_maximum_of_the_likelihood_is_where_it_rests()
    {
        double[] y = ReferenceData.Estimation("nile").Vector("y");
        JsonElement best = ReferenceData.Estimation("nile").GetProperty("mle_diffuse");
        EmFit fit = new ExpectationMaximization { MaximumIterations = 1, Tolerance = 0.0 }.Fit(
            new LinearTransition(new[,] { { 1.0 } }, new[,] { { best.Number("sigma2_eta") } }),
            new LinearMeasurement(new[,] { { 1.0 } }, new[,] { { best.Number("sigma2_eps") } }),
            GaussianBelief.Unknown(1),
            MeasurementSeries.Of(y));
        Assert.That(fit.Q[0, 0], Is.EqualTo(best.Number("sigma2_eta")).Within(1e-5 * 1469.0));
        Assert.That(fit.R[0, 0], Is.EqualTo(best.Number("sigma2_eps")).Within(1e-5 * 15098.0));
    }

    [Test]
    public void Noise_of_a_simulated_system_with_inputs_and_gaps_is_that_of_maximum_likelihood()
    {
        var draws = new NormalDraws(12, 0);
        var f = new[,] { { 0.9, 0.2 }, { -0.1, 0.8 } };
        var b = new[,] { { 1.0 }, { 0.0 } };
        var h = new[,] { { 1.0, 0.0 }, { 0.0, 1.0 } };
        var x = new double[2];
        var rows = new List<TimedMeasurement>();
        for (int k = 0; k < 400; k++)
        {
            double u = Math.Sin(0.3 * k);
            x = [(f[0, 0] * x[0]) + (f[0, 1] * x[1]) + u + (0.5 * draws.Next()), (f[1, 0] * x[0]) + (f[1, 1] * x[1]) + (0.3 * draws.Next())];
            double second = k % 3 == 0 ? double.NaN : x[1] + (0.4 * draws.Next());
            rows.Add(new TimedMeasurement(k + 1, [x[0] + (0.3 * draws.Next()), second], [u]));
        }

        var series = new MeasurementSeries(rows);
        GaussianBelief start = GaussianBelief.FromDeviations([0, 0], [0, 0]);
        LikelihoodFit best = new MaximumLikelihood(
            [FitParameter.Variance("q1", 1.0), FitParameter.Variance("q2", 1.0), FitParameter.Variance("r1", 1.0), FitParameter.Variance("r2", 1.0)],
            p => new KalmanFilter(
                new LinearTransition(f, new[,] { { p["q1"], 0.0 }, { 0.0, p["q2"] } }, b),
                new LinearMeasurement(h, new[,] { { p["r1"], 0.0 }, { 0.0, p["r2"] } }), start)).Fit(series);
        EmFit fit = new ExpectationMaximization { DiagonalNoise = true, MaximumIterations = 1500 }.Fit(
            new LinearTransition(f, new[,] { { 1.0, 0.0 }, { 0.0, 1.0 } }, b),
            new LinearMeasurement(h, new[,] { { 1.0, 0.0 }, { 0.0, 1.0 } }),
            start, series, startTime: 0.0);
        RequireRising(fit);
        TestContext.Out.WriteLine($"{fit.Status} after {fit.LogLikelihoods.Length}: {fit.LogLikelihoods[^1] - best.LogLikelihood:E1}");
        Assert.That(best.Status, Is.EqualTo(FitStatus.Converged));
        Assert.That(fit.LogLikelihoods[^1], Is.EqualTo(best.LogLikelihood).Within(1e-3).And.LessThanOrEqualTo(best.LogLikelihood + 1e-9));
        (string Name, double Em)[] all = [("q1", fit.Q[0, 0]), ("q2", fit.Q[1, 1]), ("r1", fit.R[0, 0]), ("r2", fit.R[1, 1])];
        foreach ((string name, double em) in all)
        {
            TestContext.Out.WriteLine($"{best[name]}, EM {em}");
            Assert.That(em, Is.EqualTo(best[name].Value).Within(0.01 * best[name].StandardError), name);
        }

        // Twice the gain over the truth is chi-square with four degrees of freedom: 99.9 % are below 18.47.
        double truth = series.LogLikelihood(new KalmanFilter(
            new LinearTransition(f, new[,] { { 0.25, 0.0 }, { 0.0, 0.09 } }, b),
            new LinearMeasurement(h, new[,] { { 0.09, 0.0 }, { 0.0, 0.16 } }), start));
        Assert.That(2.0 * (best.LogLikelihood - truth), Is.InRange(0.0, 18.47));
        Assert.That(fit.Q[0, 1], Is.Zero);
    }

    [Test]
    public void A_start_that_takes_several_measurements_to_fix_is_smoothed_too()
    {
        var draws = new NormalDraws(31, 0);
        (double level, double slope) = (0.0, 0.2);
        double[] y = new double[60];
        for (int k = 0; k < y.Length; k++)
        {
            (level, slope) = (level + slope + (0.5 * draws.Next()), slope + (0.1 * draws.Next()));
            y[k] = level + (0.7 * draws.Next());
        }

        y[1] = double.NaN;
        EmFit fit = new ExpectationMaximization { DiagonalNoise = true, MaximumIterations = 80 }.Fit(
            new LinearTransition(new[,] { { 1.0, 1.0 }, { 0.0, 1.0 } }, new[,] { { 1.0, 0.0 }, { 0.0, 0.3 } }),
            new LinearMeasurement(new[,] { { 1.0, 0.0 } }, new[,] { { 2.0 } }),
            GaussianBelief.Unknown(2),
            MeasurementSeries.Of(y));
        RequireRising(fit);
        Assert.That(fit.LogLikelihoods[^1], Is.GreaterThan(fit.LogLikelihoods[0] + 1.0));
        Assert.That(
            MeasurementSeries.Of(y).LogLikelihood(new KalmanFilter(fit.Transition, fit.Sensor, GaussianBelief.Unknown(2))),
            Is.EqualTo(fit.LogLikelihoods[^1]).Within(1e-9));
    }

    [Test]
    public void A_start_that_the_series_does_not_fix_has_no_likelihood_here()
    {
        EmFit fit = new ExpectationMaximization().Fit(
            new LinearTransition(new[,] { { 1.0, 0.0 }, { 0.0, 1.0 } }, new[,] { { 1.0, 0.0 }, { 0.0, 1.0 } }),
            new LinearMeasurement(new[,] { { 1.0, 0.0 } }, new[,] { { 1.0 } }),
            GaussianBelief.Unknown(2),
            MeasurementSeries.Of([1.0, 2.0, 3.0]));
        Assert.That(fit.Status, Is.EqualTo(FitStatus.NoLikelihood));
        Assert.That(
            () => new ExpectationMaximization().Fit(
                new LinearTransition(new[,] { { 1.0 } }, new[,] { { 1.0 } }),
                new LinearMeasurement(new[,] { { 1.0 } }, new[,] { { 1.0 } }),
                GaussianBelief.Unknown(1),
                MeasurementSeries.Of([1.0])),
            Throws.TypeOf<ModelException>().With.Message.Contains("series"));
    }

    private static void RequireRising(EmFit fit)
    {
        for (int i = 1; i < fit.LogLikelihoods.Length; i++)
        {
            Assert.That(fit.LogLikelihoods[i], Is.GreaterThanOrEqualTo(fit.LogLikelihoods[i - 1] - 1e-10), $"iteration {i}");
        }
    }

    private static LinearTransition Tracker(JsonElement data) => new(data.Matrix("F"), data.Matrix("Q"));

    private static LinearMeasurement Sensor(JsonElement data) => new(data.Matrix("H"), data.Matrix("R"));

    private static GaussianBelief Start(JsonElement data) => GaussianBelief.FromCovariance(data.Vector("x0"), data.Flat("P0"));
}
