using System.Text.Json;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Estimation;
using HybridControl.Numerics;
using HybridControl.Tests.TestKit;
using MathNet.Numerics.LinearAlgebra;

namespace HybridControl.Tests.Estimation;

public class CorrelatedNoiseTests
{
    private static readonly double[,] F = { { 1.0, 0.4 }, { -0.3, 0.9 } };
    private static readonly double[,] G = { { 0.2, 0.0, 0.1 }, { 0.5, 0.3, 0.0 } };
    private static readonly double[,] H = { { 1.0, 0.0 }, { 0.5, 1.0 } };
    private static readonly double[,] M = { { 0.6, 0.0, -0.2 }, { 0.1, 0.4, 0.0 } };
    private static readonly double[,] R = { { 0.09, 0.02 }, { 0.02, 0.04 } };

    [TestCase(false)]
    [TestCase(true)]
    public void A_frame_whose_sensors_feel_the_force_agrees_with_the_reference(bool fromCrossCovariance)
    {
        JsonElement data = ReferenceData.File("shm").GetProperty("frame");
        KalmanFilter filter = Frame(data, fromCrossCovariance);
        double step = 1.0 / data.Number("fs");
        for (int k = 1; k <= 8000; k++)
        {
            filter.Update([0.0, 0.0, 0.0]);
            filter.Predict(k * step);
        }

        JsonElement expected = data.GetProperty("kf");
        RequireRelative(filter.Belief.Covariance(), expected.Flat("P_pred"), 1e-9);
        var gain = new double[18];
        GaussianBelief steady = GaussianBelief.FromFactor(new double[6], filter.Belief.Factor);
        for (int i = 0; i < 3; i++)
        {
            double[] z = [0.0, 0.0, 0.0];
            z[i] = 1.0;
            filter.Restart(steady, filter.Time);
            filter.Update(z);
            if (i == 0)
            {
                double[] s = new double[9];
                Dense.LowerSquare(filter.Innovation.Factor, s, 3);
                RequireRelative(s, expected.Flat("S"), 1e-9);
            }

            filter.Predict(filter.Time + step);
            for (int row = 0; row < 6; row++)
            {
                gain[(row * 3) + i] = filter.Belief.Mean[row];
            }
        }

        RequireRelative(gain, expected.Flat("K_predictor"), 1e-8);
    }

    [TestCase(CorrelatedStep.Starting)]
    [TestCase(CorrelatedStep.Ending)]
    public void Beliefs_and_likelihood_are_those_of_all_measurements_at_once(CorrelatedStep step)
    {
        double[][] z = [[0.3, -0.2], [1.1, double.NaN], [-0.4, 0.8], [double.NaN, double.NaN], [0.9, 0.1]];
        var sensor = new CorrelatedMeasurement(new LinearMeasurement(H, R), M, step);
        var filter = new KalmanFilter(
            LinearTransition.FromNoiseFactor(F, G), sensor, GaussianBelief.FromDeviations([0.5, -0.5], [1.0, 2.0]));
        var position = new LinearMeasurement(new[,] { { 1.0, 0.0 } }, new[,] { { 0.3 } });
        var batch = new Batch(step, z.Length);
        for (int k = 0; k < z.Length; k++)
        {
            filter.Predict(k + 1);
            batch.Advance();
            filter.Update(z[k]);
            batch.Measure(z[k]);
            if (k == 2)
            {
                filter.Update([0.25], position);
                batch.MeasurePosition(0.25, Math.Sqrt(0.3));
            }

            (Vector<double> mean, Matrix<double> covariance) = batch.Belief();
            Assert.That(filter.Belief.Mean.ToArray(), Is.EqualTo(mean.ToArray()).Within(1e-12), $"step {k}");
            Assert.That(filter.Belief.Covariance(), Is.EqualTo(covariance.ToRowMajorArray()).Within(1e-12), $"step {k}");
        }

        Assert.That(filter.LogLikelihood, Is.EqualTo(batch.LogLikelihood()).Within(1e-11));
    }

    [TestCase(CorrelatedStep.Starting)]
    [TestCase(CorrelatedStep.Ending)]
    public void Errors_and_innovations_lie_inside_their_bands(CorrelatedStep step) =>
        FilterConsistency.Require(new CorrelatedProblem(step), p => new KalmanFilter(p.Transition, p.Sensor, p.Initial));

