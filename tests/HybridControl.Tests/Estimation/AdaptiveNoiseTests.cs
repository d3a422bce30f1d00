using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation;

public class AdaptiveNoiseTests
{
    private const int Half = 1500;

    [TestCase("Kalman")]
    [TestCase("unscented")]
    [TestCase("buffered")]
    public void A_tenfold_jump_of_the_noise_is_followed(string kind)
    {
        (double first, double second, double squares, double error) = Follow(problem => new AdaptiveNoise(kind switch
        {
            "Kalman" => Kalman(problem),
            "unscented" => new UnscentedKalmanFilter(problem.Transition, problem.Sensor, problem.Initial),
            _ => new BufferedEstimator(Kalman(problem), 1.0),
        }, problem.Sensor)
        { Memory = 100 });
        (_, _, double fixedSquares, double fixedError) = Follow(Kalman);
        TestContext.Out.WriteLine(
            $"R {first:F3} then {second:F3}; NIS {squares:F3} (fixed {fixedSquares:F3}); mean square error {error:F3} (fixed {fixedError:F3})");
        // Variance of an average over a memory of 100: R sqrt(2 / 199), 10 %; three of these.
        Assert.That(first, Is.EqualTo(0.5).Within(0.15));
        Assert.That(second, Is.EqualTo(5.0).Within(1.5));
        // 1400 squares, each chi-square: standard error sqrt(2/1400) = 0.038, and the noise itself is off by its own error.
        Assert.That(squares, Is.EqualTo(1.0).Within(0.15));
        Assert.That(fixedSquares, Is.GreaterThan(3.0));
        Assert.That(error, Is.LessThan(fixedError));
    }

    [Test]
    public void The_noise_stays_positive_definite_under_outliers_and_silence()
    {
        var transition = new LinearTransition(new[,] { { 1.0, 0.1 }, { 0.0, 1.0 } }, new[,] { { 0.0, 0.0 }, { 0.0, 0.01 } });
        var sensor = new LinearMeasurement(new[,] { { 1.0, 0.0 }, { 0.0, 1.0 } }, new[,] { { 1.0, 0.9 }, { 0.9, 1.0 } });
        var adaptive = new AdaptiveNoise(new KalmanFilter(transition, sensor, GaussianBelief.FromDeviations([0, 0], [1, 1])), sensor) { Memory = 5 };
        var draws = new NormalDraws(6, 0);
        double[] before = adaptive.NoiseCovariance();
        Assert.That(adaptive.Update([double.NaN, 1.0]), Is.EqualTo(EstimationStatus.Done));
        Assert.That(adaptive.NoiseCovariance(), Is.EqualTo(before), "a partial measurement does not count");
        for (int k = 1; k <= 300; k++)
        {
            adaptive.Predict(k);
            double scale = k % 50 == 0 ? 1e6 : 1e-3;
            adaptive.Update([scale * draws.Next(), k % 7 == 0 ? double.NaN : scale * draws.Next()]);
            double[] r = adaptive.NoiseCovariance();
            Assert.That(r[0], Is.GreaterThan(0.0));
            Assert.That((r[0] * r[3]) - (r[1] * r[2]), Is.GreaterThan(-1e-14 * r[0] * r[3]), $"step {k}");
            Assert.That(adaptive.Belief.IsFinite);
        }
    }

    [Test]
    public void Other_sensors_go_through_and_a_step_allocates_nothing()
    {
        ConsistencyProblem problem = Problem();
        var adaptive = new AdaptiveNoise(Kalman(problem), problem.Sensor);
        var other = new LinearMeasurement(new[,] { { 0.0, 1.0 } }, new[,] { { 0.2 } });
        double[] z = [0.3];
        double[] before = adaptive.NoiseCovariance();
        adaptive.Update(z, other);
        Assert.That(adaptive.NoiseCovariance(), Is.EqualTo(before));
        Allocations.None(
            k =>
            {
                adaptive.Predict(k);
                adaptive.Update(z);
                adaptive.Update(z, other);
            },
            first: 1,
            warmUp: 2,
            calls: 47);
        Assert.That(() => new AdaptiveNoise(Kalman(problem), problem.Sensor) { Memory = 0.5 }, Throws.TypeOf<ModelException>().With.Message.Contains("memory"));
    }

    private static ConsistencyProblem Problem() => new(
        "cart",
        new LinearTransition(new[,] { { 1.0, 0.1 }, { 0.0, 0.98 } }, new[,] { { 0.0, 0.0 }, { 0.0, 0.02 } }),
        new LinearMeasurement(new[,] { { 1.0, 0.0 } }, new[,] { { 0.5 } }),
        GaussianBelief.FromDeviations([0.0, 0.0], [1.0, 1.0]),
        1.0,
        2 * Half);

    private static KalmanFilter Kalman(ConsistencyProblem problem) => new(problem.Transition, problem.Sensor, problem.Initial);

    // Noise of variance 0.5, then of 5: R before the jump and at the end, mean NIS and mean square error once it was learned.
    private static (double First, double Second, double Squares, double Error) Follow(Func<ConsistencyProblem, IEstimator> make)
    {
        ConsistencyProblem problem = Problem();
        IEstimator estimator = make(problem);
        var draws = new NormalDraws(15, 0);
        (double first, double squares, double error) = (0.0, 0.0, 0.0);
        (double position, double speed) = (0.0, 0.0);
        for (int k = 1; k <= 2 * Half; k++)
        {
            (position, speed) = (position + (0.1 * speed), (0.98 * speed) + (Math.Sqrt(0.02) * draws.Next()));
            double z = position + (Math.Sqrt(k <= Half ? 0.5 : 5.0) * draws.Next());
            estimator.Predict(k);
            estimator.Update([z]);
            if (k == Half)
            {
                first = (estimator as AdaptiveNoise)?.NoiseCovariance()[0] ?? 0.0;
            }

            if (k > Half + 100)
            {
                squares += estimator.Innovation.NormalizedSquare / (Half - 100);
                error += (estimator.Belief.Mean[0] - position) * (estimator.Belief.Mean[0] - position) / (Half - 100);
            }
        }

        return (first, (estimator as AdaptiveNoise)?.NoiseCovariance()[0] ?? 0.0, squares, error);
    }
}
