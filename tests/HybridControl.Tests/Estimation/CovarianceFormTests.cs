using HybridControl.Estimation;
using HybridControl.Numerics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation;

public sealed class CovarianceFormTests
{
    [Test]
    public void Steps_on_covariances_are_those_of_the_textbook_and_no_pivot_is_below_its_bound(
        [Values(1, 2, 3, 4, 5, 8, 13)] int n, [Values(1, 2, 4, 5)] int m, [Values] bool hasRichNoise)
    {
        var random = new NormalDraws(11, n + (100 * m) + (hasRichNoise ? 10000 : 0));
        double[,] f = Grid(random, n, n, 0.3, 0.9);
        double[,] g = hasRichNoise ? Grid(random, n, n, 0.1, 0.5) : Grid(random, n, 1, 0.3, 0.1);
        double[,] h = Grid(random, m, n, 1.0, 0.0);
        double[,] r = new double[m, m];
        for (int i = 0; i < m; i++)
        {
            r[i, i] = 0.5 + i;
        }

        GaussianBelief initial = GaussianBelief.FromDeviations(new double[n], [.. Enumerable.Repeat(1.0, n)]);
        var filter = new KalmanFilter(LinearTransition.FromNoiseFactor(f, g), new LinearMeasurement(h, r), initial);
        double[] expected = initial.Covariance();
        int vouched = 0;
        for (int step = 1; step <= 6; step++)
        {
            filter.Predict(step);
            expected = Sum(Sandwich(Flat(f), expected, n, n), Flat(g), n);
            vouched += Check(filter.Belief, expected);
            filter.Update(random.Numbers(m));
            expected = Corrected(expected, Flat(h), Flat(r), n, m);
            vouched += Check(filter.Belief, expected);
        }

        Assert.That(vouched, hasRichNoise ? Is.EqualTo(12) : Is.Positive);
    }

    [Test]
    public void What_would_cost_digits_is_kept_as_a_factor([Values(0.0, 1e-16, 1e-10)] double variance)
    {
        double[,] f = { { 1.0, 1.0 }, { 0.0, 1.0 } };
        double[,] q = { { 0.1, 0.0 }, { 0.0, 0.1 } };
        double[,] r = { { variance } };
        GaussianBelief initial = GaussianBelief.FromDeviations([0.0, 0.0], [1.0, 1.0]);
        var filter = new KalmanFilter(new LinearTransition(f, q), new LinearMeasurement(new[,] { { 1.0, 0.0 } }, r), initial);

        filter.Predict(1.0);
        Assert.That(filter.Belief.Form, Is.Not.Null);
        filter.Update([0.3]);

        Assert.That(filter.Belief.Form, Is.Null);
        double rounding = 1e-14 * Math.Sqrt(variance); // of a factor whose rows have length one before
        Assert.That(filter.Belief.Variance(0), Is.EqualTo(2.1 * variance / (2.1 + variance)).Within(rounding));
        Assert.That(filter.Belief.Variance(1), Is.EqualTo(1.1 - (1.0 / (2.1 + variance))).Within(1e-14));
    }

    [Test]
    public void A_difference_of_states_that_are_nearly_the_same_keeps_its_digits()
    {
        // Two states that share all but 1e-6 of a deviation; the first becomes their difference.
        double[,] f = { { 1.0, -1.0 }, { 0.0, 1.0 } };
        GaussianBelief initial = GaussianBelief.FromFactor([0.0, 0.0], [1.0, 0.0, 1.0, 1e-6]);
        var filter = new KalmanFilter(new LinearTransition(f, new double[2, 2]), sensor: null, initial);

        filter.Predict(1.0);

        Assert.That(filter.Belief.Variance(0), Is.EqualTo(1e-12).Within(1e-21));
    }

