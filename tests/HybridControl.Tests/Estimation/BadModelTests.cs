using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Estimation;
using HybridControl.Estimation.Diagnostics;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Estimation;

/// <summary>What cannot be made is refused when it is made, by a message that names the place.</summary>
public class BadModelTests
{
    private static readonly double[,] One = { { 1.0 } };
    private static readonly double[,] Two = { { 1.0, 0.0 }, { 0.0, 1.0 } };
    private static readonly double[,] Indefinite = { { 1.0, 2.0 }, { 2.0, 1.0 } };
    private static readonly double[,] Lopsided = { { 1.0, 0.1 }, { 0.2, 1.0 } };
    private static readonly double[,] NotANumber = { { 1.0, 0.0 }, { 0.0, double.NaN } };
    private static readonly LinearTransition Walk = new(One, One);
    private static readonly LinearMeasurement Look = new(One, One);
    private static readonly GaussianBelief Known = GaussianBelief.FromDeviations([0.0], [1.0]);

    private static IEnumerable<TestCaseData> Wrong
    {
        get
        {
            TestCaseData Case(string name, string where, Action act) => new TestCaseData(act, where).SetArgDisplayNames(name);
            foreach ((string name, double[,] matrix) in new[] { ("indefinite", Indefinite), ("lopsided", Lopsided), ("NaN", NotANumber), ("small", One) })
            {
                yield return Case($"Q {name}", "transition.Q", () => _ = new LinearTransition(Two, matrix));
                yield return Case($"Qc {name}", "transition.Qc", () => _ = new ContinuousLinearTransition(Two, matrix));
                yield return Case($"R {name}", "sensor.R", () => _ = new LinearMeasurement(Two, matrix));
                yield return Case($"expression noise {name}", "noise", () => ExpressionTransition.Build(m =>
                {
                    _ = (m.State("a"), m.State("b"));
                    m.Noise(matrix);
                }));
                yield return Case($"sensor of expressions {name}", "sensor.R", () => _ = new ExpressionMeasurement(
                    ["a"], [("one", Expr.Variable(VariableKind.State, "a")), ("two", Expr.One)], matrix));
                yield return Case($"belief {name}", "belief.covariance", () => GaussianBelief.FromCovariance([0.0, 0.0], matrix.Cast<double>().ToArray()));
            }

            yield return Case("R as a row", "sensor.R", () => _ = new LinearMeasurement(Two, new double[,] { { 1, 0, 0, 1 } }));
            yield return Case("F not square", "transition.F", () => _ = new LinearTransition(new double[2, 3], Two));
            yield return Case("B of another size", "transition.B", () => _ = new LinearTransition(Two, Two, new double[3, 1]));
            yield return Case("no states", "transition.states", () => _ = new LinearTransition(new double[0, 0], new double[0, 0]));
            yield return Case("no states of a belief", "belief.factor", () => GaussianBelief.FromDeviations([], []));
            yield return Case("negative deviation", "belief.deviations[0]", () => GaussianBelief.FromDeviations([0.0], [-1.0]));
            yield return Case("NaN mean", "belief", () => GaussianBelief.FromDeviations([double.NaN], [1.0]));
            yield return Case("start at NaN", "filter.time", () => _ = new KalmanFilter(Walk, Look, Known, double.NaN));
            yield return Case("information at infinity", "filter.time", () => _ = new InformationFilter(Walk, Look, Known, double.PositiveInfinity));
            yield return Case("particles at NaN", "filter.time", () => _ = new ParticleFilter(Walk, Look, Known, 10, 1, double.NaN));
            yield return Case("restart at NaN", "filter.time", () => new KalmanFilter(Walk, Look, Known).Restart(Known, double.NaN));
            yield return Case("exact information", "filter.initial", () => _ = new InformationFilter(Walk, Look, new GaussianBelief(1)));
            yield return Case("one member", "filter.initial", () => _ = new EnsembleKalmanFilter(Walk, Look, Known, 1, 1));
            yield return Case("correlated sensor of nothing", "correlation.sensor", () => _ = new CorrelatedMeasurement(
                new LinearMeasurement(new double[0, 1], new double[0, 0]), new double[0, 1]));
            yield return Case("cross-covariance of another model", "correlation.sensor: states", () => CorrelatedMeasurement.FromCrossCovariance(
                new LinearMeasurement(Two, Two), Walk, new double[1, 2]));
            yield return Case("cross-covariance that is too large", "correlation.S", () => CorrelatedMeasurement.FromCrossCovariance(
                Look, Walk, new double[,] { { 2.0 } }));
            yield return Case("horizon", "buffer.horizonSeconds", () => _ = new BufferedEstimator(new KalmanFilter(Walk, Look, Known), double.NaN));
            yield return Case("hypotheses of different times", "bank.hypotheses.late", () => _ = new HypothesisBank(
                [("on time", new KalmanFilter(Walk, Look, Known)), ("late", new KalmanFilter(Walk, Look, Known, 1.0))], window: 5));
            yield return Case("negative force", "frame.deviations", () => ShearFrameModels.Filter(new ShearFrame([1.0], [1.0]), 0.01, -1.0, 0.1));
            yield return Case("noise that is NaN", "frame.deviations", () => ShearFrameModels.Filter(new ShearFrame([1.0], [1.0]), 0.01, 1.0, double.NaN));
            yield return Case("place that is NaN", "localization", () => EnsembleLocalization.FromPlaces([[double.NaN]], [[0.0]], 1.0));
            yield return Case("negative period", "localization", () => EnsembleLocalization.FromPlaces([[0.0]], [[0.0]], 1.0, period: -1.0));
            yield return Case("series of nothing", "series", () => new ExpectationMaximization().Fit(
                Walk, Look, Known, MeasurementSeries.Of([double.NaN, double.NaN, double.NaN])));
            yield return Case("series out of order", "series[1].time", () => _ = new MeasurementSeries([new(1.0, [0.0]), new(0.5, [0.0])]));
            yield return Case("sizes of a monitor", "divergence: means", () => new DivergenceMonitor(2).AddBelief([0.0], [1.0]));
            yield return Case("lags", "consistency options", () => _ = new ConsistencyAccumulator(1, 1, new() { Lags = -1 }));
            yield return Case("tolerance", "consistency options", () => _ = new ConsistencyAccumulator(1, 1, new() { ExactTolerance = double.NaN }));
            yield return Case("confidence", "confidence", () => _ = new ConsistencyAccumulator(1, 1, new() { Confidence = double.NaN }));
            yield return Case("window", "window", () => _ = new NisWindow(0));
            yield return Case("inflation", "NIS CUSUM", () => _ = new NisCusum(double.NaN));
            yield return Case("limits of divergence", "divergence options", () => _ = new DivergenceMonitor(1, new() { Explosion = double.NaN }));
            yield return Case("scores", "detection", () => _ = new DetectionCurve([1.0, double.NaN], [2.0]));
            yield return Case("gain", "filter.gain", () => _ = new HInfinityFilter(Walk, Look, Known, double.NaN));
            yield return Case("horizon of steps", "estimator.horizon", () => _ = new MovingHorizonEstimator(Walk, Look, Known, 0));
            yield return Case("horizon at NaN", "filter.time", () => _ = new MovingHorizonEstimator(Walk, Look, Known, 3, double.NaN));
            yield return Case("memory", "adaptive.memory", () => _ = new AdaptiveNoise(new KalmanFilter(Walk, Look, Known), Look) { Memory = double.NaN });
            yield return Case("chain", "switching", () => MarkovChain.FromRows([0.5, 0.6], [0.5, double.NaN]));
            yield return Case("chain of no modes", "switching", () => MarkovChain.FromRows());
            yield return Case("probabilities of modes", "modes.initial", () => _ = new InteractingMultipleModel(
                [new KalmanFilter(Walk, Look, Known), new KalmanFilter(Walk, Look, Known)], MarkovChain.FromRows([1, 0], [0, 1]), [double.NaN, 1.0]));
            yield return Case("observability of NaN", "F", () => Observability.Of([double.NaN], [1.0], ["a"]));
            yield return Case("observability of a row", "H", () => Observability.Of([1.0, 0.0, 0.0, 1.0], [1.0, 2.0, 3.0], ["a", "b"]));
            yield return Case("observability of what overflows", "observability", () => Observability.Of(
                [1e200, 0.0, 1.0, 0.0, 1e200, 0.0, 0.0, 0.0, 1e200], [1.0, 1.0, 1.0], ["a", "b", "c"]));
            yield return Case("envelope of nothing", "kpin.envelope", () => KpinEnvelope.Around([], 3));
            yield return Case("envelope of rows of nothing", "kpin.envelope", () => KpinEnvelope.Around([1.0], 0));
            yield return Case("envelope limit", "kpin.envelope.limit", () => KpinEnvelope.FromFactor([0.0], [1.0], double.NaN));
            yield return Case("features of nothing", "kpin.features", () => _ = new KpinFeatures(0, 0, 1));
        }
    }

