using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Numerics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation.Kpin;

public class KpinEstimatorTests
{
    [Test]
    public void Correction_of_nothing_leaves_the_filter_bit_for_bit(
        [ValueSource(typeof(KpinBench), nameof(KpinBench.Problems))] ConsistencyProblem problem, [Values] KpinLevel level)
    {
        var plain = new ExtendedKalmanFilter(problem.Transition, problem.Sensor, problem.Initial);
        var kpin = new KpinEstimator(
            problem.Transition.Fork(), problem.Sensor, problem.Initial, KpinBench.Design(problem, level), KpinBench.Nothing);
        Run(problem, plain, kpin, _ =>
        {
            Assert.That(Bits(kpin.Belief.Mean), Is.EqualTo(Bits(plain.Belief.Mean)));
            Assert.That(Bits(kpin.Belief.Factor), Is.EqualTo(Bits(plain.Belief.Factor)));
            Assert.That(kpin.LogLikelihood, Is.EqualTo(plain.LogLikelihood));
        });
    }

    [Test]
    public void Network_that_knows_the_missing_force_makes_the_filter_of_the_truth()
    {
        // The model lacks -c x^3 and the correction gives it back with its exact slope: nothing is left to differ but rounding.
        const double cubic = 0.7;
        var sensor = new LinearMeasurement(new double[,] { { 1, 0 } }, new double[,] { { 0.01 } });
        GaussianBelief initial = GaussianBelief.FromDeviations([1.0, 0.5], [0.1, 0.1]);
        var features = new KpinFeatures(2, 0, 1) { StateCenter = [0.2, -0.1], StateScale = [2.0, 0.5] };
        var design = new KpinDesign(KpinLevel.Residual, features, new double[,] { { 0 }, { 1 } }, 50.0);
        var correction = new KpinBench.Given((z, output) =>
        {
            double x = (2.0 * z[0]) + 0.2;
            double share = -cubic * x * x * x / 50.0;
            output.Residual[0] = Math.Atanh(share);
            output.ResidualJacobian[0] = 2.0 * (-3.0 * cubic * x * x / 50.0) / (1.0 - (share * share));
        });
        var kpin = new KpinEstimator(KpinBench.Spring(0.0, 0.02), sensor, initial, design, correction);
        var truth = new ExtendedKalmanFilter(KpinBench.Spring(cubic, 0.02), sensor, initial);
        var draws = new NormalDraws(3, 0);
        for (int k = 1; k <= 40; k++)
        {
            double[] z = [Math.Cos(0.2 * k) + (0.1 * draws.Next())];
            foreach (GaussianFilter filter in new GaussianFilter[] { kpin, truth })
            {
                filter.Predict(k * KpinBench.Step);
                filter.Update(z);
            }

            Assert.That(kpin.Belief.Mean.ToArray(), Is.EqualTo(truth.Belief.Mean.ToArray()).Within(1e-12));
            Assert.That(kpin.Belief.Covariance(), Is.EqualTo(truth.Belief.Covariance()).Within(1e-12));
        }
    }

