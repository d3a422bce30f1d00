using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Numerics;
using HybridControl.Simulation;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation;

public class EnsembleKalmanFilterTests
{
    private const int Members = 12;

    private static LinearTransition Track { get; } = new(new[,] { { 1.0, 1.0 }, { 0.0, 1.0 } }, new[,] { { 0.1, 0.0 }, { 0.0, 0.2 } });

    private static LinearMeasurement Sensor { get; } = new(
        new[,] { { 1.0, 0.0 }, { 0.5, 1.0 }, { 1.0, -1.0 } }, new[,] { { 0.5, 0.1, 0.0 }, { 0.1, 0.4, 0.0 }, { 0.0, 0.0, 0.9 } });

    private static GaussianBelief Initial { get; } = GaussianBelief.FromCovariance([1.0, -2.0], [2.0, 0.6, 0.6, 1.0]);

    private static IEnumerable<EnsembleUpdate> Methods => Enum.GetValues<EnsembleUpdate>();

    [TestCaseSource(nameof(Methods))]
    public void The_mean_is_corrected_as_the_Kalman_filter_corrects_it(EnsembleUpdate method)
    {
        (EnsembleKalmanFilter filter, KalmanFilter kalman) = Pair(method);
        foreach (IEstimator estimator in new IEstimator[] { filter, kalman })
        {
            Assert.That(estimator.Update([1.5, double.NaN, 3.0]), Is.EqualTo(EstimationStatus.Done));
        }

        Assert.That(filter.Belief.Mean.ToArray(), Is.EqualTo(kalman.Belief.Mean.ToArray()).Within(1e-11));
        Assert.That(filter.LogLikelihood, Is.EqualTo(kalman.LogLikelihood).Within(1e-11));
        Assert.That(filter.Innovation.NormalizedSquare, Is.EqualTo(kalman.Innovation.NormalizedSquare).Within(1e-11));
    }

    // Three components are seen by fewer or by more members: the square root is taken in the smaller space.
    [TestCase(false, 12)]
    [TestCase(true, 12)]
    [TestCase(false, 3)]
    [TestCase(true, 3)]
    public void The_square_root_leaves_the_covariance_of_the_Kalman_filter_rotated_or_not(bool rotates, int members)
    {
        (EnsembleKalmanFilter filter, KalmanFilter kalman) = Pair(EnsembleUpdate.SquareRoot, rotates, members: members);
        filter.Update([1.5, 0.2, 3.0]);
        kalman.Update([1.5, 0.2, 3.0]);
        Assert.That(filter.Belief.Mean.ToArray(), Is.EqualTo(kalman.Belief.Mean.ToArray()).Within(1e-11));
        Assert.That(filter.Belief.Covariance(), Is.EqualTo(kalman.Belief.Covariance()).Within(1e-11));
    }

    [Test]
    public void A_rotation_makes_other_members()
    {
        (EnsembleKalmanFilter plain, _) = Pair(EnsembleUpdate.SquareRoot);
        (EnsembleKalmanFilter rotated, _) = Pair(EnsembleUpdate.SquareRoot, rotates: true);
        plain.Update([1.5, 0.2, 3.0]);
        rotated.Update([1.5, 0.2, 3.0]);
        Assert.That(Math.Abs(plain.Members.Component(0)[3] - rotated.Members.Component(0)[3]), Is.GreaterThan(0.01));
    }

    [TestCaseSource(nameof(Methods))]
    public void Inflation_widens_the_spread_and_keeps_the_mean(EnsembleUpdate method)
    {
        (EnsembleKalmanFilter plain, _) = Pair(method);
        (EnsembleKalmanFilter inflated, _) = Pair(method, inflation: 1.5);
        plain.Update([1.5, 0.2, 3.0]);
        inflated.Update([1.5, 0.2, 3.0]);
        Assert.That(inflated.Belief.Mean.ToArray(), Is.EqualTo(plain.Belief.Mean.ToArray()).Within(1e-12));
        Assert.That(inflated.Belief.Deviation(1), Is.EqualTo(1.5 * plain.Belief.Deviation(1)).Within(1e-11));
    }

    [TestCase(EnsembleUpdate.Stochastic)]
    [TestCase(EnsembleUpdate.Deterministic)]
    public void An_exact_sensor_pins_what_it_sees(EnsembleUpdate method)
    {
        var exact = new LinearMeasurement(new[,] { { 1.0, 0.0 } }, new[,] { { 0.0 } });
        (EnsembleKalmanFilter filter, _) = Pair(method);
        Assert.That(filter.Update([2.0], exact), Is.EqualTo(EstimationStatus.Done));
        Assert.That(filter.Belief.Mean[0], Is.EqualTo(2.0).Within(1e-12));
    }