    [Test]
    public void Asking_for_the_factor_changes_nothing_that_follows()
    {
        (KalmanFilter silent, KalmanFilter asked) = (Tracker(), Tracker());
        for (int step = 1; step <= 20; step++)
        {
            foreach (KalmanFilter filter in (KalmanFilter[])[silent, asked])
            {
                filter.Predict(step);
                filter.Update([Math.Sin(step)]);
            }

            Assert.That(asked.Belief.Factor.Length, Is.EqualTo(4));
        }

        Assert.That(asked.Belief.Mean.ToArray(), Is.EqualTo(silent.Belief.Mean.ToArray()));
        Assert.That(asked.Belief.Covariance(), Is.EqualTo(silent.Belief.Covariance()));
        Assert.That(asked.LogLikelihood, Is.EqualTo(silent.LogLikelihood));
    }

    [Test]
    public void A_copy_has_the_same_factor_and_goes_on_alike()
    {
        KalmanFilter filter = Tracker();
        filter.Predict(1.0);
        filter.Update([0.2]);
        GaussianBelief copy = filter.Belief.Copy();
        KalmanFilter other = Tracker();
        other.Restart(copy, 1.0);

        filter.Predict(2.0);
        other.Predict(2.0);

        Assert.That(other.Belief.Covariance(), Is.EqualTo(filter.Belief.Covariance()));
        double[] square = new double[4];
        Dense.LowerSquare(copy.Factor, square, 2);
        Assert.That(square, Is.EqualTo(copy.Covariance()).Within(1e-15));
    }

    private static KalmanFilter Tracker() => new(
        new LinearTransition(new[,] { { 1.0, 0.1 }, { 0.0, 1.0 } }, new[,] { { 0.01, 0.0 }, { 0.0, 0.02 } }),
        new LinearMeasurement(new[,] { { 1.0, 0.0 } }, new[,] { { 0.1 } }),
        GaussianBelief.FromDeviations([0.0, 0.0], [1.0, 1.0]));

    // 1 if the belief is a covariance whose digits are vouched for.
    private static int Check(GaussianBelief belief, double[] expected)
    {
        int n = belief.Dimension;
        Assert.That(belief.Covariance(), Is.EqualTo(expected).Within(1e-11));
        if (belief.Form is not { } form)
        {
            return 0;
        }

        for (int i = 0; i < n; i++)
        {
            double pivot = belief.Factor[i * (n + 1)] * belief.Factor[i * (n + 1)];
            Assert.That(form.Floors[i], Is.Positive.And.LessThanOrEqualTo(pivot * (1.0 + 1e-9)));
            for (int j = 0; j < i; j++)
            {
                Assert.That(form.Matrix.Span[(i * form.Matrix.Width) + j], Is.EqualTo(form.Matrix.Span[(j * form.Matrix.Width) + i]));
            }
        }

        return 1;
    }

    // A P A', m by m.
    private static double[] Sandwich(double[] a, double[] p, int m, int n)
    {
        double[] product = new double[m * n];
        double[] result = new double[m * m];
        Dense.Multiply(a, p, product, m, n, n);
        Dense.MultiplyTransposed(product, a, result, m, n, m);
        return result;
    }

    // P + G G'.
    private static double[] Sum(double[] p, double[] g, int n)
    {
        double[] square = new double[n * n];
        Dense.MultiplyTransposed(g, g, square, n, g.Length / n, n);
        Dense.Axpy(1.0, p, square);
        return square;
    }

    // One component after the other, since R is diagonal: no system is solved.
    private static double[] Corrected(double[] p, double[] h, double[] r, int n, int m)
    {
        for (int i = 0; i < m; i++)
        {
            double[] row = h[(i * n)..((i + 1) * n)];
            double[] seen = new double[n];
            Dense.MultiplyVector(p, row, seen);
            double s = Dense.Dot(row, seen) + r[i * (m + 1)];
            double[] after = [.. p];
            for (int j = 0; j < n; j++)
            {
                Dense.Axpy(-seen[j] / s, seen, after.AsSpan(j * n, n));
            }

            p = after;
        }

        return p;
    }

    private static double[] Flat(double[,] matrix) => [.. matrix.Cast<double>()];

    // Normal numbers times a scale, and something on the diagonal.
    private static double[,] Grid(NormalDraws random, int rows, int columns, double scale, double diagonal)
    {
        double[,] grid = new double[rows, columns];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                grid[i, j] = (scale * random.Next() / Math.Sqrt(columns)) + (i == j ? diagonal : 0.0);
            }
        }

        return grid;
    }
}
