using System.Text.Json;
using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Numerics;
using HybridControl.Tests.TestKit;
using MathNet.Numerics.LinearAlgebra;

namespace HybridControl.Tests.Estimation;

public class HInfinityFilterTests
{
    private const int Steps = 8;

    private static readonly double[,] W = { { 1.0, 0.0 }, { 0.3, 0.5 } };

    [Test]
    public void For_an_infinite_gain_it_is_the_Kalman_filter_and_near_it_for_a_large_one()
    {
        JsonElement data = ReferenceData.Estimation("linear_cv");
        var transition = new LinearTransition(data.Matrix("F"), data.Matrix("Q"));
        var sensor = new LinearMeasurement(data.Matrix("H"), data.Matrix("R"));
        GaussianBelief start = GaussianBelief.FromCovariance(data.Vector("x0"), data.Flat("P0"));
        var kalman = new KalmanFilter(transition, sensor, start);
        var infinite = new HInfinityFilter(transition, sensor, start, double.PositiveInfinity);
        HInfinityFilter[] large = [.. new[] { 1e2, 1e3, 1e4 }.Select(gain => new HInfinityFilter(transition, sensor, start, gain))];
        var distances = new double[3];
        int step = 0;
        foreach (double[] z in data.Rows("Y"))
        {
            step++;
            foreach (IEstimator each in new IEstimator[] { kalman, infinite, large[0], large[1], large[2] })
            {
                each.Predict(step);
                each.Update(z);
            }

            Assert.That(infinite.Belief.Mean.ToArray(), Is.EqualTo(kalman.Belief.Mean.ToArray()));
            Assert.That(infinite.Belief.Factor.ToArray(), Is.EqualTo(kalman.Belief.Factor.ToArray()));
            for (int i = 0; i < 3; i++)
            {
                for (int j = 0; j < 4; j++)
                {
                    distances[i] = Math.Max(distances[i], Math.Abs(large[i].Belief.Mean[j] - kalman.Belief.Mean[j]));
                }
            }
        }

        // The difference is of order gamma^-2.
        Assert.That(distances[0] / distances[1], Is.EqualTo(100.0).Within(2.0));
        Assert.That(distances[1] / distances[2], Is.EqualTo(100.0).Within(2.0));
        Assert.That(distances[2], Is.LessThan(1e-6));
    }

    [Test]
    public void The_worst_disturbance_of_all_stays_below_the_gain_and_the_Kalman_filter_does_worse()
    {
        (LinearTransition transition, LinearMeasurement sensor, GaussianBelief start) = Problem();
        double smallest = HInfinityFilter.SmallestGain(transition, sensor, start, Steps, W);
        double kalman = WorstRatio(() => new KalmanFilter(transition, sensor, start));
        double tight = WorstRatio(() => new HInfinityFilter(transition, sensor, start, 1.0001 * smallest, W));
        double loose = WorstRatio(() => new HInfinityFilter(transition, sensor, start, 1.5 * smallest, W));
        TestContext.Out.WriteLine($"smallest gain {smallest:F6}; worst ratio {tight:F6} tight, {loose:F6} loose, {kalman:F6} Kalman");
        Assert.That(tight, Is.LessThanOrEqualTo(1.0001 * smallest * (1.0 + 1e-9)));
        Assert.That(loose, Is.LessThanOrEqualTo(1.5 * smallest));
        Assert.That(kalman, Is.GreaterThan(1.02 * smallest));
        // No filter does better than the smallest gain, so the tight one reaches it.
        Assert.That(tight, Is.EqualTo(smallest).Within(1e-3 * smallest));
    }

    [Test]
    public void Random_disturbances_stay_below_the_gain()
    {
        (LinearTransition transition, LinearMeasurement sensor, GaussianBelief start) = Problem();
        double gain = 1.01 * HInfinityFilter.SmallestGain(transition, sensor, start, Steps, W);
        for (int run = 0; run < 200; run++)
        {
            var disturbance = new double[Inputs];
            new NormalDraws(8, run).Fill(disturbance);
            double[] errors = Errors(new HInfinityFilter(transition, sensor, start, gain, W), disturbance);
            Assert.That(Math.Sqrt(Dense.Dot(errors, errors)), Is.LessThan(gain * Math.Sqrt(Dense.Dot(disturbance, disturbance))));
        }
    }

    [Test]
    public void The_smallest_gain_of_a_random_walk_tends_to_one()
    {
        // P+ = 1/(1/P + 1), then P = 1/(1/P + 1 - 1/gamma^2) + 1: the recursion exists for ever exactly if gamma >= 1.
        var walk = new LinearTransition(new[,] { { 1.0 } }, new[,] { { 1.0 } });
        var sensor = new LinearMeasurement(new[,] { { 1.0 } }, new[,] { { 1.0 } });
        GaussianBelief start = GaussianBelief.FromDeviations([0.0], [0.5]);
        double forty = HInfinityFilter.SmallestGain(walk, sensor, start, 40);
        double many = HInfinityFilter.SmallestGain(walk, sensor, start, 400);
        Assert.That(forty, Is.LessThan(many));
        Assert.That(many, Is.LessThan(1.0).And.GreaterThan(1.0 - 1e-4));
    }

