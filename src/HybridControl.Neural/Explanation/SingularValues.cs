using HybridControl.Numerics;

namespace HybridControl.Neural.Explanation;

/// <summary>Singular values and vectors of small square matrices.</summary>
/// <remarks>
/// One-sided Jacobi rotations of columns: small singular values keep their digits. About 10 n^3 multiplications. M. R. Hestenes, J. SIAM 6
/// (1958), 51-90; J. Demmel and K. Veselic, SIAM J. Matrix Anal. Appl. 13 (1992), 1204-1245.
/// </remarks>
internal static class SingularValues
{
    private const int MostSweeps = 60;
    private const double Epsilon = 2.220446049250313e-16;

    /// <summary>M = U diag(s) V', values falling.</summary>
    /// <param name="columns">The columns of M, one after another, n by n; destroyed, receives the columns of U, zero where the value is zero.</param>
    /// <param name="v">Receives the columns of V, one after another.</param>
    /// <param name="values">Receives the n singular values.</param>
    public static void Decompose(Span<double> columns, Span<double> v, Span<double> values)
    {
        int n = values.Length;
        v.Clear();
        for (int i = 0; i < n; i++)
        {
            v[i * (n + 1)] = 1.0;
        }

        bool rotated = true;
        for (int sweep = 0; sweep < MostSweeps && rotated; sweep++)
        {
            rotated = false;
            for (int p = 0; p < n - 1; p++)
            {
                for (int q = p + 1; q < n; q++)
                {
                    rotated |= Rotate(columns, v, p, q, n);
                }
            }
        }

        for (int i = 0; i < n; i++)
        {
            Span<double> column = columns.Slice(i * n, n);
            values[i] = Math.Sqrt(Dense.Dot(column, column));
            if (values[i] > 0.0)
            {
                Dense.Scale(1.0 / values[i], column, column);
            }
        }

        Sort(columns, v, values);
    }

    private static bool Rotate(Span<double> columns, Span<double> v, int p, int q, int n)
    {
        Span<double> x = columns.Slice(p * n, n);
        Span<double> y = columns.Slice(q * n, n);
        double first = Dense.Dot(x, x);
        double second = Dense.Dot(y, y);
        double off = Dense.Dot(x, y);
        if (!(Math.Abs(off) > n * Epsilon * Math.Sqrt(first * second)))
        {
            return false;
        }

        double theta = (second - first) / (2.0 * off);
        double t = Math.CopySign(1.0, theta) / (Math.Abs(theta) + Math.Sqrt((theta * theta) + 1.0));
        double c = 1.0 / Math.Sqrt((t * t) + 1.0);
        Mix(x, y, c, t * c);
        Mix(v.Slice(p * n, n), v.Slice(q * n, n), c, t * c);
        return true;
    }

    private static void Mix(Span<double> x, Span<double> y, double c, double s)
    {
        for (int i = 0; i < x.Length; i++)
        {
            (x[i], y[i]) = ((c * x[i]) - (s * y[i]), (s * x[i]) + (c * y[i]));
        }
    }

    private static void Sort(Span<double> columns, Span<double> v, Span<double> values)
    {
        int n = values.Length;
        for (int i = 0; i < n - 1; i++)
        {
            int largest = i;
            for (int j = i + 1; j < n; j++)
            {
                largest = values[j] > values[largest] ? j : largest;
            }

            if (largest != i)
            {
                (values[i], values[largest]) = (values[largest], values[i]);
                Swap(columns.Slice(i * n, n), columns.Slice(largest * n, n));
                Swap(v.Slice(i * n, n), v.Slice(largest * n, n));
            }
        }
    }

    private static void Swap(Span<double> x, Span<double> y)
    {
        for (int i = 0; i < x.Length; i++)
        {
            (x[i], y[i]) = (y[i], x[i]);
        }
    }
}