    [Test]
    public void The_square_root_takes_components_without_noise_as_the_Kalman_filter_does(
        [Values(12, 3)] int members, [Values] bool rotates, [Values(0, 1, 2)] int kind)
    {
        double[,] noise = kind switch
        {
            0 => new[,] { { 0.0, 0.0, 0.0 }, { 0.0, 0.4, 0.1 }, { 0.0, 0.1, 0.9 } }, // the first component is exact
            1 => new[,] { { 0.5, 0.0, 0.0 }, { 0.0, 0.0, 0.0 }, { 0.0, 0.0, 0.9 } },
            _ => new[,] { { 0.09, 0.12, 0.0 }, { 0.12, 0.16, 0.0 }, { 0.0, 0.0, 0.9 } }, // 4 z0 - 3 z1 is
        };
        var sensor = new LinearMeasurement(new[,] { { 1.0, 0.0 }, { 0.5, 1.0 }, { 1.0, -1.0 } }, noise);
        (EnsembleKalmanFilter filter, KalmanFilter kalman) = Pair(EnsembleUpdate.SquareRoot, rotates, members: members);
        foreach (IEstimator estimator in new IEstimator[] { filter, kalman })
        {
            Assert.That(estimator.Update([1.5, 0.2, 3.0], sensor), Is.EqualTo(EstimationStatus.Done));
        }

        Assert.That(filter.Belief.Mean.ToArray(), Is.EqualTo(kalman.Belief.Mean.ToArray()).Within(1e-11));
        Assert.That(filter.Belief.Covariance(), Is.EqualTo(kalman.Belief.Covariance()).Within(1e-11));
        Assert.That(filter.LogLikelihood, Is.EqualTo(kalman.LogLikelihood).Within(1e-11));
    }

    [Test]
    public void The_square_root_pins_what_sensors_without_noise_see_and_tells_what_contradicts_it()
    {
        var exact = new LinearMeasurement(new[,] { { 1.0, 0.0 }, { 1.0, 1.0 } }, new double[2, 2]);
        (EnsembleKalmanFilter filter, _) = Pair(EnsembleUpdate.SquareRoot);
        Assert.That(filter.Update([2.0, 5.0], exact), Is.EqualTo(EstimationStatus.Done));
        Assert.That(filter.Belief.Mean.ToArray(), Is.EqualTo(new[] { 2.0, 3.0 }).Within(1e-12));
        Assert.That(filter.Belief.Covariance(), Is.All.EqualTo(0.0).Within(1e-24));
        Assert.That(filter.Update([2.0, 5.0], exact), Is.EqualTo(EstimationStatus.Done));
        Assert.That(filter.Update([2.0, 4.0], exact), Is.EqualTo(EstimationStatus.Contradiction));
        Assert.That(filter.Belief.Mean.ToArray(), Is.EqualTo(new[] { 2.0, 3.0 }).Within(1e-12));
    }

    [TestCaseSource(nameof(Methods))]
    public void A_localised_update_leaves_what_is_far(EnsembleUpdate method)
    {
        double[][] places = [[0.0], [10.0]];
        var sensor = new LinearMeasurement(new[,] { { 1.0, 0.0 } }, new[,] { { 0.5 } });
        var filter = new EnsembleKalmanFilter(Track, sensor, Initial, Members, seed: 3)
        {
            Method = method,
            Localization = EnsembleLocalization.FromPlaces(places, [[0.0]], halfWidth: 2.0),
        };
        double[] far = filter.Members.Component(1).ToArray();
        double near = filter.Belief.Deviation(0);
        filter.Update([4.0]);
        Assert.That(filter.Members.Component(1).ToArray(), Is.EqualTo(far).Within(1e-14));
        Assert.That(filter.Belief.Deviation(0), Is.LessThan(near));
    }

    [Test]
    public void A_localised_square_root_answers_that_it_cannot_take_correlated_components_apart()
    {
        double[][] places = [[0.0], [0.0]];
        var sensor = new LinearMeasurement(new[,] { { 1.0, 0.0 }, { 1.0, 1.0 } }, new[,] { { 0.5, 0.1 }, { 0.1, 0.3 } });
        var filter = new EnsembleKalmanFilter(Track, sensor, Initial, Members, seed: 3)
        {
            Localization = EnsembleLocalization.FromPlaces(places, places, halfWidth: 2.0),
        };
        double[] members = filter.Members.Values.ToArray();
        Assert.That(filter.Update([2.0, 1.0]), Is.EqualTo(EstimationStatus.UnsuitableNoise));
        Assert.That(filter.Members.Values.ToArray(), Is.EqualTo(members));
        Assert.That(filter.Update([2.0, double.NaN]), Is.EqualTo(EstimationStatus.Done));
    }

