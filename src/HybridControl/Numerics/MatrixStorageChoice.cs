using System.Numerics;

namespace HybridControl.Numerics;

/// <summary>Which storage is the fastest for a pattern.</summary>
internal static class MatrixStorageChoice
{
    /// <summary>Products per product of blocks that take the same time, in a band.</summary>
    private const double BandCost = 6.0;

    /// <summary>Products per product of blocks that take the same time, in a band of real numbers with long rows.</summary>
    private const double LongBandCost = 2.5;

    /// <summary>Products per product of blocks that take the same time, in sparse rows of real numbers.</summary>
    private const double SparseCost = 20.0;

    /// <summary>The same of complex numbers, whose blocks gain less.</summary>
    private const double ComplexSparseCost = 10.0;

    /// <summary>Products of plain loops per product of sparse rows.</summary>
    private const double SmallCost = 4.0;

    /// <summary>The choice among storages that exchange rows, from the number of products that each takes.</summary>
    public static MatrixStorage For<T>(SparsityPattern pattern) where T : struct, INumberBase<T>
    {
        double dense = DenseProducts(pattern);
        double band = BandProducts(pattern);
        if (IsSmall<T>(pattern))
        {
            return pattern.Size > 6 && 2.0 * band < dense ? MatrixStorage.Band : MatrixStorage.Small;
        }

        return BandCost * band < dense ? MatrixStorage.Band : MatrixStorage.Dense;
    }

    /// <summary>The order of sparse factors where they are faster than those of <see cref="For"/>; null elsewhere.</summary>
    public static SparseOrder? OrderFor<T>(SparsityPattern pattern) where T : struct, INumberBase<T>
    {
        bool isReal = typeof(T) == typeof(double);
        double bandCost = isReal && pattern.LowerBandwidth + pattern.UpperBandwidth >= 16 ? LongBandCost : BandCost;
        double least = IsSmall<T>(pattern)
            ? Math.Min(DenseProducts(pattern), 2.0 * BandProducts(pattern)) / SmallCost
            : Math.Min(DenseProducts(pattern), bandCost * BandProducts(pattern)) / (isReal ? SparseCost : ComplexSparseCost);
        return pattern.Size > 6 && 2 * pattern.Count < least && pattern.Order is { } order && order.Products + pattern.Count < least
            ? order
            : null;
    }

    private static bool IsSmall<T>(SparsityPattern pattern) where T : struct, INumberBase<T> =>
        pattern.Size <= SmallFactors<T>.LargestSize;

    private static double DenseProducts(SparsityPattern pattern) => (double)pattern.Size * pattern.Size * pattern.Size / 3.0;

    private static double BandProducts(SparsityPattern pattern) =>
        (double)pattern.Size * (pattern.LowerBandwidth + 1) * (pattern.LowerBandwidth + pattern.UpperBandwidth + 1);

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