    [Test]
    public void Covariance_is_that_of_Joseph_for_a_learned_gain_and_learned_noise()
    {
        ConsistencyProblem problem = ConsistencyProblem.Tracking();
        KpinDesign design = KpinBench.Design(problem, KpinLevel.Gain);
        var kpin = new KpinEstimator(problem.Transition, problem.Sensor, problem.Initial, design, KpinBench.Nonsense(5));
        kpin.Predict(problem.Step);
        double[] p = kpin.Belief.Covariance();
        double[] before = kpin.Belief.Mean.ToArray();
        kpin.Update([0.3, -0.8]);
        KpinExplanation why = kpin.Explain();
        double[] r = [1.0, 0.2, 0.2, 0.8];
        for (int i = 0; i < 4; i++)
        {
            // R = A A' and A has its columns scaled, here by the logarithms in the explanation.
            r[i] = Scaled(i / 2, i % 2, why);
        }

        double[,] h = { { 1, 0, 0, 0 }, { 0, 0, 1, 0 } };
        double[] rest = [.. Enumerable.Range(0, 16).Select(e => (e % 5 == 0 ? 1.0 : 0.0) - Sum(2, k => why.Gain[(e / 4 * 2) + k] * h[k, e % 4]))];
        double[] expected = [.. Enumerable.Range(0, 16).Select(e =>
            Sum(16, s => rest[(e / 4 * 4) + (s / 4)] * p[s] * rest[(e % 4 * 4) + (s % 4)]) +
            Sum(4, s => why.Gain[(e / 4 * 2) + (s / 2)] * r[s] * why.Gain[(e % 4 * 2) + (s % 2)]))];
        double[] moved = [.. Enumerable.Range(0, 4).Select(i => before[i] + Sum(2, k => why.Gain[(i * 2) + k] * why.Innovation[k]))];
        Assert.Multiple(() =>
        {
            Assert.That(why.Gain, Is.Not.EqualTo(why.KalmanGain));
            Assert.That(kpin.Belief.Covariance(), Is.EqualTo(expected).Within(1e-12));
            Assert.That(kpin.Belief.Mean.ToArray(), Is.EqualTo(moved).Within(1e-12));
        });

        static double Sum(int count, Func<int, double> term) => Enumerable.Range(0, count).Sum(term);

        static double Scaled(int i, int j, KpinExplanation why)
        {
            // Cholesky factor of [1, 0.2; 0.2, 0.8].
            double[] a = [1.0, 0.0, 0.2, Math.Sqrt(0.76)];
            return Sum(2, k => a[(i * 2) + k] * a[(j * 2) + k] * Math.Exp(2.0 * why.MeasurementLogScales[k]));
        }
    }

    [Test]
    public void No_network_exceeds_the_declared_bounds()
    {
        ConsistencyProblem problem = ConsistencyProblem.Tracking();
        KpinDesign design = KpinBench.Design(problem, KpinLevel.Gain) with { ProcessClip = 0.5, MeasurementClip = 0.25, GainBound = 0.3 };
        var kpin = new KpinEstimator(problem.Transition, problem.Sensor, problem.Initial, design, KpinBench.Nonsense(2));
        Run(problem, kpin, kpin, _ =>
        {
            KpinExplanation why = kpin.Explain();
            Assert.That(Math.Abs(why.NetworkStep[3]), Is.LessThanOrEqualTo(problem.Step * 2.0));
            Assert.That(Math.Abs(why.NetworkStep[0]), Is.LessThanOrEqualTo(problem.Step * 0.5 * 0.3));
            Assert.That(why.NetworkStep[1], Is.Zero);
            Assert.That(why.ProcessLogScales, Is.All.InRange(-0.5, 0.5));
            Assert.That(why.MeasurementLogScales, Is.All.InRange(-0.25, 0.25));
        });
    }

    [Test]
    public void Parts_of_a_step_add_up_to_it([Values] KpinLevel level)
    {
        ConsistencyProblem problem = ConsistencyProblem.Pendulum();
        var kpin = new KpinEstimator(problem.Transition, problem.Sensor, problem.Initial, KpinBench.Design(problem, level), KpinBench.Nonsense(9));
        double[] last = kpin.Belief.Mean.ToArray();
        Run(problem, kpin, kpin, _ =>
        {
            KpinExplanation why = kpin.Explain();
            for (int i = 0; i < last.Length; i++)
            {
                double parts = why.PhysicsStep[i] + why.NetworkStep[i] + why.InnovationStep[i];
                double rounding = 8.0 * 2.2e-16 * (Math.Abs(last[i]) + Math.Abs(why.PhysicsStep[i]) + Math.Abs(why.NetworkStep[i]) + Math.Abs(kpin.Belief.Mean[i]));
                Assert.That(parts, Is.EqualTo(kpin.Belief.Mean[i] - last[i]).Within(rounding));
            }

            Assert.That(why.NetworkShare, Is.GreaterThan(0.0));
            Assert.That(why.NormalizedSquare, Is.EqualTo(why.Innovation[0] * why.Innovation[0] / why.InnovationCovariance[0]).Within(1e-9));
            last = kpin.Belief.Mean.ToArray();
        });
    }

