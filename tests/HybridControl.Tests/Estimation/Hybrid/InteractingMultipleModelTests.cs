using System.Text.Json;
using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation.Hybrid;

public class InteractingMultipleModelTests
{
    private const double Tolerance = 1e-9;

    [Test]
    public void Two_models_agree_with_the_reference()
    {
        JsonElement data = ReferenceData.Estimation("imm");
        InteractingMultipleModel imm = Reference(data);
        double[][] measurements = data.Rows("Y");
        double[][] means = data.Rows("x");
        double[][] probabilities = data.Rows("mu");
        double worst = 0.0;
        for (int k = 0; k < measurements.Length; k++)
        {
            imm.Predict(k + 1);
            Assert.That(imm.Update(measurements[k]), Is.EqualTo(EstimationStatus.Done));
            Assert.That(imm.Belief.Mean.ToArray(), Is.EqualTo(means[k]).Within(Tolerance), $"step {k}");
            Assert.That(imm.ModeProbabilities.ToArray(), Is.EqualTo(probabilities[k]).Within(Tolerance), $"step {k}");
            worst = Math.Max(worst, Math.Abs(imm.Belief.Mean[0] - means[k][0]));
        }

        Assert.That(imm.Belief.Covariance(), Is.EqualTo(data.Flat("P_last")).Within(Tolerance));
        Assert.That(imm.LogLikelihood, Is.EqualTo(data.Number("loglik")).Within(Tolerance));
        TestContext.Out.WriteLine($"largest error of the mean {worst:E1}, of the likelihood {imm.LogLikelihood - data.Number("loglik"):E1}");
    }

    [Test]
    public void Modes_that_are_alike_are_one_Kalman_filter()
    {
        JsonElement data = ReferenceData.Estimation("linear_cv");
        KalmanFilter alone = Tracker(data);
        var imm = new InteractingMultipleModel(
            [Tracker(data), Tracker(data), Tracker(data)], MarkovChain.FromRates([-0.2, 0.1, 0.1], [0.3, -0.3, 0.0], [0.0, 0.7, -0.7]), [0.2, 0.5, 0.3]);
        double[][] measurements = data.Rows("Y");
        for (int k = 0; k < measurements.Length; k++)
        {
            alone.Predict(k + 1);
            imm.Predict(k + 1);
            Assert.That(imm.Update(measurements[k]), Is.EqualTo(alone.Update(measurements[k])));
            Assert.That(imm.Belief.Mean.ToArray(), Is.EqualTo(alone.Belief.Mean.ToArray()).Within(1e-11));
            Assert.That(imm.Innovation.Count, Is.EqualTo(alone.Innovation.Count), "missing components are missing in all modes");
            Assert.That(imm.Innovation.NormalizedSquare, Is.EqualTo(alone.Innovation.NormalizedSquare).Within(1e-10));
        }

        Assert.That(imm.Belief.Covariance(), Is.EqualTo(alone.Belief.Covariance()).Within(1e-11));
        Assert.That(imm.LogLikelihood, Is.EqualTo(alone.LogLikelihood).Within(Tolerance));
    }

    [Test]
    public void A_measurement_however_unlikely_leaves_probabilities()
    {
        InteractingMultipleModel imm = Reference(ReferenceData.Estimation("imm"));
        imm.Predict(1);
        Assert.That(imm.Update([1e5]), Is.EqualTo(EstimationStatus.Done), "the density is below exp(-1e8)");
        Assert.That(imm.LogLikelihood, Is.LessThan(-1e8).And.GreaterThan(double.NegativeInfinity));
        Assert.That(imm.ModeProbabilities[0] + imm.ModeProbabilities[1], Is.EqualTo(1.0).Within(1e-15));
        imm.Predict(2);
        Assert.That(imm.ModeProbabilities.ToArray(), Has.All.GreaterThan(0.0), "switching brings every mode back");
        Assert.That(imm.Belief.IsFinite);
    }

    [Test]
    public void A_mode_that_fails_does_not_stop_the_others()
    {
        var names = new[] { "x" };
        LinearMeasurement sensor = new(new[,] { { 1.0 } }, new[,] { { 0.01 } });
        GaussianBelief start = GaussianBelief.FromDeviations([2.0], [0.1]);
        ExpressionTransition root = ExpressionTransition.Build(m =>
        {
            Expr state = m.State("x");
            m.Next(state, Expr.Sqrt(state));
            m.Noise(new[,] { { 0.01 } });
        });
        LinearTransition walk = new(new[,] { { 1.0 } }, new[,] { { 0.01 } }, stateNames: names);
        var imm = new InteractingMultipleModel(
            [new ExtendedKalmanFilter(root, sensor, start), new KalmanFilter(walk, sensor, start)],
            MarkovChain.FromRows([0.9, 0.1], [0.1, 0.9]));
        imm.Predict(1);
        imm.Update([-10.0]);
        Assert.That(imm.Predict(2), Is.EqualTo(EstimationStatus.Done));
        Assert.That(imm.ModeStatus(0), Is.EqualTo(EstimationStatus.NotFinite), "the root of a negative number");
        Assert.That(imm.ModeProbabilities.ToArray(), Is.EqualTo(new[] { 0.0, 1.0 }));
        Assert.That(imm.Update([10.0]), Is.EqualTo(EstimationStatus.Done));
        Assert.That(imm.Update([10.0]), Is.EqualTo(EstimationStatus.Done));
        Assert.That(imm.Predict(3), Is.EqualTo(EstimationStatus.Done));
        Assert.That(imm.ModeStatus(0), Is.EqualTo(EstimationStatus.Done), "the mode is back");
        Assert.That(imm.ModeProbabilities[0], Is.EqualTo(0.1).Within(1e-12));
    }

