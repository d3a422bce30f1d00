using System.Text.Json;
using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation;

public class MaximumLikelihoodTests
{
    [Test]
    public void Nile_ends_at_the_published_variances()
    {
        JsonElement expected = ReferenceData.Estimation("nile").GetProperty("mle_diffuse");
        LikelihoodFit fit = Nile(1000.0, 1000.0);
        Assert.That(fit.Status, Is.EqualTo(FitStatus.Converged));
        Assert.That(fit["irregular"].Value, Is.EqualTo(expected.Number("sigma2_eps")).Within(1e-6 * 15098.0));
        Assert.That(fit["level"].Value, Is.EqualTo(expected.Number("sigma2_eta")).Within(1e-6 * 1469.0));
        Assert.That(fit.LogLikelihood, Is.EqualTo(expected.Number("loglik")).Within(1e-9));
    }

    [TestCase(1.0, 1e6)]
    [TestCase(1e6, 1.0)]
    [TestCase(1e-3, 1e-3)]
    public void The_start_of_the_search_does_not_matter(double irregular, double level)
    {
        LikelihoodFit near = Nile(15000.0, 1500.0);
        LikelihoodFit far = Nile(irregular, level);
        Assert.That(far.Status, Is.EqualTo(FitStatus.Converged));
        Assert.That(far["irregular"].Value, Is.EqualTo(near["irregular"].Value).Within(1e-6 * 15098.0));
        Assert.That(far["level"].Value, Is.EqualTo(near["level"].Value).Within(1e-6 * 1469.0));
    }

    [Test]
    public void Standard_errors_are_those_of_independent_normal_numbers()
    {
        // y = mu + e: the estimates are mean and mean square, their errors s/sqrt(N) and s^2 sqrt(2/N) (Hessian at the optimum).
        var draws = new NormalDraws(3, 1);
        double[] y = [.. Enumerable.Range(0, 200).Select(_ => 4.0 + (2.0 * draws.Next()))];
        LikelihoodFit fit = new MaximumLikelihood(
            [FitParameter.Real("mean", 0.0), FitParameter.Variance("variance", 1.0)],
            p => new KalmanFilter(
                new LinearTransition(new[,] { { 1.0 } }, new double[1, 1]),
                new LinearMeasurement(new[,] { { 1.0 } }, new[,] { { p["variance"] } }),
                GaussianBelief.FromDeviations([p["mean"]], [0.0]))).Fit(MeasurementSeries.Of(y));
        double mean = y.Average();
        double variance = y.Average(value => (value - mean) * (value - mean));
        Assert.That(fit.Status, Is.EqualTo(FitStatus.Converged));
        Assert.That(fit["mean"].Value, Is.EqualTo(mean).Within(1e-7));
        Assert.That(fit["variance"].Value, Is.EqualTo(variance).Within(1e-6));
        Assert.That(fit["mean"].StandardError, Is.EqualTo(Math.Sqrt(variance / 200.0)).Within(1e-5));
        Assert.That(fit["variance"].StandardError, Is.EqualTo(variance * Math.Sqrt(2.0 / 200.0)).Within(1e-5));
        Assert.That(fit.Akaike, Is.EqualTo(2.0 * (2.0 - fit.LogLikelihood)));
    }

    [Test]
    public void A_variance_that_the_data_want_zero_ends_at_its_bound()
    {
        // Alternating signs have negative autocorrelation: no level noise explains any of it.
        double[] y = [.. Enumerable.Range(0, 60).Select(k => 10.0 + ((k % 2 == 0) ? 1.0 : -1.0) + (0.1 * Math.Sin(k)))];
        LikelihoodFit fit = LocalLevel(1.0, 1.0).Fit(MeasurementSeries.Of(y));
        Assert.That(fit.Status, Is.EqualTo(FitStatus.AtBound));
        Assert.That(fit["level"], Is.EqualTo(new FittedParameter("level", 0.0, double.NaN, true)));
        double mean = y.Average();
        Assert.That(fit["irregular"].Value, Is.EqualTo(y.Sum(value => (value - mean) * (value - mean)) / 59.0).Within(1e-6));
        Assert.That(fit["irregular"].StandardError, Is.GreaterThan(0.0));
    }

