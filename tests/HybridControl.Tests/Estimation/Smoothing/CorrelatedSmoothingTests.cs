using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Tests.TestKit;
using MathNet.Numerics.LinearAlgebra;

namespace HybridControl.Tests.Estimation.Smoothing;

public class CorrelatedSmoothingTests
{
    private const double Tolerance = 1e-9;

    private static readonly double[,] G = { { 0.2, 0.0, 0.1 }, { 0.5, 0.3, 0.0 } };
    private static readonly double[,] H = { { 1.0, 0.0 }, { 0.5, 1.0 } };
    private static readonly double[,] M = { { 0.6, 0.0, -0.2 }, { 0.1, 0.4, 0.0 } };
    private static readonly double[,] R = { { 0.09, 0.02 }, { 0.02, 0.04 } };

    private static readonly double[][] Measured =
        [[0.3, -0.2], [1.1, double.NaN], [-0.4, 0.8], [double.NaN, double.NaN], [0.9, 0.1], [0.2, 0.6], [-0.7, -0.1]];

    // A transition that forgets, one that does not, and one without rest: F is regular, singular, zero.
    [Test]
    public void States_are_those_of_all_measurements_at_once(
        [Values] CorrelatedStep step, [Values(0, 1, 2)] int rank, [Values] bool extended)
    {
        double[,] f = rank switch
        {
            2 => new[,] { { 1.0, 0.4 }, { -0.3, 0.9 } },
            1 => new[,] { { 1.0, 0.5 }, { 0.6, 0.3 } },
            _ => new double[2, 2],
        };
        var run = new Run(f, step, extended);
        for (int k = 0; k < Measured.Length; k++)
        {
            run.Step(Measured[k]);
        }

        IReadOnlyList<TimedBelief> smoothed = RauchTungStriebelSmoother.Smooth(run.Record);
        for (int k = 0; k < smoothed.Count; k++)
        {
            Assert.That(smoothed[k].Time, Is.EqualTo(k));
            run.Require(k, smoothed[k].Belief);
        }
    }

    [Test]
    public void Neighbours_are_as_correlated_as_before_their_measurements([Values] CorrelatedStep step)
    {
        var run = new Run(new[,] { { 1.0, 0.4 }, { -0.3, 0.9 } }, step, extended: false);
        run.Step(Measured[0]);
        run.Step(Measured[2]);
        var batch = new Run(new[,] { { 1.0, 0.4 }, { -0.3, 0.9 } }, step, extended: false);
        batch.Step(Measured[0]);
        batch.Step([double.NaN, double.NaN]);
        double[] written = new double[4];
        run.Record[1].WriteCrossCovariance(written);
        Assert.That(written, Is.EqualTo(batch.Crossed(1)).Within(1e-12));
    }

    [Test]
    public void A_fixed_lag_is_that_of_all_measurements_so_far([Values] CorrelatedStep step, [Values(1, 2, 5)] int lag)
    {
        var run = new Run(new[,] { { 1.0, 0.4 }, { -0.3, 0.9 } }, step, extended: false);
        var lagged = new FixedLagSmoother(run.Filter, lag);
        int compared = 0;
        for (int k = 0; k < Measured.Length; k++)
        {
            run.Step(Measured[k]);
            if (lagged.TrySmooth())
            {
                Assert.That(lagged.Time, Is.EqualTo(k + 1 - lag));
                run.Require(k + 1 - lag, lagged.Belief);
                compared++;
            }
        }

        Assert.That(compared, Is.EqualTo(Measured.Length + 1 - lag));
    }

    [Test]
    public void A_sensor_that_tells_the_force_exactly_ties_the_states_before_and_after()
    {
        // z is the force itself: x1 = 0.9 x0 + 2 z without doubt, so that seeing x1 exactly gives x0.
        var felt = new CorrelatedMeasurement(new LinearMeasurement(new[,] { { 0.0 } }, new double[1, 1]), new[,] { { 1.0 } }, CorrelatedStep.Ending);
        var filter = new KalmanFilter(
            LinearTransition.FromNoiseFactor(new[,] { { 0.9 } }, new[,] { { 2.0 } }), felt, GaussianBelief.FromDeviations([0.0], [3.0]));
        var record = new ForwardRecord(filter);
        filter.Predict(1.0);
        filter.Update([0.7]);
        filter.Update([5.0], new LinearMeasurement(new[,] { { 1.0 } }, new double[1, 1]));
        GaussianBelief start = RauchTungStriebelSmoother.Smooth(record)[0].Belief;
        Assert.That(start.Mean[0], Is.EqualTo((5.0 - 1.4) / 0.9).Within(1e-12));
        Assert.That(start.Variance(0), Is.Zero.Within(1e-20));
    }

