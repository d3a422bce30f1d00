using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Tests.Estimation.Smoothing;
using HybridControl.Tests.TestKit;
using MathNet.Numerics.LinearAlgebra;

namespace HybridControl.Tests.Estimation;

public class AdaptiveProcessNoiseTests
{
    private const int Steps = 4000;
    private const int Learned = 2000;

    private static readonly double[,] F = { { 1.0, 0.1 }, { 0.0, 0.98 } };
    private static readonly double[,] G = { { 0.1, 0.0 }, { 0.2, 0.3 } };
    private static readonly double[,] H = { { 1.0, 0.0 } };
    private static readonly double[,] R = { { 0.005 } };

    [Test]
    public void A_step_is_learned_as_the_posterior_of_its_noise_says(
        [Values("Kalman", "extended", "UD", "unscented")] string kind, [Values(1, 3)] int lag, [Values] bool scaleOnly)
    {
        LinearTransition transition = LinearTransition.FromNoiseFactor(F, G);
        var adaptive = new AdaptiveProcessNoise(transition, noisy => Make(kind, noisy), lag) { Memory = 4.0, ScaleOnly = scaleOnly };
        var batch = new BatchPosterior(20);
        Matrix<double> state = batch.Constant(0.2, -0.1) + batch.Sources(2);
        Matrix<double>? first = null;
        double[] measured = [0.7, -0.9, 1.4];
        for (int k = 0; k < lag; k++)
        {
            Matrix<double> noise = batch.Sources(2);
            first ??= noise;
            state = (Matrix<double>.Build.DenseOfArray(F) * state) + (Matrix<double>.Build.DenseOfArray(G) * noise);
            batch.Observe((Matrix<double>.Build.DenseOfArray(H) * state) + (Math.Sqrt(0.005) * batch.Sources(1)), [measured[k]]);
            adaptive.Predict(k + 1);
            adaptive.Update([measured[k]]);
            Assert.That(adaptive.SourceCovariance(), Is.EqualTo(new[] { 1.0, 0.0, 0.0, 1.0 }), "not before the lag is over");
        }

        adaptive.Predict(lag + 1);
        (double[] mean, double[] covariance) = batch.Of(first!);
        double[] squares = [.. covariance.Select((value, i) => value + (mean[i / 2] * mean[i % 2]))];
        double scale = 0.5 * (squares[0] + squares[3]);
        double[] expected = scaleOnly ? [0.75 + (0.25 * scale), 0.0, 0.0, 0.75 + (0.25 * scale)]
            : [0.75 + (0.25 * squares[0]), 0.25 * squares[1], 0.25 * squares[2], 0.75 + (0.25 * squares[3])];
        Assert.That(adaptive.SourceCovariance(), Is.EqualTo(expected).Within(1e-10));
    }

    // Speed is pushed by noise that is ten times as strong or as weak as the model says; only the position is seen.
    [TestCase(10.0)]
    [TestCase(1.0)]
    [TestCase(0.1)]
    public void The_scale_of_the_process_noise_is_recovered_and_innovations_come_back_into_their_band(double truth)
    {
        const int seeds = 12;
        double logs = 0.0;
        double squares = 0.0;
        double fixedSquares = 0.0;
        for (ulong seed = 1; seed <= seeds; seed++)
        {
            var adaptive = new AdaptiveProcessNoise(Cart(), noisy => Filter(noisy), lag: 12) { Memory = 20.0, ScaleOnly = true };
            squares += Follow(adaptive, truth, seed) / seeds;
            fixedSquares += Follow(Filter(Cart()), truth, seed) / seeds;
            double scale = adaptive.SourceCovariance()[0];
            TestContext.Out.WriteLine($"seed {seed}: {scale:F3} of {truth}");
            logs += Math.Log(scale / truth) / seeds;
            Assert.That(scale, Is.InRange(truth / 2.0, truth * 2.0), $"seed {seed}");
        }

        TestContext.Out.WriteLine($"geometric mean {Math.Exp(logs):F3} of the truth; NIS {squares:F3}, with fixed noise {fixedSquares:F3}");
        Assert.That(Math.Exp(logs), Is.InRange(0.85, 1.18));
        // 24000 squares, each chi-square: standard error sqrt(2/24000) = 0.009; inside four of these, and outside ten if nothing is learned.
        Assert.That(squares, Is.EqualTo(1.0).Within(0.036));
        if (truth != 1.0)
        {
            Assert.That(fixedSquares, Is.Not.EqualTo(1.0).Within(0.09));
        }
    }

