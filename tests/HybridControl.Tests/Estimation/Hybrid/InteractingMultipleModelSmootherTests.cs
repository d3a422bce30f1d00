using System.Text.Json;
using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation.Hybrid;

public class InteractingMultipleModelSmootherTests
{
    private static readonly double[,] H = { { 1.0, 0.0 } };
    private static readonly double[,] Chain = { { 0.9, 0.1 }, { 0.2, 0.8 } };
    private static readonly double[,] Start = { { 10.0, 0.0 }, { 0.0, 1.0 } };

    [Test]
    public void One_model_is_smoothed_exactly()
    {
        double[] y = ReferenceData.Estimation("imm").Rows("Y").Take(30).Select(row => row[0]).ToArray();
        double[,] f = { { 1.0, 1.0 }, { 0.0, 1.0 } };
        double[,] q = { { 0.25, 0.5 }, { 0.5, 1.0 } };
        var exact = new JumpMarkovPosterior([f], [q], new[,] { { 1.0 } }, [1.0], [0.0, 0.0], Start, H, 1.0, y);
        InteractingMultipleModelSmoother smoother = Run([f], [q], new[,] { { 1.0 } }, y);
        IReadOnlyList<SmoothedModes> smoothed = smoother.Smooth();
        Assert.That(smoothed, Has.Count.EqualTo(y.Length + 1));
        for (int k = 0; k < y.Length; k++)
        {
            Assert.That(smoothed[k + 1].Belief.Mean.ToArray(), Is.EqualTo(exact.Mean(k)).Within(1e-9), $"step {k}");
            Assert.That(smoothed[k + 1].Belief.Variance(0), Is.EqualTo(exact.Variance(k, 0)).Within(1e-9));
        }

        Assert.That(smoother.LogLikelihood, Is.EqualTo(exact.LogLikelihood).Within(1e-9));
    }

    [Test]
    public void Modes_that_are_alike_are_smoothed_exactly()
    {
        double[] y = ReferenceData.Estimation("imm").Rows("Y").Take(20).Select(row => row[0]).ToArray();
        double[,] f = { { 1.0, 1.0 }, { 0.0, 1.0 } };
        double[,] q = { { 0.25, 0.5 }, { 0.5, 1.0 } };
        var exact = new JumpMarkovPosterior([f], [q], new[,] { { 1.0 } }, [1.0], [0.0, 0.0], Start, H, 1.0, y);
        IReadOnlyList<SmoothedModes> smoothed = Run([f, f], [q, q], Chain, y).Smooth();
        for (int k = 0; k < y.Length; k++)
        {
            Assert.That(smoothed[k + 1].Belief.Mean.ToArray(), Is.EqualTo(exact.Mean(k)).Within(1e-9));
            Assert.That(smoothed[k + 1].Belief.Variance(1), Is.EqualTo(exact.Variance(k, 1)).Within(1e-9));
        }
    }