    [Test]
    public void Network_that_is_not_finite_leaves_the_last_good_belief()
    {
        ConsistencyProblem problem = ConsistencyProblem.Tracking();
        bool broken = false;
        var correction = new KpinBench.Given((_, output) => output.Residual[0] = broken ? double.NaN : 0.1);
        var kpin = new KpinEstimator(
            problem.Transition, problem.Sensor, problem.Initial, KpinBench.Design(problem, KpinLevel.Residual), correction);
        kpin.Predict(0.5);
        kpin.Update([0.1, 0.2]);
        double[] good = kpin.Belief.Mean.ToArray();
        broken = true;
        EstimationStatus status = kpin.Predict(1.0);
        Assert.Multiple(() =>
        {
            Assert.That(status, Is.EqualTo(EstimationStatus.NotFinite));
            Assert.That(kpin.Belief.Mean.ToArray(), Is.EqualTo(good));
            Assert.That(kpin.Time, Is.EqualTo(0.5));
        });
        broken = false;
        Assert.That(kpin.Predict(1.0), Is.EqualTo(EstimationStatus.Done));
    }

    [Test]
    public void Features_are_dimensionless_and_in_their_order()
    {
        ConsistencyProblem problem = ConsistencyProblem.Tracking();
        const KpinInputs all = KpinInputs.Innovation | KpinInputs.Correction | KpinInputs.Step | KpinInputs.Mode;
        var features = new KpinFeatures(4, 0, 2, all, modes: 3)
        {
            StateCenter = [1.0, 0.0, 0.0, 0.0],
            StateScale = [2.0, 1.0, 1.0, 1.0],
            StepScale = 0.5,
        };
        var design = new KpinDesign(KpinLevel.Residual, features, new double[4, 1], 1.0);
        var kpin = new KpinEstimator(problem.Transition, problem.Sensor, problem.Initial, design, KpinBench.Nothing) { Mode = 1 };
        kpin.Predict(0.5);
        double prior = kpin.Belief.Mean[0];
        double deviation = kpin.Belief.Deviation(0);
        kpin.Update([0.7, double.NaN]);
        double whitened = kpin.Innovation.Whitened[0];
        double state = kpin.Belief.Mean[0];
        kpin.Predict(1.5);
        double[] seen = kpin.Features.ToArray();
        Assert.Multiple(() =>
        {
            Assert.That(seen, Has.Length.EqualTo(4 + 2 + 4 + 1 + 3));
            Assert.That(seen[0], Is.EqualTo((state - 1.0) / 2.0));
            Assert.That(seen[4], Is.EqualTo(whitened));
            Assert.That(seen[5], Is.Zero);
            Assert.That(seen[6], Is.EqualTo((state - prior) / deviation).Within(1e-14));
            Assert.That(seen[10], Is.EqualTo(2.0));
            Assert.That(seen[11..], Is.EqualTo(new[] { 0.0, 1.0, 0.0 }));
        });
    }