    [Test]
    public void All_of_the_covariance_is_recovered_where_sensors_see_it()
    {
        // Both states are seen, so that Q can be told: it is correlated while the start is not.
        double[,] f = { { 0.9, 0.2 }, { -0.1, 0.8 } };
        var sensor = new LinearMeasurement(new[,] { { 1.0, 0.0 }, { 0.0, 1.0 } }, new[,] { { 0.1, 0.0 }, { 0.0, 0.1 } });
        double[] mean = new double[4];
        const int seeds = 6;
        for (ulong seed = 1; seed <= seeds; seed++)
        {
            var adaptive = new AdaptiveProcessNoise(
                new LinearTransition(f, new[,] { { 0.2, 0.0 }, { 0.0, 2.0 } }),
                noisy => new KalmanFilter(noisy, sensor, GaussianBelief.FromDeviations([0.0, 0.0], [1.0, 1.0])), lag: 2)
            { Memory = 200.0 };
            var draws = new NormalDraws(seed, 3);
            double[] x = [0.0, 0.0];
            for (int k = 1; k <= 3000; k++)
            {
                (double a, double b) = (draws.Next(), draws.Next());
                x = [(f[0, 0] * x[0]) + (f[0, 1] * x[1]) + a, (f[1, 0] * x[0]) + (f[1, 1] * x[1]) + (0.6 * a) + (0.5 * b)];
                adaptive.Predict(k);
                adaptive.Update([x[0] + (Math.Sqrt(0.1) * draws.Next()), x[1] + (Math.Sqrt(0.1) * draws.Next())]);
            }

            double[] q = adaptive.NoiseCovariance(1.0);
            mean = [.. mean.Zip(q, (sum, value) => sum + (value / seeds))];
        }

        TestContext.Out.WriteLine(string.Join(", ", mean));
        // Q = B B' of B = [[1, 0], [0.6, 0.5]]. An entry over 400 effective steps errs by about 0.07, the mean of six seeds by 0.03; four of these.
        Assert.That(mean, Is.EqualTo(new[] { 1.0, 0.6, 0.6, 0.61 }).Within(0.12));
    }

    [Test]
    public void It_stays_positive_semidefinite_under_outliers_and_gaps()
    {
        var adaptive = new AdaptiveProcessNoise(LinearTransition.FromNoiseFactor(F, G), noisy => Make("Kalman", noisy), lag: 2) { Memory = 3.0 };
        var draws = new NormalDraws(8, 0);
        for (int k = 1; k <= 300; k++)
        {
            double scale = k % 50 == 0 ? 1e6 : 1e-3;
            adaptive.Predict(k);
            adaptive.Update([k % 7 == 0 ? double.NaN : scale * draws.Next()]);
            double[] omega = adaptive.SourceCovariance();
            Assert.That(omega[0], Is.GreaterThanOrEqualTo(0.0));
            Assert.That((omega[0] * omega[3]) - (omega[1] * omega[2]), Is.GreaterThanOrEqualTo(-1e-14 * omega[0] * omega[3]), $"step {k}");
            Assert.That(adaptive.Belief.IsFinite);
        }
    }

    [Test]
    public void Silence_teaches_nothing()
    {
        var adaptive = new AdaptiveProcessNoise(LinearTransition.FromNoiseFactor(F, G), noisy => Make("Kalman", noisy), lag: 3) { Memory = 3.0 };
        for (int k = 1; k <= 40; k++)
        {
            adaptive.Predict(k);
            adaptive.Update([double.NaN]);
        }

        Assert.That(adaptive.SourceCovariance(), Is.EqualTo(new[] { 1.0, 0.0, 0.0, 1.0 }).Within(1e-13));
    }