    [Test]
    public void A_gain_that_is_too_small_is_told_and_the_belief_is_kept()
    {
        (LinearTransition transition, LinearMeasurement sensor, GaussianBelief start) = Problem();
        double smallest = HInfinityFilter.SmallestGain(transition, sensor, start, Steps, W);
        var filter = new HInfinityFilter(transition, sensor, start, 0.99 * smallest, W);
        EstimationStatus status = EstimationStatus.Done;
        for (int k = 1; k <= Steps + 1 && status == EstimationStatus.Done; k++)
        {
            double[] before = filter.Belief.Mean.ToArray();
            double time = filter.Time;
            status = filter.Predict(k);
            if (status == EstimationStatus.Done)
            {
                filter.Update([0.5]);
                continue;
            }

            Assert.That(filter.IsAttainable, Is.False);
            Assert.That(filter.Belief.Mean.ToArray(), Is.EqualTo(before));
            Assert.That(filter.Time, Is.EqualTo(time));
        }

        Assert.That(status, Is.EqualTo(EstimationStatus.GainUnattainable));
        Assert.That(() => new HInfinityFilter(transition, sensor, start, 0.0), Throws.TypeOf<ModelException>().With.Message.Contains("gain"));
        Assert.That(
            () => new HInfinityFilter(transition, sensor, GaussianBelief.Unknown(2), 5.0), Throws.TypeOf<ModelException>().With.Message.Contains("unknown"));
    }

    [Test]
    public void A_step_allocates_nothing()
    {
        (LinearTransition transition, LinearMeasurement sensor, GaussianBelief start) = Problem();
        var filter = new HInfinityFilter(transition, sensor, start, 100.0, W);
        double[] z = [0.2];
        Allocations.None(
            k =>
            {
                filter.Predict(k);
                filter.Update(z);
            },
            first: 1,
            warmUp: 2,
            calls: 48);
    }

    // Initial error, one source of process noise a step, one of sensor noise an update.
    private const int Inputs = 2 + (2 * Steps);

    private static (LinearTransition Transition, LinearMeasurement Sensor, GaussianBelief Start) Problem() => (
        LinearTransition.FromNoiseFactor(new[,] { { 1.0, 0.5 }, { -0.2, 0.9 } }, new[,] { { 0.1 }, { 0.6 } }),
        new LinearMeasurement(new[,] { { 1.0, 0.0 } }, new[,] { { 0.64 } }),
        GaussianBelief.FromFactor([0.0, 0.0], [0.8, 0.0, 0.2, 0.5]));

    // The largest singular value of the map from all disturbances to all errors.
    private static double WorstRatio(Func<IEstimator> make)
    {
        var map = Matrix<double>.Build.Dense(2 * (Steps + 1), Inputs);
        for (int i = 0; i < Inputs; i++)
        {
            var unit = new double[Inputs];
            unit[i] = 1.0;
            map.SetColumn(i, Errors(make(), unit));
        }

        return map.L2Norm();
    }

    // W (x - m) at the start and after each update, for a disturbance of independent parts of size one.
    private static double[] Errors(IEstimator filter, double[] disturbance)
    {
        Matrix<double> f = Matrix<double>.Build.DenseOfArray(new[,] { { 1.0, 0.5 }, { -0.2, 0.9 } });
        Matrix<double> w = Matrix<double>.Build.DenseOfArray(W);
        Vector<double> x = Vector<double>.Build.Dense([0.8 * disturbance[0], (0.2 * disturbance[0]) + (0.5 * disturbance[1])]);
        var errors = new double[2 * (Steps + 1)];
        Vector<double> error = w * x;
        (errors[0], errors[1]) = (error[0], error[1]);
        for (int k = 0; k < Steps; k++)
        {
            double force = disturbance[2 + (2 * k)];
            x = (f * x) + Vector<double>.Build.Dense([0.1 * force, 0.6 * force]);
            Assert.That(filter.Predict(k + 1), Is.EqualTo(EstimationStatus.Done));
            filter.Update([x[0] + (0.8 * disturbance[3 + (2 * k)])]);
            error = w * (x - Vector<double>.Build.DenseOfArray(filter.Belief.Mean.ToArray()));
            (errors[2 * (k + 1)], errors[(2 * (k + 1)) + 1]) = (error[0], error[1]);
        }

        return errors;
    }
}