    [Test]
    public void Run_from_a_snapshot_repeats_every_bit()
    {
        ConsistencyProblem problem = ConsistencyProblem.Tracking();
        var correction = new KpinBench.Given((z, output) =>
        {
            output.Residual[0] = z[0] - z[5];
            output.MeasurementScales.Fill(0.1 * z[4]);
            output.Gain.Fill(0.2 * z[6]);
        });
        var kpin = new KpinEstimator(problem.Transition, problem.Sensor, problem.Initial, KpinBench.Design(problem, KpinLevel.Gain), correction);
        EstimatorSnapshot snapshot = kpin.Snapshot();
        kpin.Predict(0.5);
        kpin.Update([0.3, 0.4]);
        kpin.Predict(1.0);
        snapshot.Take();
        double[] Rest()
        {
            kpin.Update([0.5, -0.2]);
            kpin.Predict(1.5);
            kpin.Update([0.1, 0.9]);
            return [.. kpin.Belief.Mean, .. kpin.Belief.Factor, kpin.LogLikelihood];
        }

        double[] first = Rest();
        snapshot.Restore();
        Assert.That(Bits(Rest()), Is.EqualTo(Bits(first)));
    }

    [Test]
    public void Design_of_another_model_is_refused_with_every_finding()
    {
        ConsistencyProblem problem = ConsistencyProblem.Tracking();
        var design = new KpinDesign(KpinLevel.Residual, new KpinFeatures(2, 1, 1), new double[2, 1], 1.0) { ProcessClip = -1.0 };
        ModelException fault = Assert.Throws<ModelException>(
            () => _ = new KpinEstimator(problem.Transition, problem.Sensor, problem.Initial, design, KpinBench.Nothing))!;
        Assert.Multiple(() =>
        {
            Assert.That(fault.Findings, Has.Length.EqualTo(4));
            Assert.That(fault.Message, Does.Contain("kpin.features.states").And.Contain("kpin.processClip"));
            Assert.That(() => new KpinDesign(KpinLevel.Residual, new KpinFeatures(2, 0, 1), new double[2, 1], 0.0), Throws.InstanceOf<ModelException>());
            Assert.That(() => new KpinDesign(KpinLevel.Residual, new KpinFeatures(2, 0, 1), new double[3, 1], 1.0), Throws.InstanceOf<ModelException>());
        });
    }

    [Test]
    public void Step_allocates_nothing()
    {
        ConsistencyProblem problem = ConsistencyProblem.Tracking();
        var output = new double[8];
        var correction = new Steady(output);
        var kpin = new KpinEstimator(
            problem.Transition, problem.Sensor, problem.Initial, KpinBench.Design(problem, KpinLevel.Gain), correction);
        double[] z = [0.1, 0.2];
        Allocations.None(
            k =>
            {
                kpin.Predict(0.5 * k);
                kpin.Update(z);
            },
            first: 1,
            warmUp: 2,
            calls: 20);
    }

    private static void Run(ConsistencyProblem problem, GaussianFilter first, GaussianFilter second, Action<int> check)
    {
        double[][] states = [.. Enumerable.Range(0, problem.Steps).Select(_ => new double[problem.Transition.StateCount])];
        double[][] measurements = [.. Enumerable.Range(0, problem.Steps).Select(_ => new double[problem.Sensor.Count])];
        problem.Simulate(new NormalDraws(1, 4), states, measurements);
        for (int k = 0; k < problem.Steps; k++)
        {
            foreach (GaussianFilter filter in new HashSet<GaussianFilter> { first, second })
            {
                Assert.That(filter.Predict((k + 1) * problem.Step), Is.EqualTo(EstimationStatus.Done));
                Assert.That(filter.Update(measurements[k]), Is.EqualTo(EstimationStatus.Done));
            }

            check(k);
        }
    }

    private static long[] Bits(ReadOnlySpan<double> values) => [.. values.ToArray().Select(BitConverter.DoubleToInt64Bits)];

    private sealed class Steady(double[] gain) : IKpinCorrection
    {
        public void Evaluate(ReadOnlySpan<double> features, KpinOutput output)
        {
            output.Residual.Fill(0.1);
            output.ProcessScales.Fill(0.2);
            output.MeasurementScales.Fill(-0.1);
            gain.CopyTo(output.Gain);
            output.Gain.Fill(0.05);
        }

        public IKpinCorrection Fork() => this;
    }
}
