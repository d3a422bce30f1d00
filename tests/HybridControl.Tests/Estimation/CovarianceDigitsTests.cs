using HybridControl.Estimation;
using HybridControl.Numerics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation;

public sealed class CovarianceDigitsTests
{
    /// <summary>What makes a problem hard.</summary>
    public enum Trouble
    {
        /// <summary>Nothing.</summary>
        None,

        /// <summary>States in units from 1e-9 to 1e9.</summary>
        Units,

        /// <summary>One source of noise for all states.</summary>
        OneSource,

        /// <summary>Sensors far more precise than what is known, with noise that they nearly share.</summary>
        PreciseSensors,

        /// <summary>Each state is nearly the new part of the one before: every pivot is fair, together they hide a tiny variance.</summary>
        HiddenVariance,

        /// <summary>Precise sensors of the sum of states of ever smaller variance: each state takes but a fair part of the pivots.</summary>
        PreciseSum,
    }

    [Test]
    public void Whatever_way_a_filter_takes_it_keeps_the_digits_of_reflections([Values] Trouble trouble)
    {
        int forms = 0;
        for (int run = 0; run < 21; run++)
        {
            Problem problem = new(trouble, run);
            var exact = new ExactKalman(problem.Initial);
            var reflections = new ReflectionKalman(problem.Initial);
            var filter = new KalmanFilter(
                LinearTransition.FromNoiseFactor(problem.F, problem.G), sensor: null,
                GaussianBelief.FromFactor(new double[problem.StateCount], [.. problem.Initial.Cast<double>()]));
            for (int step = 1; step <= 8; step++)
            {
                exact.Predict(problem.F, problem.G);
                reflections.Predict(problem.F, problem.G);
                filter.Predict(step);
                AssertAsGood($"{run}, prediction {step}", exact.ErrorOf(filter.Belief.Factor), exact.ErrorOf(reflections.Factor));
                forms += filter.Belief.Form is null ? 0 : 1;

                (double[,] h, double[,] a, double[] z) = problem.Measure(exact);
                exact.Update(h, a, z);
                reflections.Update(h, a, z);
                Assert.That(filter.Update(z, new FactorSensor(h, a)), Is.EqualTo(EstimationStatus.Done));
                AssertAsGood($"{run}, update {step}", exact.ErrorOf(filter.Belief.Factor), exact.ErrorOf(reflections.Factor));
                AssertAsGood(
                    $"{run}, likelihood {step}", Relative(filter.Innovation.LogLikelihood, exact.LogLikelihood),
                    Relative(reflections.LogLikelihood, exact.LogLikelihood));
                forms += filter.Belief.Form is null ? 0 : 1;
            }
        }

        Assert.That(forms, Is.Positive.And.LessThan(21 * 16)); // both ways are taken
    }

    [Test]
    public void A_mixture_and_sigma_points_keep_what_pivots_hide()
    {
        Problem problem = new(Trouble.HiddenVariance, 2);
        var exact = new ExactKalman(problem.Initial);
        GaussianBelief belief = GaussianBelief.FromFactor(new double[problem.StateCount], [.. problem.Initial.Cast<double>()]);

        var mixed = new GaussianBelief(problem.StateCount);
        new BeliefMixture(problem.StateCount, 2).Match([0.25, 0.75], [belief, belief], StateGeometry.Flat(problem.StateCount), mixed);
        var filter = new UnscentedKalmanFilter(LinearTransition.FromNoiseFactor(problem.F, problem.G), sensor: null, belief);
        filter.Predict(1.0);

        double rounding = 1e-14 * Math.Pow(0.015, 1 - problem.StateCount); // of the factor, which keeps twice the digits of its square
        Assert.That(exact.ErrorOf(mixed.Factor), Is.LessThan(rounding));
        Assert.That(exact.ErrorOf(filter.Belief.Factor), Is.LessThan(rounding));
    }

    [Test]
    public void A_random_walk_that_no_sensor_sees_keeps_its_variance_for_a_million_steps()
    {
        double[,] q = { { 0.01, 0.0 }, { 0.0, 0.01 } };
        var filter = new KalmanFilter(
            new LinearTransition(new[,] { { 1.0, 0.0 }, { 0.0, 1.0 } }, q), new LinearMeasurement(new[,] { { 1.0, 0.0 } }, new[,] { { 1.0 } }),
            GaussianBelief.FromDeviations([0.0, 0.0], [1.0, 1.0]));
        for (int step = 1; step <= 1_000_000; step++)
        {
            filter.Predict(step);
            filter.Update([0.0]);
        }

        Assert.That(filter.Belief.Variance(1), Is.EqualTo(1.0 + (1e6 * 0.01)).Within(1e-8).Percent); // a million sums, each rounded
        Assert.That(filter.Belief.Variance(0), Is.EqualTo((-0.01 + Math.Sqrt(0.0001 + 0.04)) / 2.0).Within(1e-14));
    }

