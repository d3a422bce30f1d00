using System.Text.Json;
using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Numerics;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation;

public class BufferedEstimatorTests
{
    [Test]
    public void A_late_measurement_agrees_with_the_reference()
    {
        JsonElement data = ReferenceData.Estimation("linear_cv");
        JsonElement expected = ReferenceData.Estimation("oosm");
        double[][] measurements = data.Rows("Y");
        int late = (int)expected.Number("late_index0");
        int arrival = (int)expected.Number("arrives_after_index0");
        var estimator = new BufferedEstimator(Tracker(data), horizonSeconds: 5.0);
        for (int k = 0; k <= arrival; k++)
        {
            estimator.Predict(k + 1);
            if (k != late)
            {
                estimator.Update(measurements[k]);
            }
        }

        Assert.That(estimator.Belief.Mean.ToArray(), Is.EqualTo(expected.Vector("without")).Within(1e-9));
        Assert.That(estimator.Belief.Covariance(), Is.EqualTo(expected.Flat("without_P")).Within(1e-9));
        Assert.That(estimator.UpdateAt(late + 1, measurements[late]), Is.EqualTo(EstimationStatus.Done));
        Assert.That(estimator.Time, Is.EqualTo(arrival + 1));
        Assert.That(estimator.Belief.Mean.ToArray(), Is.EqualTo(expected.Vector("exact_after_inclusion")).Within(1e-9));
        Assert.That(estimator.Belief.Covariance(), Is.EqualTo(expected.Flat("exact_P")).Within(1e-9));
    }

    [Test]
    public void Sensors_of_several_rates_and_delays_end_where_the_right_order_ends()
    {
        // Position every 0.1 s at once; speed every 0.25 s, 0.4 s late; a fix at odd times, 0.9 s late. All of it mixed.
        var speed = new LinearMeasurement(new[,] { { 0.0, 1.0 } }, new[,] { { 0.04 } });
        var fix = new LinearMeasurement(new[,] { { 1.0, 0.0 }, { 0.0, 1.0 } }, new[,] { { 0.01, 0.0 }, { 0.0, 0.09 } });
        var position = new LinearMeasurement(new[,] { { 1.0, 0.0 } }, new[,] { { 0.25 } });
        var draws = new NormalDraws(5, 0);
        List<(double Time, double Arrival, double[] Z, MeasurementModel Sensor)> all = [];
        for (int k = 1; k <= 60; k++)
        {
            all.Add((0.1 * k, 0.1 * k, [draws.Next()], position));
        }

        for (int k = 1; k <= 24; k++)
        {
            all.Add((0.25 * k, (0.25 * k) + 0.4, [draws.Next()], speed));
        }

        for (int k = 1; k <= 7; k++)
        {
            all.Add((0.773 * k, (0.773 * k) + 0.9, [draws.Next(), k == 3 ? double.NaN : draws.Next()], fix));
        }

        KalmanFilter ordered = Cart();
        foreach ((double time, _, double[] z, MeasurementModel sensor) in all.OrderBy(item => item.Time))
        {
            ordered.Predict(time, Push(time));
            ordered.Update(z, sensor);
        }

        ordered.Predict(8.0, Push(8.0));
        var buffered = new BufferedEstimator(Cart(), horizonSeconds: 1.5);
        foreach ((double time, double arrival, double[] z, MeasurementModel sensor) in all.OrderBy(item => item.Arrival))
        {
            buffered.Predict(arrival, Push(arrival));
            Assert.That(buffered.UpdateAt(time, z, sensor), Is.EqualTo(EstimationStatus.Done));
        }

        buffered.Predict(8.0, Push(8.0));
        Assert.That(buffered.Belief.Mean.ToArray(), Is.EqualTo(ordered.Belief.Mean.ToArray()).Within(1e-12));
        Assert.That(buffered.Belief.Covariance(), Is.EqualTo(ordered.Belief.Covariance()).Within(1e-12));
        Assert.That(buffered.LogLikelihood, Is.EqualTo(ordered.LogLikelihood).Within(1e-10));
    }