    [Test]
    public void A_fixed_lag_allocates_nothing([Values] CorrelatedStep step)
    {
        var run = new Run(new[,] { { 1.0, 0.4 }, { -0.3, 0.9 } }, step, extended: false);
        run.Record.Stop();
        var lagged = new FixedLagSmoother(run.Filter, 3);
        double[] z = [0.1, 0.2];
        Allocations.None(
            k =>
            {
                run.Filter.Predict(k);
                run.Filter.Update(z);
                lagged.TrySmooth();
            },
            first: 1,
            warmUp: 19,
            calls: 40);
    }

    [Test]
    public void Modes_that_would_mix_what_a_sensor_remembers_are_refused()
    {
        var felt = new CorrelatedMeasurement(new LinearMeasurement(H, R), M);
        LinearTransition transition = LinearTransition.FromNoiseFactor(new[,] { { 1.0, 0.0 }, { 0.0, 1.0 } }, G);
        GaussianBelief start = GaussianBelief.FromDeviations([0.0, 0.0], [1.0, 1.0]);
        MarkovChain chain = MarkovChain.FromRows([0.9, 0.1], [0.1, 0.9]);
        Assert.That(
            () => new InteractingMultipleModel([new KalmanFilter(transition, felt, start), new KalmanFilter(transition, felt, start)], chain),
            Throws.TypeOf<ModelException>().With.Message.Contains("process noise"));
        var modes = new InteractingMultipleModel([new KalmanFilter(transition, null, start), new KalmanFilter(transition, null, start)], chain);
        Assert.That(() => modes.Update([0.0, 0.0], felt), Throws.TypeOf<ModelException>().With.Message.Contains("process noise"));
        Assert.That(
            () => new HInfinityFilter(transition, felt, start, gain: 10.0), Throws.TypeOf<ModelException>().With.Message.Contains("HInfinityFilter"));
        Assert.That(
            () => new UnscentedKalmanFilter(transition, felt, start), Throws.TypeOf<ModelException>().With.Message.Contains("UnscentedKalmanFilter"));
        Assert.That(
            () => new ForwardRecord(new HInfinityFilter(transition, new LinearMeasurement(H, R), start, gain: 10.0)),
            Throws.TypeOf<ModelException>().With.Message.Contains("HInfinityFilter"));
    }

    /// <summary>A filter, and the same model as a map of sources.</summary>
    private sealed class Run
    {
        private readonly CorrelatedStep _step;
        private readonly Matrix<double> _f;
        private readonly BatchPosterior _batch = new(80);
        private readonly List<Matrix<double>> _states = [];
        private Matrix<double>? _starting;

        public Run(double[,] f, CorrelatedStep step, bool extended)
        {
            (_f, _step) = (Matrix<double>.Build.DenseOfArray(f), step);
            var sensor = new CorrelatedMeasurement(new LinearMeasurement(H, R), M, step);
            LinearTransition transition = LinearTransition.FromNoiseFactor(f, G);
            GaussianBelief start = GaussianBelief.FromDeviations([0.5, -0.5], [1.0, 2.0]);
            Filter = extended ? new ExtendedKalmanFilter(transition, sensor, start) : new KalmanFilter(transition, sensor, start);
            Record = new ForwardRecord(Filter);
            Matrix<double> deviations = Matrix<double>.Build.DenseOfDiagonalArray([1.0, 2.0]);
            _states.Add(_batch.Constant(0.5, -0.5) + (deviations * _batch.Sources(2)));
        }

        public GaussianFilter Filter { get; }

        public ForwardRecord Record { get; }

        public void Step(double[] z)
        {
            Matrix<double> ending = _starting ?? _batch.Sources(3);
            _states.Add((_f * _states[^1]) + (Matrix<double>.Build.DenseOfArray(G) * ending));
            _starting = _batch.Sources(3);
            Matrix<double> rows = (Matrix<double>.Build.DenseOfArray(H) * _states[^1]) +
                (Matrix<double>.Build.DenseOfArray(M) * (_step == CorrelatedStep.Starting ? _starting : ending)) +
                (Matrix<double>.Build.DenseOfArray(R).Cholesky().Factor * _batch.Sources(2));
            _batch.Observe(rows, z);
            Filter.Predict(Filter.Time + 1.0);
            Filter.Update(z);
            if (_states.Count == 4)
            {
                // A second sensor, which feels nothing of the force.
                Filter.Update([0.25], new LinearMeasurement(new[,] { { 1.0, 0.0 } }, new[,] { { 0.49 } }));
                _batch.Observe(_states[^1].SubMatrix(0, 1, 0, _states[^1].ColumnCount) + (0.7 * _batch.Sources(1)), [0.25]);
            }
        }

        public double[] Crossed(int k)
        {
            (_, double[] all) = _batch.Of(_states[k].Stack(_states[k + 1]));
            return [all[2], all[3], all[6], all[7]];
        }

        public void Require(int k, GaussianBelief belief)
        {
            (double[] mean, double[] covariance) = _batch.Of(_states[k]);
            Assert.That(belief.Mean.ToArray(), Is.EqualTo(mean).Within(Tolerance), $"time {k}");
            Assert.That(belief.Covariance(), Is.EqualTo(covariance).Within(Tolerance), $"time {k}");
        }
    }
}