    [Test]
    public void An_exact_sensor_of_the_force_takes_its_noise_away()
    {
        // z tells omega without error, so the next prediction adds none.
        var sensor = new CorrelatedMeasurement(
            new LinearMeasurement(new[,] { { 0.0, 0.0 } }, new double[1, 1]), new[,] { { 2.0 } });
        var filter = new KalmanFilter(
            LinearTransition.FromNoiseFactor(F, new[,] { { 0.5 }, { 1.0 } }), sensor, GaussianBelief.FromDeviations([0.0, 0.0], [0.0, 0.0]));
        filter.Update([3.0]);
        filter.Predict(1.0);
        Assert.That(filter.Belief.Mean.ToArray(), Is.EqualTo(new[] { 0.75, 1.5 }).Within(1e-14));
        Assert.That(filter.Belief.Covariance(), Is.All.EqualTo(0.0).Within(1e-28));
    }

    [Test]
    public void Covariances_that_no_noise_can_have_are_refused()
    {
        var sensor = new LinearMeasurement(H, R);
        var transition = LinearTransition.FromNoiseFactor(F, new[,] { { 0.5 }, { 1.0 } });
        Assert.That(
            () => CorrelatedMeasurement.FromCrossCovariance(sensor, transition, new[,] { { 0.1, 0.0 }, { 0.1, 0.0 } }),
            Throws.TypeOf<ModelException>().With.Message.Contains("does not have"));
        Assert.That(
            () => CorrelatedMeasurement.FromCrossCovariance(sensor, transition, new[,] { { 0.5, 0.0 }, { 1.0, 0.0 } }),
            Throws.TypeOf<ModelException>().With.Message.Contains("not positive semidefinite"));
        var ending = new CorrelatedMeasurement(sensor, new[,] { { 0.1 }, { 0.0 } }, CorrelatedStep.Ending);
        var filter = new KalmanFilter(transition, null, new GaussianBelief(2));
        Assert.That(() => filter.Update([0.0, 0.0], ending), Throws.TypeOf<ModelException>().With.Message.Contains("ending step"));
    }

    [Test]
    public void A_step_allocates_nothing()
    {
        var filter = new KalmanFilter(
            LinearTransition.FromNoiseFactor(F, G), new CorrelatedMeasurement(new LinearMeasurement(H, R), M), new GaussianBelief(2));
        double[] z = [0.1, 0.2];
        Allocations.None(
            k =>
            {
                filter.Predict(k);
                filter.Update(z);
            },
            first: 1,
            warmUp: 3,
            calls: 96);
    }

    private static KalmanFilter Frame(JsonElement data, bool fromCrossCovariance)
    {
        double force = data.Number("force_std_per_floor");
        (double[,] a, double[,] b, double[,] ca, double[,] da) =
            new ShearFrame(data.Vector("m"), data.Vector("k"), data.Number("modal_damping")).ToStateSpace();
        var discrete = new LinearDiscretization(Flat(a), Flat(b), new double[36], 6);
        discrete.Prepare(1.0 / data.Number("fs"));
        double[,] f = Square(discrete.Phi, 6, 6, 1.0);
        double[,] g = Square(discrete.Gamma, 6, 3, force);
        double[,] m = Square(Flat(da), 3, 3, force);
        Matrix<double> loading = Matrix<double>.Build.DenseOfArray(m);
        Matrix<double> own = Matrix<double>.Build.DenseIdentity(3) * Math.Pow(data.Number("acc_noise_std"), 2);
        LinearTransition transition = LinearTransition.FromNoiseFactor(f, g);
        CorrelatedMeasurement sensor = fromCrossCovariance
            ? CorrelatedMeasurement.FromCrossCovariance(
                new LinearMeasurement(ca, (own + (loading * loading.Transpose())).ToArray()),
                transition,
                (Matrix<double>.Build.DenseOfArray(g) * loading.Transpose()).ToArray())
            : new CorrelatedMeasurement(new LinearMeasurement(ca, own.ToArray()), m);
        return new KalmanFilter(transition, sensor, new GaussianBelief(6));
    }

    private static double[] Flat(double[,] matrix) => [.. matrix.Cast<double>()];

    private static double[,] Square(ReadOnlySpan<double> flat, int rows, int columns, double scale)
    {
        var matrix = new double[rows, columns];
        for (int i = 0; i < flat.Length; i++)
        {
            matrix[i / columns, i % columns] = scale * flat[i];
        }

        return matrix;
    }

    private static void RequireRelative(double[] actual, double[] expected, double tolerance)
    {
        double worst = 0.0;
        for (int i = 0; i < expected.Length; i++)
        {
            worst = Math.Max(worst, Math.Abs(actual[i] - expected[i]) / Math.Abs(expected[i]));
        }

        TestContext.Out.WriteLine($"largest relative error {worst:E1}");
        Assert.That(worst, Is.LessThan(tolerance));
    }

