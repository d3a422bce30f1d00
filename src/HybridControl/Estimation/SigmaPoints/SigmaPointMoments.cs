using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>Draws sigma points, and takes mean and deviations of what became of them.</summary>
/// <remarks>
/// The deviations [A, B] of d numbers at the points are d by 2n with covariance A A' + B B' (less one dyad if the rule has a
/// surplus): A from first differences, so that A is J L for a function with Jacobian J, and B from second ones, zero for a linear
/// function. Covariances between two sets of numbers at the same points are products of their deviations. Work space of one filter.
/// </remarks>
internal sealed class SigmaPointMoments
{
    private const double Epsilon = 2.220446049250313e-16;

    private readonly int _n;
    private readonly double[] _column;
    private double[] _differences = [];
    private double[] _work = [];

    /// <summary>Makes room for n states; the room for other numbers grows when it must.</summary>
    public SigmaPointMoments(int n)
    {
        _n = n;
        _column = new double[n];
    }

    /// <summary>Draws the points of a belief.</summary>
    /// <param name="rule">Where they lie.</param>
    /// <param name="mean">n numbers.</param>
    /// <param name="factor">L, n by n, lower triangular.</param>
    /// <param name="geometry">How a state is moved.</param>
    /// <param name="points">Receives a row of n numbers for each point.</param>
    public void Draw(SigmaPointRule rule, ReadOnlySpan<double> mean, ReadOnlySpan<double> factor, StateGeometry geometry, Span<double> points)
    {
        int n = _n;
        for (int i = 0; i < rule.Count; i++)
        {
            mean.CopyTo(points[(i * n)..]);
        }

        int first = rule.HasCentre ? n : 0;
        for (int side = 0; side < 2; side++)
        {
            double scale = side == 0 ? rule.Scale : -rule.Scale;
            for (int j = 0; j < n; j++)
            {
                for (int i = 0; i < n; i++)
                {
                    _column[i] = scale * factor[(i * n) + j];
                }

                geometry.Add(points.Slice(first + (((side * n) + j) * n), n), _column);
            }
        }
    }

    /// <summary>The mean of what became of the points.</summary>
    /// <param name="rule">The rule the points were drawn by.</param>
    /// <param name="values">A row of d numbers for each point.</param>
    /// <param name="geometry">How they are averaged.</param>
    /// <param name="mean">Receives d numbers.</param>
    public void Mean(SigmaPointRule rule, ReadOnlySpan<double> values, StateGeometry geometry, Span<double> mean)
    {
        int d = geometry.Dimension;
        if (_work.Length < 2 * d)
        {
            _work = new double[2 * d];
        }

        geometry.Mean(values, rule.Weights, mean, _work);
    }

    /// <summary>The deviations from the mean.</summary>
    /// <param name="rule">The rule the points were drawn by.</param>
    /// <param name="values">A row of d numbers for each point.</param>
    /// <param name="geometry">How they are subtracted.</param>
    /// <param name="mean">Their mean, d numbers.</param>
    /// <param name="deviations">Receives d rows, 2n numbers in each.</param>
    /// <param name="stride">Distance between rows.</param>
    /// <param name="surplus">Receives d numbers: the vector of the dyad to take away.</param>
    public void Deviations(
        SigmaPointRule rule, ReadOnlySpan<double> values, StateGeometry geometry, ReadOnlySpan<double> mean, Span<double> deviations,
        int stride, Span<double> surplus)
    {
        int n = _n;
        int d = geometry.Dimension;
        if (_differences.Length < rule.Count * d)
        {
            _differences = new double[rule.Count * d];
        }

        for (int i = 0; i < rule.Count; i++)
        {
            geometry.Subtract(values.Slice(i * d, d), mean, _differences.AsSpan(i * d, d));
        }

        double half = Math.Sqrt(0.5 * rule.Weight);
        int plus = rule.HasCentre ? d : 0;
        int minus = plus + (n * d);
        for (int i = 0; i < d; i++)
        {
            Span<double> first = deviations.Slice(i * stride, n);
            Span<double> second = deviations.Slice((i * stride) + n, n);
            double centre = rule.HasCentre ? 2.0 * _differences[i] : 0.0;
            double sum = 0.0;
            double largest = Math.Abs(mean[i]) + Math.Abs(centre);
            for (int j = 0; j < n; j++)
            {
                double up = _differences[plus + (j * d) + i];
                double down = _differences[minus + (j * d) + i];
                first[j] = half * (up - down);
                double bend = up + down - centre;
                second[j] = half * bend;
                sum += bend;
                largest = Math.Max(largest, Math.Abs(up));
            }

            double share = half * rule.Share * sum;
            for (int j = 0; j < n && share != 0.0; j++)
            {
                second[j] += share;
            }

            // Rounding errors may exceed a small pivot of what they would be taken from.
            surplus[i] = Math.Abs(sum) > 16.0 * n * Epsilon * largest ? rule.Surplus * sum : 0.0;
        }
    }
}
