using System.Runtime.CompilerServices;

namespace HybridControl.Ensembles.Statistics;

/// <summary>Means and sums of products of deviations of several columns, over the trajectories that have all of them.</summary>
/// <remarks>Merged like <see cref="Moments"/>, with means of two doubles. Immutable.</remarks>
internal sealed class CoMoments
{
    private readonly double[] _mean;
    private readonly double[] _rest;
    private readonly double[] _products;

    private CoMoments(long count, double[] mean, double[] rest, double[] products) =>
        (Count, _mean, _rest, _products) = (count, mean, rest, products);

    /// <summary>Trajectories that have every column.</summary>
    public long Count { get; }

    /// <summary>Sum over the trajectories of the product of the deviations of columns i and j from their means.</summary>
    public double Product(int i, int j) => _products[i >= j ? (i * (i + 1) / 2) + j : (j * (j + 1) / 2) + i];

    /// <summary>The co-moments of a table.</summary>
    /// <param name="table">By column, then row; finite.</param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="rows">The number of rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static CoMoments Of(ReadOnlySpan<double> table, int columns, int rows)
    {
        double[] mean = new double[columns];
        double[] rest = new double[columns];
        double[] products = new double[columns * (columns + 1) / 2];
        if (rows == 0)
        {
            return new(0, mean, rest, products);
        }

        double[] deviations = new double[columns * rows];
        double[] leftover = new double[columns];
        for (int i = 0; i < columns; i++)
        {
            ReadOnlySpan<double> column = table.Slice(i * rows, rows);
            Moments moments = Moments.Of(column, 0);
            (mean[i], rest[i]) = (moments.Mean, moments.MeanRest);
            for (int r = 0; r < rows; r++)
            {
                double deviation = column[r] - mean[i];
                deviations[(i * rows) + r] = deviation;
                leftover[i] += deviation;
            }

            for (int j = 0; j <= i; j++)
            {
                double sum = Moments.Dot(deviations.AsSpan(i * rows, rows), deviations.AsSpan(j * rows, rows));
                products[(i * (i + 1) / 2) + j] = sum - (leftover[i] * leftover[j] / rows);
            }
        }

        return new(rows, mean, rest, products);
    }

    /// <summary>The co-moments of both sets together.</summary>
    public static CoMoments Merge(CoMoments a, CoMoments b)
    {
        if (a.Count == 0 || b.Count == 0)
        {
            return a.Count == 0 ? b : a;
        }

        int columns = a._mean.Length;
        double share = b.Count / (double)(a.Count + b.Count);
        double[] mean = new double[columns];
        double[] rest = new double[columns];
        double[] delta = new double[columns];
        double[] products = new double[a._products.Length];
        for (int i = 0; i < columns; i++)
        {
            (double high, double low) = Moments.TwoSum(b._mean[i], -a._mean[i]);
            delta[i] = high + (low + (b._rest[i] - a._rest[i]));
            (double sum, double lost) = Moments.TwoSum(a._mean[i], delta[i] * share);
            (mean[i], rest[i]) = Moments.TwoSum(sum, lost + a._rest[i]);
            for (int j = 0; j <= i; j++)
            {
                int k = (i * (i + 1) / 2) + j;
                products[k] = a._products[k] + b._products[k] + (delta[i] * delta[j] * (a.Count * share));
            }
        }

        return new(a.Count + b.Count, mean, rest, products);
    }
}
