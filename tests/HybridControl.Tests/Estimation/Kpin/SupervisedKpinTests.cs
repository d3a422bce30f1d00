using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation.Kpin;

public class SupervisedKpinTests
{
    private const double Cubic = 1.5;
    private const double Noise = 0.05;

    private static readonly LinearMeasurement Sensor = new(new double[,] { { 1, 0 } }, new double[,] { { 0.0004 } });

    private static KpinDesign Design => new(KpinLevel.Gain, new KpinFeatures(2, 0, 1), new double[,] { { 0 }, { 1 } }, 20.0);

    // The correction that the truth asks for.
    private static KpinBench.Given Right => new((z, output) =>
    {
        double share = -Cubic * z[0] * z[0] * z[0] / 20.0;
        output.Residual[0] = Math.Atanh(Math.Clamp(share, -0.9, 0.9));
        output.ResidualJacobian[0] = -3.0 * Cubic * z[0] * z[0] / 20.0 / (1.0 - (share * share));
    });

    [Test]
    public void Likelihood_never_falls_below_that_of_the_filter_by_more_than_the_bound()
    {
        var shortest = double.PositiveInfinity;
        for (ulong seed = 1; seed <= 20; seed++)
        {
            SupervisedKpin pair = Start(KpinBench.Nonsense(seed));
            foreach (double z in Simulate(seed, 100))
            {
                pair.Predict(pair.Time + KpinBench.Step);
                pair.Update([z]);
                Assert.That(pair.TotalGain, Is.GreaterThanOrEqualTo(-pair.RegretBound));
            }

            shortest = Math.Min(shortest, pair.TotalGain + pair.RegretBound);
            Assert.That(pair.RegretBound, Is.EqualTo(Math.Log(2.0) - (100 * Math.Log(0.99))).Within(1e-12));
        }

        Assert.That(shortest, Is.LessThan(1.5), "the bound is not idle: nonsense comes near it");
    }

    [Test]
    public void Network_that_is_right_is_trusted_and_gains_likelihood()
    {
        SupervisedKpin pair = Start(Right);
        foreach (double z in Simulate(3, 100))
        {
            pair.Predict(pair.Time + KpinBench.Step);
            pair.Update([z]);
        }

        Assert.Multiple(() =>
        {
            Assert.That(pair.Trust, Is.GreaterThan(0.5));
            Assert.That(pair.TotalGain, Is.GreaterThan(15.0));
            Assert.That(pair.TotalGain, Is.EqualTo(pair.LogLikelihood - pair.Nominal.LogLikelihood));
            Assert.That(pair.Belief.Mean[1], Is.EqualTo(pair.Kpin.Belief.Mean[1]).Within(0.05));
        });
    }

    [Test]
    public void Plain_filter_inside_is_the_plain_filter_bit_for_bit()
    {
        SupervisedKpin pair = Start(KpinBench.Nonsense(4));
        var plain = new ExtendedKalmanFilter(KpinBench.Spring(0.0, Noise), Sensor, Initial);
        foreach (double z in Simulate(4, 50))
        {
            pair.Predict(pair.Time + KpinBench.Step);
            pair.Update([z]);
            plain.Predict(pair.Time);
            plain.Update([z]);
            Assert.That(pair.Nominal.Belief.Mean.ToArray(), Is.EqualTo(plain.Belief.Mean.ToArray()));
            Assert.That(pair.Nominal.LogLikelihood, Is.EqualTo(plain.LogLikelihood));
        }
    }

    [Test]
    public void Network_that_fails_is_vetoed_and_comes_back()
    {
        bool broken = false;
        var correction = new KpinBench.Given((_, output) => output.Residual[0] = broken ? double.NaN : 0.0);
        SupervisedKpin pair = Start(correction);
        pair.Predict(0.1);
        pair.Update([1.0]);
        broken = true;
        pair.Predict(0.2);
        Assert.That(pair.IsVetoed && pair.Trust == 0.0 && pair.Kpin.Time == 0.2);
        pair.Update([0.9]);
        Assert.That(pair.Trust, Is.Zero);
        Assert.That(pair.Belief.Mean.ToArray(), Is.EqualTo(pair.Nominal.Belief.Mean.ToArray()));
        broken = false;
        pair.Predict(0.3);
        pair.Update([0.8]);
        Assert.That(pair.IsVetoed, Is.False);
        Assert.That(pair.Trust, Is.EqualTo(0.01).Within(1e-12), "both foretold the same");
    }

