using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>Checks covariance matrices that users give, and factors them.</summary>
internal static class CovarianceFactor
{
    /// <summary>The Cholesky factor of a covariance.</summary>
    /// <param name="covariance">n by n, row-major.</param>
    /// <param name="n">Size.</param>
    /// <param name="where">What the matrix is, for messages.</param>
    /// <exception cref="ModelException">The size is wrong, a number is not finite, or the matrix is not symmetric or not positive semidefinite.</exception>
    public static double[] Of(ReadOnlySpan<double> covariance, int n, string where)
    {
        CheckCount(where, covariance.Length, n * n);
        if (!Dense.IsFinite(covariance))
        {
            throw new ModelException(where, "an entry is NaN or infinite", "Give finite numbers.");
        }

        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < i; j++)
            {
                double lower = covariance[(i * n) + j];
                double upper = covariance[(j * n) + i];
                double scale = Math.Sqrt(Math.Abs(covariance[i * (n + 1)] * covariance[j * (n + 1)]));
                if (Math.Abs(lower - upper) > 1e-9 * Math.Max(scale, Math.Max(Math.Abs(lower), Math.Abs(upper))))
                {
                    throw new ModelException(
                        FormattableString.Invariant($"{where}[{i}, {j}]"),
                        FormattableString.Invariant($"the matrix is not symmetric: {lower} here, {upper} opposite"),
                        "Give a symmetric matrix.");
                }
            }
        }

        double[] factor = new double[n * n];
        int row = Cholesky.Factor(covariance, factor, n);
        return row < 0
            ? factor
            : throw new ModelException(
                where,
                FormattableString.Invariant($"the matrix is not positive semidefinite: its leading {row + 1} rows and columns have a negative direction"),
                "Give a covariance: variances on the diagonal and correlations between -1 and 1.");
    }

    /// <summary>Refuses a wrong number of values.</summary>
    public static void CheckCount(string where, int given, int needed)
    {
        if (given != needed)
        {
            throw new ModelException(where, $"{given} numbers where {needed} are needed", "Give as many numbers as the model has.");
        }
    }
}
