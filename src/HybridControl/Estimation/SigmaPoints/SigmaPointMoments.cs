using System.Numerics;
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
    private readonly double[] _columns;
    private double[] _differences = [];
    private double[] _sum = [];
    private double[] _origin = [];
    private double[] _work = [];

    /// <summary>Makes room for n states; the room for other numbers grows when it must.</summary>
    public SigmaPointMoments(int n)
    {
        _n = n;
        _column = new double[n];
        _columns = new double[n * n];
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
        BlockTranspose.Apply(factor, n, _columns, n, n, n);
        if (rule.HasCenter)
        {
            mean.CopyTo(points);
        }

        int first = rule.HasCenter ? n : 0;
        for (int side = 0; side < 2; side++)
        {
            double scale = side == 0 ? rule.Scale : -rule.Scale;
            for (int j = 0; j < n; j++)
            {
                Span<double> point = points.Slice(first + (((side * n) + j) * n), n);
                ReadOnlySpan<double> column = _columns.AsSpan(j * n, n);
                mean.CopyTo(point);
                if (geometry.IsFlat)
                {
                    Dense.Axpy(scale, column, point);
                }
                else
                {
                    Dense.Scale(scale, column, _column);
                    geometry.Add(point, _column);
                }
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
        if (geometry.IsFlat)
        {
            BlockProduct.Apply(rule.Weights, 0, 1, values, d, mean, d, 1, rule.Count, d);
            return;
        }

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
    /// <param name="deviations">Receives [A, B]', 2n rows of d numbers.</param>
    /// <param name="surplus">Receives d numbers: the vector of the dyad to take away; written only if the rule has one.</param>
    public void Deviations(
        SigmaPointRule rule, ReadOnlySpan<double> values, StateGeometry geometry, ReadOnlySpan<double> mean, WorkMatrix deviations,
        Span<double> surplus)
    {
        int n = _n;
        int d = geometry.Dimension;
        Reserve(rule.Count, d);
        Span<double> sum = _sum.AsSpan(0, d);
        Span<double> origin = _origin.AsSpan(0, d);
        sum.Clear();
        if (geometry.IsFlat)
        {
            mean.CopyTo(origin);
        }
        else
        {
            for (int i = 0; i < rule.Count; i++)
            {
                geometry.Subtract(values.Slice(i * d, d), mean, _differences.AsSpan(i * d, d));
            }

            values = _differences.AsSpan(0, rule.Count * d);
            origin.Clear();
        }

        ReadOnlySpan<double> sides = values;
        if (rule.HasCenter)
        {
            values[..d].CopyTo(origin);
            sides = values[d..];
        }

        double half = Math.Sqrt(0.5 * rule.Weight);
        Span<double> all = deviations.Span;
        int width = deviations.Width;
        for (int j = 0; j < n; j++)
        {
            Split(
                half, sides.Slice(j * d, d), sides.Slice((n + j) * d, d), origin, all.Slice(j * width, d), all.Slice((n + j) * width, d), sum);
        }

        for (int j = 0; j < n && rule.Share != 0.0; j++)
        {
            Dense.Axpy(rule.Share, sum, all.Slice((n + j) * width, d));
        }

        for (int i = 0; i < d && rule.Surplus > 0.0; i++)
        {
            // Rounding errors may exceed a small pivot of what they would be taken from.
            double bends = sum[i] / half;
            double largest = Largest(values, i, geometry.IsFlat ? mean[i] : 0.0, mean);
            surplus[i] = Math.Abs(bends) > 16.0 * n * Epsilon * largest ? rule.Surplus * bends : 0.0;
        }
    }

    // first = half (up - down), second = half ((up - origin) + (down - origin)), sum += second
    private static void Split(
        double half, ReadOnlySpan<double> up, ReadOnlySpan<double> down, ReadOnlySpan<double> origin, Span<double> first, Span<double> second,
        Span<double> sum)
    {
        int d = sum.Length;
        int i = 0;
        var factor = new Vector<double>(half);
        for (; i <= d - Vector<double>.Count; i += Vector<double>.Count)
        {
            var center = new Vector<double>(origin[i..]);
            Vector<double> right = new Vector<double>(up[i..]) - center;
            Vector<double> left = new Vector<double>(down[i..]) - center;
            Vector<double> bend = factor * (right + left);
            (factor * (right - left)).CopyTo(first[i..]);
            bend.CopyTo(second[i..]);
            (new Vector<double>(sum[i..]) + bend).CopyTo(sum[i..]);
        }

        for (; i < d; i++)
        {
            double right = up[i] - origin[i];
            double left = down[i] - origin[i];
            first[i] = half * (right - left);
            second[i] = half * (right + left);
            sum[i] += second[i];
        }
    }

    // The largest number that differences of a component were taken of.
    private static double Largest(ReadOnlySpan<double> values, int component, double origin, ReadOnlySpan<double> mean)
    {
        double largest = 0.0;
        for (int i = component; i < values.Length; i += mean.Length)
        {
            largest = Math.Max(largest, Math.Abs(values[i] - origin));
        }

        return Math.Abs(mean[component]) + (2.0 * largest);
    }

    private void Reserve(int points, int d)
    {
        if (_sum.Length < d)
        {
            _sum = new double[d];
            _origin = new double[d];
            _differences = new double[points * d];
        }
    }
}
