namespace HybridControl.Numerics;

/// <summary>The Cholesky factor of L L' - v v'.</summary>
/// <remarks>
/// Row-major, in place, nothing allocated, thread-safe; 2 n^2 multiplications. J. J. Dongarra, C. B. Moler, J. R. Bunch and
/// G. W. Stewart, LINPACK Users' Guide (1979), chapter 10.
/// </remarks>
public static class CholeskyDowndate
{
    /// <summary>Takes v v' away from a factor.</summary>
    /// <param name="l">Rows of L, n of them, lower triangular.</param>
    /// <param name="stride">Distance between rows; at least n.</param>
    /// <param name="v">n numbers; destroyed.</param>
    /// <returns>False if L L' - v v' is not positive definite on the range of L; L is as it was then.</returns>
    public static bool Apply(Span<double> l, int stride, Span<double> v)
    {
        int n = v.Length;
        double rest = 1.0;
        for (int i = 0; i < n; i++)
        {
            ReadOnlySpan<double> row = l.Slice(i * stride, i);
            double pivot = l[(i * stride) + i];
            double value = v[i] - Dense.Dot(row, v[..i]);
            if (pivot == 0.0)
            {
                double size = Math.Abs(v[i]) + Math.Sqrt(Dense.Dot(row, row));
                if (!(Math.Abs(value) <= 1e-12 * size))
                {
                    return false;
                }

                v[i] = 0.0;
                continue;
            }

            v[i] = value / pivot;
            rest -= v[i] * v[i];
            if (!(rest > 0.0))
            {
                return false;
            }
        }

        // Rotations that turn (p, sqrt(1 - p'p)) into (0, 1), from the last to the first, take (L, 0) to (L-, v).
        double length = Math.Sqrt(rest);
        for (int j = 0; j < n; j++)
        {
            Rotate(l.Slice(j * stride, j + 1), v, length);
        }

        return true;
    }

    private static void Rotate(Span<double> row, ReadOnlySpan<double> p, double length)
    {
        // The length below element i of (p, length) is the same for every row: it depends on what follows i.
        double below = length;
        for (int i = p.Length - 1; i >= row.Length; i--)
        {
            below = Math.Sqrt((below * below) + (p[i] * p[i]));
        }

        double carried = 0.0;
        for (int i = row.Length - 1; i >= 0; i--)
        {
            double next = Math.Sqrt((below * below) + (p[i] * p[i]));
            (double c, double s) = (below / next, p[i] / next);
            double old = row[i];
            row[i] = (c * old) - (s * carried);
            carried = (c * carried) + (s * old);
            below = next;
        }
    }
}