    private static double Relative(double value, double expected) => Math.Abs(value - expected) / Math.Max(1.0, Math.Abs(expected));

    private static void AssertAsGood(string where, double error, double errorOfReflections) =>
        Assert.That(error, Is.LessThan(1e-10 + (20.0 * errorOfReflections)), where);

    private sealed class Problem
    {
        private readonly Trouble _trouble;
        private readonly NormalDraws _random;
        private readonly double[] _units;
        private readonly int _m;

        public Problem(Trouble trouble, int run)
        {
            (_trouble, _random) = (trouble, new NormalDraws(77, run));
            int n = 2 + (run % (trouble == Trouble.HiddenVariance ? 4 : 6));
            _m = 1 + (run % 3);
            _units = [.. _random.Numbers(n).Select(x => trouble == Trouble.Units ? Math.Clamp(Math.Pow(10.0, 6.0 * x), 1e-9, 1e9) : 1.0)];
            bool isStill = trouble is Trouble.HiddenVariance or Trouble.PreciseSum;
            F = Grid(n, n, (i, j) => (i == j ? isStill ? 1.0 : 0.95 : isStill ? 0.0 : 0.3 * _random.Next()) * _units[i] / _units[j]);
            G = Grid(n, trouble == Trouble.OneSource ? 1 : n, (i, _) => isStill ? 0.0 : 0.3 * _random.Next() * _units[i]);
            Initial = Grid(n, n, (i, j) => trouble switch
            {
                Trouble.HiddenVariance => j == i - 1 || i + j == 0 ? 1.0 : i == j ? 0.015 : 0.0,
                Trouble.PreciseSum => i == j ? Math.Pow(10.0, -0.5 * i) : 0.0,
                _ => (i == j ? 0.1 + Math.Abs(_random.Next()) : j < i ? _random.Next() : 0.0) * _units[i],
            });
        }

        public int StateCount => _units.Length;

        public double[,] F { get; }

        public double[,] G { get; }

        public double[,] Initial { get; }

        // H, a factor of R, and z.
        public (double[,] H, double[,] A, double[] Z) Measure(ExactKalman truth)
        {
            double[,] h = Grid(_m, StateCount, (_, j) => _trouble == Trouble.PreciseSum ? 1.0 : _random.Next() / _units[j]);
            double deviation = _trouble == Trouble.PreciseSensors ? Math.Pow(10.0, -2.0 + _random.Next()) : 0.2;
            double[,] a = Grid(_m, _m, (i, j) =>
                _trouble == Trouble.PreciseSum ? i == j ? 1e-4 * (i + 1) : 0.0
                : (j > i ? 0.0 : i == j ? 0.1 : _random.Next()) * deviation * truth.Deviation(h, i));
            return (h, a, [.. Enumerable.Range(0, _m).Select(i => truth.Predicted(h, i) + (truth.Deviation(h, i) * _random.Next()))]);
        }

        private static double[,] Grid(int rows, int columns, Func<int, int, double> entry)
        {
            double[,] grid = new double[rows, columns];
            for (int i = 0; i < rows; i++)
            {
                for (int j = 0; j < columns; j++)
                {
                    grid[i, j] = entry(i, j);
                }
            }

            return grid;
        }
    }

    // A sensor whose noise is given by its factor, so that nothing is rounded before it comes to the filter.
    private sealed class FactorSensor(double[,] h, double[,] a) : MeasurementModel(NumberedNames(h.GetLength(0)), h.GetLength(1))
    {
        private readonly double[] _h = [.. h.Cast<double>()];
        private readonly double[] _a = [.. a.Cast<double>()];

        public override bool IsLinear => true;

        public override void Predict(double time, ReadOnlySpan<double> x, Span<double> z) => Dense.MultiplyVector(_h, x, z);

        public override void Linearize(double time, ReadOnlySpan<double> x, Span<double> z, Span<double> jacobian)
        {
            Predict(time, x, z);
            _h.CopyTo(jacobian);
        }

        public override void Noise(double time, ReadOnlySpan<double> x, Span<double> factor) => _a.CopyTo(factor);
    }
}