    [Test]
    public void Surprises_in_a_row_veto_the_network_once_there_are_enough()
    {
        // A network that holds the noise for a hundredth of what it is finds every measurement surprising.
        var correction = new KpinBench.Given((_, output) => (output.ProcessScales[1], output.MeasurementScales[0]) = (-3.0, -2.0));
        SupervisedKpin pair = Start(correction);
        var vetoes = new List<bool>();
        double z = 1.0;
        for (int k = 0; k < 5; k++)
        {
            pair.Predict(pair.Time + KpinBench.Step);
            z = -z;
            pair.Update([2.0 * z]);
            vetoes.Add(pair.IsVetoed);
        }

        Assert.That(vetoes, Is.EqualTo(new[] { false, false, true, false, false }));
    }

    [Test]
    public void Features_beyond_those_of_training_veto_the_network()
    {
        KpinEnvelope envelope = KpinEnvelope.Around([1.0, 0.0, -1.0, 0.0, 0.0, 1.0, 0.0, -1.0], 2, margin: 1.0);
        SupervisedKpin pair = Start(Right, envelope);
        pair.Predict(0.1);
        bool inside = pair.IsVetoed;
        var far = new KpinEstimator(
            KpinBench.Spring(0.0, Noise), Sensor, GaussianBelief.FromDeviations([3.0, 0.0], [0.1, 0.1]), Design with { Envelope = envelope }, Right);
        far.Predict(0.1);
        Assert.Multiple(() =>
        {
            Assert.That(inside, Is.False);
            Assert.That(envelope.Limit, Is.EqualTo(2.0).Within(1e-12), "four points on the axes, variance one half each");
            Assert.That(far.FeatureDistance, Is.EqualTo(18.0).Within(1e-9));
        });
        SupervisedKpin supervised = new(
            new ExtendedKalmanFilter(KpinBench.Spring(0.0, Noise), Sensor, far.Belief, far.Time), far);
        supervised.Predict(0.2);
        Assert.That(supervised.IsVetoed);
    }

    [Test]
    public void Envelope_takes_no_step_beside_the_directions_that_training_knew()
    {
        KpinEnvelope envelope = KpinEnvelope.Around([1.0, 2.0, -1.0, 2.0, 0.5, 2.0], 2);
        var work = new double[2];
        Assert.Multiple(() =>
        {
            Assert.That(envelope.SquaredDistance([0.3, 2.0], work), Is.LessThan(envelope.Limit));
            Assert.That(envelope.SquaredDistance([0.3, 2.1], work), Is.EqualTo(double.PositiveInfinity));
        });
    }

    [Test]
    public void Missing_measurements_change_no_trust_and_no_bound()
    {
        SupervisedKpin pair = Start(Right);
        pair.Predict(0.1);
        double bound = pair.RegretBound;
        EstimationStatus status = pair.Update([double.NaN]);
        Assert.Multiple(() =>
        {
            Assert.That(status, Is.EqualTo(EstimationStatus.Missing));
            Assert.That(pair.Trust, Is.EqualTo(0.5));
            Assert.That(pair.RegretBound, Is.EqualTo(bound));
        });
    }

    [Test]
    public void Settings_out_of_range_are_refused_with_every_finding()
    {
        KpinEstimator kpin = Kpin(Right, null);
        var fault = Assert.Throws<ModelException>(() => _ = new SupervisedKpin(
            new ExtendedKalmanFilter(KpinBench.Spring(0.0, Noise), Sensor, Initial, time: 1.0),
            kpin,
            new KpinSupervision { InitialTrust = 1.0, SwitchProbability = 0.0, VetoCount = 0 }));
        Assert.That(fault.Findings, Has.Length.EqualTo(4));
    }

    private static GaussianBelief Initial => GaussianBelief.FromDeviations([1.0, 0.0], [0.2, 0.2]);

    private static KpinEstimator Kpin(IKpinCorrection correction, KpinEnvelope? envelope) =>
        new(KpinBench.Spring(0.0, Noise), Sensor, Initial, Design with { Envelope = envelope }, correction);

    private static SupervisedKpin Start(IKpinCorrection correction, KpinEnvelope? envelope = null) =>
        new(new ExtendedKalmanFilter(KpinBench.Spring(0.0, Noise), Sensor, Initial), Kpin(correction, envelope));

    // The spring with its cubic part, by the same rule of integration as the model.
    private static IEnumerable<double> Simulate(ulong seed, int steps)
    {
        var draws = new NormalDraws(seed, 1);
        ExpressionTransition truth = KpinBench.Spring(Cubic, Noise);
        double[] x = [1.0, 0.0];
        for (int k = 0; k < steps; k++)
        {
            var next = new double[2];
            truth.Propagate(k * KpinBench.Step, (k + 1) * KpinBench.Step, x, [], next);
            next[1] += Noise * draws.Next();
            x = next;
            yield return x[0] + (0.02 * draws.Next());
        }
    }
}