    [Test]
    public void What_is_too_late_or_cannot_be_used_changes_nothing()
    {
        var estimator = new BufferedEstimator(Cart(), horizonSeconds: 1.0);
        for (int k = 1; k <= 50; k++)
        {
            estimator.Predict(0.1 * k, [0.0]);
            estimator.Update([Math.Sin(k)]);
        }

        GaussianBelief before = estimator.Belief.Copy();
        double likelihood = estimator.LogLikelihood;
        void RequireSame()
        {
            Assert.That(estimator.Belief.Mean.ToArray(), Is.EqualTo(before.Mean.ToArray()));
            Assert.That(estimator.Belief.Factor.ToArray(), Is.EqualTo(before.Factor.ToArray()));
            Assert.That((estimator.Time, estimator.LogLikelihood), Is.EqualTo((5.0, likelihood)));
        }

        Assert.That(estimator.UpdateAt(3.9, [1.0]), Is.EqualTo(EstimationStatus.OutOfOrder));
        RequireSame();
        Assert.That(estimator.UpdateAt(-1.0, [1.0]), Is.EqualTo(EstimationStatus.OutOfOrder));
        RequireSame();
        Assert.That(estimator.UpdateAt(4.55, [double.NaN]), Is.EqualTo(EstimationStatus.Missing));
        RequireSame();
        Assert.That(estimator.UpdateAt(4.5, [double.PositiveInfinity]), Is.EqualTo(EstimationStatus.InfiniteMeasurement));
        RequireSame();
        Assert.That(() => estimator.UpdateAt(4.55, [1.0, 2.0]), Throws.TypeOf<ModelException>().With.Message.Contains("measurement"));
        RequireSame();
        Assert.That(estimator.UpdateAt(5.1, [1.0]), Is.EqualTo(EstimationStatus.OutOfOrder));
        RequireSame();
        Assert.That(estimator.UpdateAt(double.NaN, [1.0]), Is.EqualTo(EstimationStatus.OutOfOrder));
        RequireSame();

        // And what comes next is as if nothing had been tried.
        var other = new BufferedEstimator(Cart(), horizonSeconds: 1.0);
        for (int k = 1; k <= 50; k++)
        {
            other.Predict(0.1 * k, [0.0]);
            other.Update([Math.Sin(k)]);
        }

        Assert.That(estimator.UpdateAt(4.55, [0.3]), Is.EqualTo(EstimationStatus.Done));
        Assert.That(other.UpdateAt(4.55, [0.3]), Is.EqualTo(EstimationStatus.Done));
        Assert.That(estimator.Belief.Mean.ToArray(), Is.EqualTo(other.Belief.Mean.ToArray()));
    }

    [Test]
    public void A_measurement_inside_a_step_that_cannot_be_divided_is_refused()
    {
        JsonElement data = ReferenceData.Estimation("linear_cv");
        var estimator = new BufferedEstimator(Tracker(data), horizonSeconds: 5.0);
        estimator.Predict(1);
        estimator.Predict(2);
        Assert.That(estimator.UpdateAt(1.5, [0.0, 0.0]), Is.EqualTo(EstimationStatus.InsideStep));
        Assert.That(estimator.UpdateAt(1.0, [0.0, 0.0]), Is.EqualTo(EstimationStatus.Done));
    }

    [Test]
    public void A_step_allocates_nothing_once_the_buffer_is_full()
    {
        var estimator = new BufferedEstimator(Cart(), horizonSeconds: 1.0);
        double[] input = [0.1];
        double[] z = [0.2];
        Allocations.None(
            k =>
            {
                estimator.Predict(0.1 * k, input);
                estimator.Update(z);
                estimator.UpdateAt((0.1 * k) - 0.35, z);
            },
            first: 1,
            warmUp: 59,
            calls: 41);
    }

    [TestCase("modes")]
    [TestCase("modes where the states are")]
    [TestCase("window")]
    [TestCase("bounded window")]
    public void Mixtures_and_windows_end_where_the_right_order_ends(string kind)
    {
        // A position every 0.1 s at once; a fix 0.35 s late, sometimes a component of it, more steps ago than a window holds.
        var fix = new LinearMeasurement(new[,] { { 1.0, 0.0 }, { 0.0, 1.0 } }, new[,] { { 0.01, 0.0 }, { 0.0, 0.09 } });
        var draws = new NormalDraws(9, 0);
        List<(double Time, double Arrival, double[] Z, MeasurementModel? Sensor)> all = [];
        for (int k = 1; k <= 40; k++)
        {
            all.Add((0.1 * k, 0.1 * k, [1.0 + draws.Next()], null));
        }

        for (int k = 1; k <= 12; k++)
        {
            all.Add((0.273 * k, (0.273 * k) + 0.35, [draws.Next(), k == 3 ? double.NaN : draws.Next()], fix));
        }

        (IRewindable ordered, Func<double[]> orderedState) = Make(kind);
        double[] arrivals = [.. all.Select(item => item.Arrival).Append(5.0).Distinct().Order()];
        foreach (double stop in all.Select(item => item.Time).Concat(arrivals).Distinct().Order())
        {
            ordered.Predict(stop, Push(stop));
            foreach ((_, _, double[] z, MeasurementModel? sensor) in all.Where(item => item.Time == stop))
            {
                ordered.Update(z, sensor);
            }
        }

        (IRewindable late, Func<double[]> lateState) = Make(kind);
        var buffered = new BufferedEstimator(late, horizonSeconds: 1.0);
        foreach (double stop in arrivals)
        {
            buffered.Predict(stop, Push(stop));
            foreach ((double time, _, double[] z, MeasurementModel? sensor) in all.Where(item => item.Arrival == stop))
            {
                Assert.That(buffered.UpdateAt(time, z, sensor), Is.EqualTo(EstimationStatus.Done));
            }
        }

        Assert.That(lateState(), Is.EqualTo(orderedState()), "bit for bit");

        // And what is not used changes nothing.
        Assert.That(buffered.UpdateAt(4.61, [double.PositiveInfinity], null), Is.EqualTo(EstimationStatus.InfiniteMeasurement));
        Assert.That(() => buffered.UpdateAt(4.61, [1.0, 2.0, 3.0], null), Throws.TypeOf<ModelException>());
        Assert.That(lateState(), Is.EqualTo(orderedState()));
    }

