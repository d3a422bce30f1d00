using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation.Monitoring;

public class HypothesisBankTests
{
    [Test]
    public void Probabilities_are_those_of_Bayes()
    {
        // Two known means, one measurement of variance 1 each: p1/p0 = exp(sum of log ratios).
        var bank = new HypothesisBank([("zero", Known(0.0)), ("two", Known(2.0))], window: 3, priors: [0.75, 0.25]);
        double[] measurements = [1.5, 0.25, 1.75, 1.1];
        double ratio = Math.Log(0.25 / 0.75);
        foreach (double z in measurements)
        {
            bank.Update([z]);
            ratio += ((z * z) - ((z - 2.0) * (z - 2.0))) / 2.0;
            Assert.That(bank.Probabilities[1], Is.EqualTo(1.0 / (1.0 + Math.Exp(-ratio))).Within(1e-12));
        }

        double window = measurements[1..].Sum(z => ((z * z) - ((z - 2.0) * (z - 2.0))) / 2.0);
        Assert.That(bank.LogLikelihoodRatios[1], Is.EqualTo(window).Within(1e-12));
        Assert.That(bank.MostLikely, Is.EqualTo(window > 0.0 ? 1 : 0));
    }

    [Test]
    public void Unlikely_data_do_not_underflow()
    {
        var bank = new HypothesisBank([("zero", Known(0.0)), ("far", Known(1000.0))], window: 2);
        for (int i = 0; i < 100; i++)
        {
            bank.Update([500.1]);
        }

        Assert.That(bank.Probabilities[1], Is.EqualTo(1.0).Within(1e-12));
        Assert.That(bank.Probabilities[0] + bank.Probabilities[1], Is.EqualTo(1.0).Within(1e-15));
    }

    [Test]
    public void A_hypothesis_that_fails_is_given_up_and_the_others_go_on()
    {
        var bank = new HypothesisBank([("right", Known(0.0)), ("exact", Known(1.0, deviation: 0.0))], window: 2);
        Assert.That(bank.Update([0.2]), Is.EqualTo(EstimationStatus.Done));
        Assert.That(bank.FailureOf(1), Is.EqualTo(EstimationStatus.Contradiction));
        Assert.That(bank.Probabilities.ToArray(), Is.EqualTo(new[] { 1.0, 0.0 }));
        Assert.That(bank.Update([double.NaN]), Is.EqualTo(EstimationStatus.Missing));
        Assert.That(bank.FailureOf(0), Is.EqualTo(EstimationStatus.Done));
    }

    [Test]
    public void What_is_beyond_the_range_of_all_hypotheses_changes_none()
    {
        var bank = new HypothesisBank([("zero", Known(0.0)), ("two", Known(2.0))], window: 3);
        bank.Update([0.4]);
        double[] before = bank.Probabilities.ToArray();
        foreach (double far in (double[])[1e200, -1e308, double.MaxValue])
        {
            Assert.That(bank.Update([far]), Is.EqualTo(EstimationStatus.OutOfRange));
            Assert.That(bank.Probabilities.ToArray(), Is.EqualTo(before));
            Assert.That((bank.FailureOf(0), bank.FailureOf(1)), Is.EqualTo((EstimationStatus.Done, EstimationStatus.Done)));
        }

        Assert.That(bank.Update([0.4]), Is.EqualTo(EstimationStatus.Done));
        Assert.That(bank.Probabilities[1], Is.LessThan(before[1]));
    }

    [Test]
    public void An_update_allocates_nothing()
    {
        var bank = new HypothesisBank([("zero", Known(0.0)), ("two", Known(2.0))], window: 3);
        Allocations.None(() => bank.Update([1.0]));
    }

    [Test]
    public void What_is_no_bank_is_refused_with_every_finding()
    {
        ModelException refused = Assert.Throws<ModelException>(() => new HypothesisBank([("one", Known(0.0))], 0, [2.0]))!;
        Assert.That(
            refused.Findings.Select(finding => finding.Where), Is.EqualTo(new[] { "bank.hypotheses", "bank.window", "bank.priors" }));
    }

    private static KalmanFilter Known(double mean, double deviation = 1.0) => new(
        new LinearTransition(new[,] { { 1.0 } }, new[,] { { 0.0 } }),
        new LinearMeasurement(new[,] { { 1.0 } }, new[,] { { deviation * deviation } }),
        GaussianBelief.FromDeviations([mean], [0.0]));
}