    [TestCaseSource(nameof(Wrong))]
    public void What_cannot_be_made_is_refused_by_name(Action act, string where)
    {
        ModelException refusal = Assert.Throws<ModelException>(act)!;
        Assert.That(refusal.Findings[0].Where, Does.StartWith(where));
        Assert.That(refusal.Findings[0].Mend, Is.Not.Empty);
    }

    [Test]
    public void Nothing_in_place_of_a_matrix_is_named()
    {
        Assert.That(() => new LinearTransition(null!, One), Throws.ArgumentNullException);
        Assert.That(() => new LinearTransition(One, null!), Throws.ArgumentNullException);
        Assert.That(() => new ContinuousLinearTransition(null!, One), Throws.ArgumentNullException);
        Assert.That(() => new LinearMeasurement(null!, One), Throws.ArgumentNullException);
        Assert.That(() => new LinearMeasurement(One, null!), Throws.ArgumentNullException);
        Assert.That(() => new CorrelatedMeasurement(Look, null!), Throws.ArgumentNullException);
        Assert.That(() => Known.WithUnknown(null!), Throws.ArgumentNullException);
        Assert.That(() => new HypothesisBank(null!, 5), Throws.ArgumentNullException);
        Assert.That(() => new MeasurementSeries(null!), Throws.ArgumentNullException);
        Assert.That(() => new MeasurementSeries([new TimedMeasurement(0.0, null!)]), Throws.ArgumentNullException);
    }

