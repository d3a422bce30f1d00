using System.Numerics;

namespace HybridControl.Numerics;

/// <summary>Which storage is the fastest for a pattern.</summary>
internal static class MatrixStorageChoice
{
    /// <summary>Products per product of blocks that take the same time, in a band.</summary>
    private const double BandCost = 6.0;

    /// <summary>The choice, from the number of products that each takes.</summary>
    public static MatrixStorage For<T>(SparsityPattern pattern) where T : struct, INumberBase<T>
    {
        double n = pattern.Size;
        double dense = n * n * n / 3.0;
        double band = n * (pattern.LowerBandwidth + 1) * (pattern.LowerBandwidth + pattern.UpperBandwidth + 1);
        bool small = pattern.Size <= SmallFactors<T>.LargestSize;
        if (small)
        {
            return pattern.Size > 6 && 2.0 * band < dense ? MatrixStorage.Band : MatrixStorage.Small;
        }

        return BandCost * band < dense ? MatrixStorage.Band : MatrixStorage.Dense;
    }

    /// <summary>The column of the first entry that is not finite.</summary>
    public static int ColumnOfWorst(SparsityPattern pattern, ReadOnlySpan<double> values)
    {
        int k = 0;
        while (double.IsFinite(values[k]))
        {
            k++;
        }

        return pattern.Columns[k];
    }
}