    // Errors of the filter on the same runs are 5 to 20 times as large.
    [TestCase(false, 0.04, 0.06, 0.06)]
    [TestCase(true, 0.05, 0.18, 0.20)]
    public void Two_models_are_near_the_posterior_of_all_sequences(bool oscillates, double probability, double mean, double variance)
    {
        double[,] plain = { { 1.0, 1.0 }, { 0.0, 1.0 } };
        double[][,] f = oscillates ? [plain, new[,] { { 1.0, 1.0 }, { -0.5, 0.6 } }] : [plain, plain];
        double[][,] q = oscillates ? [Noise(0.05), Noise(0.05)] : [Noise(1e-4), Noise(1.0)];
        (double p, double m, double v) = (0.0, 0.0, 0.0);
        (double filterP, double filterM) = (0.0, 0.0);
        int count = 0;
        for (int seed = 0; seed < 12; seed++)
        {
            double[] y = Simulate(f, q, seed);
            var exact = new JumpMarkovPosterior(f, q, Chain, [0.5, 0.5], [0.0, 0.0], Start, H, 1.0, y);
            InteractingMultipleModelSmoother smoother = Run(f, q, Chain, y, (imm, k) =>
            {
                filterP += Math.Pow(imm.ModeProbabilities[1] - exact.Probability(k, 1), 2);
                filterM += Math.Pow(imm.Belief.Mean[0] - exact.Mean(k)[0], 2) / exact.Variance(k, 0);
            });
            IReadOnlyList<SmoothedModes> smoothed = smoother.Smooth();
            for (int k = 0; k < y.Length; k++, count++)
            {
                p += Math.Pow(smoothed[k + 1].ModeProbabilities[1] - exact.Probability(k, 1), 2);
                m += Math.Pow(smoothed[k + 1].Belief.Mean[0] - exact.Mean(k)[0], 2) / exact.Variance(k, 0);
                v += Math.Pow((smoothed[k + 1].Belief.Variance(0) / exact.Variance(k, 0)) - 1.0, 2);
            }
        }

        double Rms(double sum) => Math.Sqrt(sum / count);
        TestContext.Out.WriteLine($"smoother: mode {Rms(p):F3}, mean {Rms(m):F3} sd, variance {Rms(v):F3}; filter: mode {Rms(filterP):F3}, mean {Rms(filterM):F3} sd");
        Assert.That(Rms(p), Is.LessThan(probability).And.LessThan(0.3 * Rms(filterP)));
        Assert.That(Rms(m), Is.LessThan(mean).And.LessThan(0.3 * Rms(filterM)));
        Assert.That(Rms(v), Is.LessThan(variance));
    }

    [Test]
    public void Guards_are_refused()
    {
        JsonElement data = ReferenceData.Estimation("hybrid_thermostat_exact");
        InteractingMultipleModel imm = GuardSwitchingTests.Thermostat(data, GuardSwitchingTests.Guards(data));
        Assert.That(() => new InteractingMultipleModelSmoother(imm), Throws.TypeOf<ModelException>().With.Message.Contains("Markov chain"));
    }

    private static InteractingMultipleModelSmoother Run(
        double[][,] f, double[][,] q, double[,] chain, double[] y, Action<InteractingMultipleModel, int>? look = null)
    {
        var sensor = new LinearMeasurement(H, new[,] { { 1.0 } });
        GaussianBelief start = GaussianBelief.FromCovariance([0.0, 0.0], [10.0, 0.0, 0.0, 1.0]);
        int modes = f.Length;
        var imm = new InteractingMultipleModel(
            [.. f.Select((matrix, i) => new KalmanFilter(new LinearTransition(matrix, q[i]), sensor, start))],
            MarkovChain.FromRows([.. Enumerable.Range(0, modes).Select(i => Enumerable.Range(0, modes).Select(j => chain[i, j]).ToArray())]));
        var smoother = new InteractingMultipleModelSmoother(imm);
        for (int k = 0; k < y.Length; k++)
        {
            smoother.Predict(k + 1);
            smoother.Update([y[k]]);
            look?.Invoke(imm, k);
        }

        return smoother;
    }

    private static double[,] Noise(double intensity) => new[,]
    {
        { (0.25 * intensity) + 1e-6, 0.5 * intensity }, { 0.5 * intensity, intensity + 1e-6 },
    };

    private static double[] Simulate(double[][,] f, double[][,] q, int seed)
    {
        var draws = new NormalDraws(5, seed);
        int mode = draws.Next() > 0.0 ? 1 : 0;
        double[] x = [Math.Sqrt(10.0) * draws.Next(), draws.Next()];
        double[] y = new double[8];
        for (int k = 0; k < y.Length; k++)
        {
            // A standard normal number is beyond 1.2816 with probability 0.1, beyond 0.8416 with 0.2.
            mode = draws.Next() > (mode == 0 ? 1.2816 : 0.8416) ? 1 - mode : mode;
            double first = Math.Sqrt(q[mode][0, 0]);
            double cross = q[mode][0, 1] / first;
            double rest = Math.Sqrt(q[mode][1, 1] - (cross * cross));
            (double a, double b) = (draws.Next(), draws.Next());
            x =
            [
                (f[mode][0, 0] * x[0]) + (f[mode][0, 1] * x[1]) + (first * a),
                (f[mode][1, 0] * x[0]) + (f[mode][1, 1] * x[1]) + (cross * a) + (rest * b),
            ];
            y[k] = x[0] + draws.Next();
        }

        return y;
    }
}