    [Test]
    public void An_update_of_another_sensor_is_not_recorded_as_this_one()
    {
        var filter = new KalmanFilter(Walk, Look, Known);
        filter.Update([1.0, 2.0], new LinearMeasurement(new double[,] { { 1 }, { 1 } }, Two, ["a", "b"]));
        var recorder = new EstimationRecorder(["x0"], ["z0"]);
        Assert.That(() => recorder.Record(filter, [1.0], Look), Throws.TypeOf<ModelException>());
        Assert.That(recorder.Count, Is.Zero);
        filter.Update([1.0]);
        recorder.Record(filter, [1.0], Look);
        Assert.That(recorder.ToHistory().Count, Is.EqualTo(1));
    }

    [Test]
    public void Expectation_and_maximisation_end_whatever_is_asked_of_them()
    {
        double[] values = [1.0, 1.2, 0.9, 1.1, 1.05];
        var still = new LinearTransition(new double[,] { { 1, 0 }, { 0, 1 } }, new double[,] { { 0.01, 0 }, { 0, 0 } });
        var first = new LinearMeasurement(new double[,] { { 1, 0 } }, new double[,] { { 0.1 } });
        // The second state is zero for ever: nothing tells of its row of F.
        EmFit fit = new ExpectationMaximization { Parts = EmParts.Noise | EmParts.F | EmParts.H, MaximumIterations = 20 }.Fit(
            still, first, GaussianBelief.FromDeviations([1, 0], [1, 0]), MeasurementSeries.Of(values));
        Assert.That(fit.LogLikelihoods, Is.Not.Empty);
        Assert.That(fit.Q.Cast<double>().Concat(fit.R.Cast<double>()).Concat(fit.F.Cast<double>()).All(double.IsFinite));

        EmFit none = new ExpectationMaximization { MaximumIterations = -1 }.Fit(Walk, Look, Known, MeasurementSeries.Of(values));
        Assert.That(none.Status, Is.EqualTo(FitStatus.NotConverged));
    }

    [Test]
    public void A_gated_filter_starts_from_nothing_known()
    {
        var filter = new KalmanFilter(Walk, Look, GaussianBelief.Unknown(1)) { GateProbability = 0.99 };
        Assert.That(filter.Update([3.0]), Is.EqualTo(EstimationStatus.Done));
        Assert.That(filter.Belief.Mean[0], Is.EqualTo(3.0));
        Assert.That(filter.Update([300.0]), Is.EqualTo(EstimationStatus.Gated));
        Assert.That(filter.Belief.Mean[0], Is.EqualTo(3.0));
    }

    [Test]
    public void A_hypothesis_that_fails_leaves_the_others_their_probabilities()
    {
        var exact = new LinearMeasurement(One, new double[1, 1]);
        var bank = new HypothesisBank(
            [("sure", new KalmanFilter(Walk, exact, new GaussianBelief(1))), ("unsure", new KalmanFilter(Walk, Look, Known))], window: 3);
        Assert.That(bank.Update([1.0]), Is.EqualTo(EstimationStatus.Contradiction));
        Assert.That(bank.FailureOf(0), Is.EqualTo(EstimationStatus.Contradiction));
        Assert.That(bank.Probabilities.ToArray(), Is.EqualTo(new[] { 0.0, 1.0 }));
        Assert.That(bank.Predict(double.NaN), Is.EqualTo(EstimationStatus.OutOfOrder));
        Assert.That(() => bank.Update([1.0, 2.0]), Throws.TypeOf<ModelException>());
        bank.Predict(1.0);
        bank.Update([double.NaN]);
        Assert.That(bank.Probabilities.ToArray(), Is.EqualTo(new[] { 0.0, 1.0 }));
    }
}