    [TestCase("modes")]
    [TestCase("window")]
    public void Mixtures_and_windows_allocate_nothing_once_the_buffer_is_full(string kind)
    {
        var estimator = new BufferedEstimator(Make(kind).Estimator, horizonSeconds: 1.0);
        double[] input = [0.1];
        double[] z = [0.2];
        Allocations.None(
            k =>
            {
                estimator.Predict(0.1 * k, input);
                estimator.Update(z);
                estimator.UpdateAt((0.1 * k) - 0.35, z);
            },
            first: 1,
            warmUp: 69,
            calls: 31);
    }

    [Test]
    public void A_chain_in_discrete_time_cannot_be_divided()
    {
        var modes = new InteractingMultipleModel([Cart(), Cart(2.0)], MarkovChain.FromRows([0.9, 0.1], [0.2, 0.8]));
        var estimator = new BufferedEstimator(modes, horizonSeconds: 5.0);
        estimator.Predict(1.0, [0.0]);
        estimator.Predict(2.0, [0.0]);
        Assert.That(estimator.UpdateAt(1.5, [0.0]), Is.EqualTo(EstimationStatus.InsideStep));
        Assert.That(estimator.UpdateAt(1.0, [0.0]), Is.EqualTo(EstimationStatus.Done));
    }

    // An estimator, and all that it tells.
    private static (IRewindable Estimator, Func<double[]> State) Make(string kind)
    {
        if (kind.Contains("window", StringComparison.Ordinal))
        {
            KalmanFilter cart = Cart();
            var window = new MovingHorizonEstimator(cart.Transition, cart.Sensor, cart.Belief, horizon: 3)
            {
                Bounds = kind == "window" ? null : new HorizonBounds { StateLower = [0.2, -3.0] },
            };
            return (window, () => [.. Tell(window), .. Enumerable.Range(0, window.Steps + 1).SelectMany(i => window.Smoothed(i).ToArray())]);
        }

        ModeSwitching switching = kind == "modes"
            ? MarkovChain.FromRates([-0.5, 0.5], [1.0, -1.0])
            : new GuardSwitching(["x", "v"], 2, [
                new GuardedTransition(0, 1, Expr.Variable(VariableKind.State, "x") >= 1.0) { Deviation = 0.3 },
                new GuardedTransition(1, 0, Expr.Variable(VariableKind.State, "x") <= 0.5) { Deviation = 0.3 }]);
        KalmanFilter strong = Cart(2.0);
        var modes = new InteractingMultipleModel(
            [Cart(), new UnscentedKalmanFilter(strong.Transition, strong.Sensor, strong.Belief)], switching);
        return (modes, () => [.. Tell(modes), .. modes.ModeProbabilities, .. modes.PredictedProbabilities, .. modes.Filters.SelectMany(Tell)]);
    }

    private static double[] Tell(IEstimator estimator) =>
        [estimator.Time, estimator.LogLikelihood, .. estimator.Belief.Mean, .. estimator.Belief.Factor];

    private static double[] Push(double time) => [time < 3.0 ? 0.5 : -0.5];

    private static KalmanFilter Cart(double intensity = 0.1) => new(
        new ContinuousLinearTransition(new[,] { { 0.0, 1.0 }, { 0.0, -0.2 } }, new[,] { { 0.0, 0.0 }, { 0.0, intensity } }, new[,] { { 0.0 }, { 1.0 } }),
        new LinearMeasurement(new[,] { { 1.0, 0.0 } }, new[,] { { 0.25 } }),
        GaussianBelief.FromDeviations([0.0, 0.0], [1.0, 1.0]));

    private static KalmanFilter Tracker(JsonElement data) => new(
        new LinearTransition(data.Matrix("F"), data.Matrix("Q")),
        new LinearMeasurement(data.Matrix("H"), data.Matrix("R")),
        GaussianBelief.FromCovariance(data.Vector("x0"), data.Flat("P0")));
}