    [Test]
    public void A_prediction_that_fails_teaches_nothing_twice()
    {
        AdaptiveProcessNoise[] pair = [.. Enumerable.Range(0, 2).Select(_ => new AdaptiveProcessNoise(Cart(), Filter, lag: 2) { Memory = 4.0 })];
        for (int k = 1; k <= 12; k++)
        {
            for (int attempt = 0; attempt < 5; attempt++)
            {
                Assert.That(pair[1].Predict(double.PositiveInfinity), Is.EqualTo(EstimationStatus.OutOfOrder));
            }

            foreach (AdaptiveProcessNoise adaptive in pair)
            {
                adaptive.Predict(k);
                adaptive.Update([Math.Sin(k)]);
            }
        }

        Assert.That(pair[1].SourceCovariance(), Is.EqualTo(pair[0].SourceCovariance()));
    }

    [Test]
    public void Steps_of_any_length_share_the_sources_and_an_unknown_start_waits()
    {
        var drift = new ContinuousLinearTransition(new[,] { { 0.0, 1.0 }, { 0.0, 0.0 } }, new[,] { { 0.0, 0.0 }, { 0.0, 0.1 } });
        var adaptive = new AdaptiveProcessNoise(
            drift, noisy => new KalmanFilter(noisy, new LinearMeasurement(H, R), GaussianBelief.Unknown(2)), lag: 1);
        adaptive.Predict(0.5);
        adaptive.Update([1.0]);
        adaptive.Predict(0.7);
        adaptive.Update([1.2]);
        adaptive.Predict(1.1);
        Assert.That(adaptive.SourceCovariance(), Is.EqualTo(new[] { 1.0, 0.0, 0.0, 1.0 }));
        Assert.That(adaptive.NoiseCovariance(2.0)[3], Is.EqualTo(0.2).Within(1e-14));
        adaptive.Update([9.0]);
        adaptive.Predict(1.2);
        Assert.That(adaptive.NoiseCovariance(2.0)[3], Is.GreaterThan(0.2));
    }

    [Test]
    public void A_step_allocates_nothing_and_what_does_not_fit_is_refused()
    {
        var adaptive = new AdaptiveProcessNoise(Cart(), noisy => Filter(noisy), lag: 4);
        double[] z = [0.3];
        Allocations.None(
            k =>
            {
                adaptive.Predict(k);
                adaptive.Update(z);
            },
            first: 1,
            warmUp: 19,
            calls: 40);
        Assert.That(() => new AdaptiveProcessNoise(Cart(), _ => Filter(Cart()), lag: 4), Throws.TypeOf<ModelException>().With.Message.Contains("another transition"));
        Assert.That(
            () => new AdaptiveProcessNoise(Cart(), noisy => Filter(noisy), lag: 4) { Memory = 0.5 }, Throws.TypeOf<ModelException>().With.Message.Contains("memory"));
        var felt = new CorrelatedMeasurement(new LinearMeasurement(H, R), new double[1, 2]);
        Assert.That(() => adaptive.Update(z, felt), Throws.TypeOf<ModelException>().With.Message.Contains("process noise"));
    }

    private static LinearTransition Cart() => new(F, new[,] { { 0.0, 0.0 }, { 0.0, 0.02 } });

    private static KalmanFilter Filter(TransitionModel transition) =>
        new(transition, new LinearMeasurement(H, R), GaussianBelief.FromDeviations([0.0, 0.0], [1.0, 1.0]));

    private static GaussianFilter Make(string kind, TransitionModel transition)
    {
        var sensor = new LinearMeasurement(H, R);
        GaussianBelief start = GaussianBelief.FromDeviations([0.2, -0.1], [1.0, 1.0]);
        return kind switch
        {
            "extended" => new ExtendedKalmanFilter(transition, sensor, start),
            "UD" => new UdKalmanFilter(transition, sensor, start),
            "unscented" => new UnscentedKalmanFilter(transition, sensor, start),
            _ => new KalmanFilter(transition, sensor, start),
        };
    }

    // Mean NIS once the noise was learned.
    private static double Follow(IEstimator estimator, double truth, ulong seed)
    {
        var draws = new NormalDraws(seed, 0);
        (double position, double speed, double squares) = (0.0, 0.0, 0.0);
        for (int k = 1; k <= Steps; k++)
        {
            (position, speed) = (position + (0.1 * speed), (0.98 * speed) + (Math.Sqrt(0.02 * truth) * draws.Next()));
            estimator.Predict(k);
            estimator.Update([position + (Math.Sqrt(0.005) * draws.Next())]);
            squares += k > Learned ? estimator.Innovation.NormalizedSquare / (Steps - Learned) : 0.0;
        }

        return squares;
    }
}