    /// <summary>Everything as a linear map of independent sources; beliefs by conditioning on all measurements together.</summary>
    private sealed class Batch(CorrelatedStep step, int steps)
    {
        private readonly int _width = 2 + (3 * (steps + 1)) + (3 * steps) + 1;
        private readonly List<Vector<double>> _rows = [];
        private readonly List<double> _offsets = [];
        private Matrix<double>? _state;
        private Vector<double> _mean = Vector<double>.Build.Dense([0.5, -0.5]);
        private int _step;
        private int _noise;

        public void Advance()
        {
            if (_state is null)
            {
                _state = Matrix<double>.Build.Dense(2, _width);
                (_state[0, 0], _state[1, 1]) = (1.0, 2.0);
            }

            Matrix<double> f = Matrix<double>.Build.DenseOfArray(F);
            _mean = f * _mean;
            _state = f * _state;
            Matrix<double> g = Matrix<double>.Build.DenseOfArray(G);
            _state.SetSubMatrix(0, 2 + (3 * _step), _state.SubMatrix(0, 2, 2 + (3 * _step), 3) + g);
            _step++;
        }

        public void Measure(double[] z)
        {
            Matrix<double> h = Matrix<double>.Build.DenseOfArray(H);
            Matrix<double> rows = h * _state!;
            int felt = 2 + (3 * (step == CorrelatedStep.Starting ? _step : _step - 1));
            rows.SetSubMatrix(0, felt, rows.SubMatrix(0, 2, felt, 3) + Matrix<double>.Build.DenseOfArray(M));
            Matrix<double> a = Matrix<double>.Build.DenseOfArray(R).Cholesky().Factor;
            rows.SetSubMatrix(0, Own(2), a);
            for (int i = 0; i < 2; i++)
            {
                if (!double.IsNaN(z[i]))
                {
                    _rows.Add(rows.Row(i));
                    _offsets.Add(z[i] - (h.Row(i) * _mean));
                }
            }
        }

        public void MeasurePosition(double z, double deviation)
        {
            Vector<double> row = _state!.Row(0);
            row[Own(1)] = deviation;
            _rows.Add(row);
            _offsets.Add(z - _mean[0]);
        }

        public (Vector<double> Mean, Matrix<double> Covariance) Belief()
        {
            Matrix<double> y = Matrix<double>.Build.DenseOfRowVectors(_rows);
            Matrix<double> gain = _state! * y.Transpose() * (y * y.Transpose()).Inverse();
            return (_mean + (gain * Vector<double>.Build.DenseOfEnumerable(_offsets)), (_state - (gain * y)) * (_state - (gain * y)).Transpose());
        }

        public double LogLikelihood()
        {
            Matrix<double> y = Matrix<double>.Build.DenseOfRowVectors(_rows);
            Matrix<double> s = y * y.Transpose();
            Vector<double> nu = Vector<double>.Build.DenseOfEnumerable(_offsets);
            return -0.5 * ((nu * s.Cholesky().Solve(nu)) + s.Cholesky().DeterminantLn + (nu.Count * Math.Log(2.0 * Math.PI)));
        }

        private int Own(int count)
        {
            int at = 2 + (3 * (steps + 1)) + _noise;
            _noise += count;
            return at;
        }
    }

    private sealed class CorrelatedProblem(CorrelatedStep step) : ConsistencyProblem(
        $"noise of the {step} step felt by the sensor",
        LinearTransition.FromNoiseFactor(F, G),
        new CorrelatedMeasurement(new LinearMeasurement(H, R), M, step),
        GaussianBelief.FromDeviations([0.5, -0.5], [1.0, 2.0]),
        1.0,
        25)
    {
        public override void Simulate(NormalDraws noise, double[][] states, double[][] measurements)
        {
            Matrix<double> g = Matrix<double>.Build.DenseOfArray(G);
            Matrix<double> a = Matrix<double>.Build.DenseOfArray(R).Cholesky().Factor;
            Vector<double> x = Vector<double>.Build.Dense([0.5 + noise.Next(), -0.5 + (2.0 * noise.Next())]);
            Vector<double> ending = Draw(noise, 3);
            for (int k = 0; k < Steps; k++)
            {
                Vector<double> starting = Draw(noise, 3);
                x = (Matrix<double>.Build.DenseOfArray(F) * x) + (g * ending);
                Vector<double> felt = step == CorrelatedStep.Starting ? starting : ending;
                Vector<double> z = (Matrix<double>.Build.DenseOfArray(H) * x) + (Matrix<double>.Build.DenseOfArray(M) * felt) + (a * Draw(noise, 2));
                x.ToArray().CopyTo(states[k], 0);
                z.ToArray().CopyTo(measurements[k], 0);
                ending = starting;
            }
        }

        private static Vector<double> Draw(NormalDraws noise, int count) =>
            Vector<double>.Build.Dense(count, _ => noise.Next());
    }
}