    [Test]
    public void Parameters_that_only_matter_together_are_called_flat()
    {
        var fit = new MaximumLikelihood(
            [FitParameter.Real("a", 1.0), FitParameter.Real("b", 1.0)],
            p => new KalmanFilter(
                new LinearTransition(new[,] { { 1.0 } }, new double[1, 1]),
                new LinearMeasurement(new[,] { { 1.0 } }, new[,] { { 1.0 } }),
                GaussianBelief.FromDeviations([p["a"] + p["b"]], [0.0])));
        LikelihoodFit answer = fit.Fit(MeasurementSeries.Of([3.0, 5.0, 4.0]));
        Assert.That(answer.Status, Is.EqualTo(FitStatus.Flat));
        Assert.That(answer["a"].Value + answer["b"].Value, Is.EqualTo(4.0).Within(1e-5));
        Assert.That(answer["a"].StandardError, Is.NaN);
    }

    [Test]
    public void A_coefficient_between_bounds_is_found_through_an_extended_filter()
    {
        // An AR(1) with coefficient 0.7, measured exactly: the estimate is sum y y- / sum y-^2 given the first value.
        var draws = new NormalDraws(9, 0);
        double[] y = new double[150];
        for (int k = 1; k < y.Length; k++)
        {
            y[k] = (0.7 * y[k - 1]) + draws.Next();
        }

        LikelihoodFit fit = new MaximumLikelihood(
            [FitParameter.Between("phi", -1.0, 1.0, 0.1)],
            p => new ExtendedKalmanFilter(
                new LinearTransition(new[,] { { p["phi"] } }, new[,] { { 1.0 } }),
                new LinearMeasurement(new[,] { { 1.0 } }, new double[1, 1]),
                GaussianBelief.FromDeviations([0.0], [0.0]))).Fit(MeasurementSeries.Of(y[1..], start: 1.0));
        double expected = Enumerable.Range(1, 149).Sum(k => y[k] * y[k - 1]) / Enumerable.Range(1, 149).Sum(k => y[k - 1] * y[k - 1]);
        Assert.That(fit.Status, Is.EqualTo(FitStatus.Converged));
        Assert.That(fit["phi"].Value, Is.EqualTo(expected).Within(1e-6));
    }

    [Test]
    public void What_cannot_be_fitted_is_told()
    {
        LikelihoodFit impossible = LocalLevel(1.0, 1.0).Fit(MeasurementSeries.Of([1.0, double.PositiveInfinity, 2.0]));
        Assert.That(impossible.Status, Is.EqualTo(FitStatus.NoLikelihood));
        MaximumLikelihood hurried = new(
            [FitParameter.Variance("level", 1.0)], p => throw new ModelException("model", "not made"))
        { MaximumEvaluations = 3 };
        Assert.That(() => hurried.Fit(MeasurementSeries.Of([1.0, 2.0])), Throws.TypeOf<ModelException>().With.Message.Contains("not made"));
        Assert.That(Nile(1.0, 1e6, evaluations: 20).Status, Is.EqualTo(FitStatus.NotConverged));
        Assert.That(() => FitParameter.Variance("q", 0.0), Throws.TypeOf<ModelException>().With.Message.Contains("parameters.q"));
        Assert.That(
            () => new MeasurementSeries([new TimedMeasurement(1.0, [0.0]), new TimedMeasurement(0.5, [0.0])]),
            Throws.TypeOf<ModelException>().With.Message.Contains("series[1]"));
    }

    private static LikelihoodFit Nile(double irregular, double level, int evaluations = 5000) =>
        LocalLevel(irregular, level, evaluations).Fit(MeasurementSeries.Of(ReferenceData.Estimation("nile").Vector("y")));

    private static MaximumLikelihood LocalLevel(double irregular, double level, int evaluations = 5000) => new(
        [FitParameter.Variance("irregular", irregular), FitParameter.Variance("level", level)],
        p => new KalmanFilter(
            new LinearTransition(new[,] { { 1.0 } }, new[,] { { p["level"] } }),
            new LinearMeasurement(new[,] { { 1.0 } }, new[,] { { p["irregular"] } }),
            GaussianBelief.Unknown(1)))
    { MaximumEvaluations = evaluations };
}