    [TestCase(0.5)]
    [TestCase(0.0)]
    public void Without_a_distance_a_localised_square_root_is_the_global_one(double variance)
    {
        double[][] places = [[0.0], [0.0]];
        var sensor = new LinearMeasurement(new[,] { { 1.0, 0.0 }, { 1.0, 1.0 } }, new[,] { { variance, 0.0 }, { 0.0, 0.3 } });
        var whole = new EnsembleKalmanFilter(Track, sensor, Initial, Members, seed: 3);
        var local = new EnsembleKalmanFilter(Track, sensor, Initial, Members, seed: 3)
        {
            Localization = EnsembleLocalization.FromPlaces(places, places, halfWidth: 2.0),
        };
        whole.Update([2.0, 1.0]);
        local.Update([2.0, 1.0]);
        Assert.That(local.Members.Values.ToArray(), Is.EqualTo(whole.Members.Values.ToArray()).Within(1e-12));
    }

    [Test]
    public void Weights_of_Gaspari_and_Cohn_have_their_known_values()
    {
        Assert.That(EnsembleLocalization.Weight(0.0), Is.EqualTo(1.0));
        Assert.That(EnsembleLocalization.Weight(1.0), Is.EqualTo(5.0 / 24.0).Within(1e-15));
        Assert.That(EnsembleLocalization.Weight(1.0 + 1e-12), Is.EqualTo(5.0 / 24.0).Within(1e-11));
        Assert.That(EnsembleLocalization.Weight(2.0 - 1e-9), Is.EqualTo(0.0).Within(1e-12));
        Assert.That(EnsembleLocalization.Weight(3.0), Is.Zero);
    }

    [Test]
    public void Angles_are_averaged_the_short_way_around()
    {
        StateGeometry circle = StateGeometry.Periodic(2.0 * Math.PI);
        var still = new LinearTransition(new[,] { { 1.0 } }, new[,] { { 0.0 } }) { Geometry = circle };
        var compass = new LinearMeasurement(new[,] { { 1.0 } }, new[,] { { 0.04 } }) { Geometry = circle };
        foreach (EnsembleUpdate method in Methods)
        {
            var filter = new EnsembleKalmanFilter(still, compass, GaussianBelief.FromDeviations([3.1], [0.2]), 2000, seed: 2) { Method = method };
            filter.Update([-3.1]);
            double expected = 3.1 + (0.5 * ((2.0 * Math.PI) - 6.2));
            Assert.That(Math.IEEERemainder(filter.Belief.Mean[0] - expected, 2.0 * Math.PI), Is.EqualTo(0.0).Within(0.01), $"{method}");
            Assert.That(filter.Belief.Deviation(0), Is.EqualTo(0.2 / Math.Sqrt(2.0)).Within(method == EnsembleUpdate.Deterministic ? 0.02 : 0.01));
        }
    }

    [Test]
    public void A_lost_member_keeps_the_last_good_ensemble()
    {
        var propagator = new Losing();
        var filter = new EnsembleKalmanFilter(propagator, Sensor, Initial.Sample(Members, 1), seed: 1);
        double mean = filter.Belief.Mean[0];
        Assert.That(filter.Predict(1.0), Is.EqualTo(EstimationStatus.FlowFailed));
        Assert.That((filter.Time, filter.Belief.Mean[0]), Is.EqualTo((0.0, mean)));
    }

    [TestCaseSource(nameof(Methods))]
    public void A_step_allocates_nothing_after_the_first(EnsembleUpdate method)
    {
        (EnsembleKalmanFilter filter, _) = Pair(method, rotates: true, inflation: 1.02);
        double[] z = [1.5, 0.2, 3.0];
        int k = 0;
        Allocations.None(() =>
        {
            filter.Predict(++k);
            z[1] = k % 2 == 0 ? double.NaN : 0.2;
            filter.Update(z);
            _ = filter.Belief.Mean[0];
        });
    }

    private static (EnsembleKalmanFilter Filter, KalmanFilter Kalman) Pair(EnsembleUpdate method, bool rotates = false, double inflation = 1.0, int members = Members)
    {
        var filter = new EnsembleKalmanFilter(Track, Sensor, Initial, members, seed: 3)
        {
            Method = method,
            Rotates = rotates,
            Inflation = inflation,
        };
        return (filter, new KalmanFilter(Track, Sensor, filter.Belief));
    }

    private sealed class Losing : IEnsemblePropagator
    {
        public IReadOnlyList<string> StateNames { get; } = ["a", "b"];

        public IReadOnlyList<string> ModeNames { get; } = ["all"];

        public int InputCount => 0;

        public int Propagate(StateEnsemble members, double from, double to, ReadOnlySpan<double> input, EnsembleNoise noise)
        {
            members.Lose(4);
            return 1;
        }
    }
}
