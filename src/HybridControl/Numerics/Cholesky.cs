namespace HybridControl.Numerics;

/// <summary>Cholesky factors of symmetric positive semidefinite matrices: P = L L', L lower triangular.</summary>
/// <remarks>
/// A pivot that is zero to rounding gives a zero column, so that singular matrices have a factor too. Row-major spans,
/// nothing allocated, thread-safe. N. J. Higham, Accuracy and Stability of Numerical Algorithms (2002), chapter 10.
/// </remarks>
public static class Cholesky
{
    private const double Epsilon = 2.220446049250313e-16;

    /// <summary>Factors a symmetric matrix, of which only the lower triangle is read.</summary>
    /// <param name="p">n by n.</param>
    /// <param name="l">Receives n by n, lower triangular with zeros above.</param>
    /// <param name="n">Size.</param>
    /// <param name="tolerance">
    /// How far a pivot may be below zero, relative to its diagonal entry, and still count as zero: for matrices that were
    /// integrated or averaged and are semidefinite up to an error of their own.
    /// </param>
    /// <returns>The number of the first row that shows that the matrix is not positive semidefinite (or not finite); -1 if it is.</returns>
    /// <remarks>n^3/6 multiplications. A pivot below 4 n eps times its diagonal entry is zero.</remarks>
    public static int Factor(ReadOnlySpan<double> p, Span<double> l, int n, double tolerance = 0.0)
    {
        l[..(n * n)].Clear();
        double small = Math.Sqrt(Math.Max(16.0 * n * n * Epsilon, tolerance));
        for (int j = 0; j < n; j++)
        {
            ReadOnlySpan<double> top = l.Slice(j * n, j);
            double diagonal = p[(j * n) + j];
            double pivot = diagonal - Dense.Dot(top, top);
            double resolution = 4.0 * n * Epsilon * diagonal;
            if (!(pivot >= -Math.Max(resolution, tolerance * diagonal)) || !double.IsFinite(pivot))
            {
                return j;
            }

            bool isZero = pivot <= resolution;
            double root = isZero ? 0.0 : Math.Sqrt(pivot);
            l[(j * n) + j] = root;
            for (int i = j + 1; i < n; i++)
            {
                double rest = p[(i * n) + j] - Dense.Dot(l.Slice(i * n, j), top);
                if (!isZero)
                {
                    l[(i * n) + j] = rest / root;
                }
                else if (!(Math.Abs(rest) <= small * Math.Sqrt(diagonal * Math.Max(0.0, p[(i * n) + i]))))
                {
                    return i; // a zero pivot beside an entry that is not: no matrix of this kind is semidefinite
                }
            }
        }

        return -1;
    }

    /// <summary>Twice the sum of the logarithms of the diagonal of a factor: log det P; minus infinity if P is singular.</summary>
    public static double LogDeterminant(ReadOnlySpan<double> l, int n)
    {
        double sum = 0.0;
        for (int i = 0; i < n; i++)
        {
            sum += Math.Log(Math.Abs(l[i * (n + 1)]));
        }

        return 2.0 * sum;
    }
}