    [Test]
    public void When_all_modes_fail_the_last_good_belief_is_kept()
    {
        JsonElement data = ReferenceData.Estimation("imm");
        InteractingMultipleModel imm = Reference(data);
        imm.Predict(1);
        imm.Update([0.3]);
        GaussianBelief before = imm.Belief.Copy();
        double[] probabilities = imm.ModeProbabilities.ToArray();
        Assert.That(imm.Update([double.NaN]), Is.EqualTo(EstimationStatus.Missing));
        Assert.That(imm.Update([double.PositiveInfinity]), Is.EqualTo(EstimationStatus.InfiniteMeasurement));
        Assert.That(imm.Predict(0.5), Is.EqualTo(EstimationStatus.OutOfOrder));
        Assert.That(imm.Update([1e200]), Is.EqualTo(EstimationStatus.OutOfRange), "the square of the innovation overflows");
        Assert.That(imm.Belief.Mean.ToArray(), Is.EqualTo(before.Mean.ToArray()));
        Assert.That(imm.ModeProbabilities.ToArray(), Is.EqualTo(probabilities));
        Assert.That(imm.Predict(2), Is.EqualTo(EstimationStatus.Done));
    }

    [Test]
    public void Angles_mix_the_short_way_around()
    {
        StateGeometry circle = StateGeometry.Periodic(2.0 * Math.PI);
        LinearTransition Stand() => new(new[,] { { 1.0 } }, new[,] { { 1e-4 } }) { Geometry = circle };
        LinearMeasurement compass = new(new[,] { { 1.0 } }, new[,] { { 1e-2 } }) { Geometry = circle };
        var imm = new InteractingMultipleModel(
            [
                new KalmanFilter(Stand(), compass, GaussianBelief.FromDeviations([Math.PI - 0.1], [0.05])),
                new KalmanFilter(Stand(), compass, GaussianBelief.FromDeviations([0.1 - Math.PI], [0.05])),
            ],
            MarkovChain.FromRows([0.5, 0.5], [0.5, 0.5]));
        Assert.That(Math.Abs(imm.Belief.Mean[0]), Is.EqualTo(Math.PI).Within(1e-12));
        Assert.That(imm.Belief.Variance(0), Is.EqualTo(0.01 + 0.0025).Within(1e-12));
        imm.Predict(1);
        Assert.That(imm.Filters.Select(filter => Math.Abs(filter.Belief.Mean[0])), Has.All.EqualTo(Math.PI).Within(1e-12));
        imm.Update([0.02 - Math.PI]);
        Assert.That(imm.Innovation.Value[0], Is.EqualTo(0.02).Within(1e-12));
    }

    [Test]
    public void A_step_allocates_nothing()
    {
        JsonElement data = ReferenceData.Estimation("imm");
        InteractingMultipleModel imm = Reference(data);
        double[][] measurements = data.Rows("Y");
        Allocations.None(
            k =>
            {
                imm.Predict(k + 1);
                imm.Update(measurements[k]);
            },
            first: 0,
            warmUp: 1,
            calls: measurements.Length - 1);
    }

    [Test]
    public void What_does_not_fit_is_refused_with_every_finding()
    {
        JsonElement data = ReferenceData.Estimation("linear_cv");
        KalmanFilter filter = Tracker(data);
        ModelException refusal = Assert.Throws<ModelException>(() => new InteractingMultipleModel(
            [filter, filter], MarkovChain.FromRows([1.0]), [0.7, 0.7]))!;
        Assert.That(refusal.Findings, Has.Length.EqualTo(3));
        var imm = new InteractingMultipleModel([filter], MarkovChain.FromRows([1.0]));
        Assert.That(() => imm.Update([1.0]), Throws.TypeOf<ModelException>().With.Message.Contains("measurement"));
        Assert.That(() => imm.Predict(1, [1.0]), Throws.TypeOf<ModelException>().With.Message.Contains("input"));
    }

    internal static InteractingMultipleModel Reference(JsonElement data)
    {
        LinearMeasurement sensor = new(data.Matrix("H"), data.Matrix("R"));
        GaussianBelief start = GaussianBelief.FromCovariance(data.Vector("x0"), data.Flat("P0"));
        return new InteractingMultipleModel(
            [.. data.GetProperty("models").EnumerateArray().Select(
                model => new KalmanFilter(new LinearTransition(model.Matrix("F"), model.Matrix("Q")), sensor, start))],
            MarkovChain.FromRows(data.Rows("Pi")),
            data.Vector("mu0"));
    }

    private static KalmanFilter Tracker(JsonElement data) => new(
        new LinearTransition(data.Matrix("F"), data.Matrix("Q")),
        new LinearMeasurement(data.Matrix("H"), data.Matrix("R")),
        GaussianBelief.FromCovariance(data.Vector("x0"), data.Flat("P0")));
}
