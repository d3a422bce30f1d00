using System.Numerics;
using System.Runtime.InteropServices;

namespace HybridControl.Numerics;

/// <summary>Eigenvalues and eigenvectors of small symmetric matrices over row-major spans.</summary>
/// <remarks>
/// Cyclic Jacobi rotations: small eigenvalues of a positive definite matrix keep their digits. About 15 n^3 multiplications.
/// Nothing is allocated; thread-safe. J. Demmel and K. Veselic, SIAM J. Matrix Anal. Appl. 13 (1992), 1204-1245.
/// </remarks>
public static class SymmetricEigen
{
    private const int MostSweeps = 30;
    private const double Epsilon = 1.1102230246251565e-16;

    /// <summary>Diagonalises a matrix in place.</summary>
    /// <param name="a">n by n, symmetric; its diagonal receives the eigenvalues, in no order.</param>
    /// <param name="vectors">Receives n by n: row i is the unit eigenvector of eigenvalue i.</param>
    /// <param name="n">Size.</param>
    /// <returns>False if a number is not finite.</returns>
    public static bool Decompose(Span<double> a, Span<double> vectors, int n)
    {
        if (!Dense.IsFinite(a[..(n * n)]))
        {
            return false;
        }

        vectors[..(n * n)].Clear();
        for (int i = 0; i < n; i++)
        {
            vectors[i * (n + 1)] = 1.0;
        }

        for (int sweep = 0; sweep < MostSweeps; sweep++)
        {
            bool rotated = false;
            for (int p = 0; p < n - 1; p++)
            {
                for (int q = p + 1; q < n; q++)
                {
                    double off = a[(p * n) + q];
                    double size = Math.Sqrt(Math.Abs(a[p * (n + 1)])) * Math.Sqrt(Math.Abs(a[q * (n + 1)]));
                    if (Math.Abs(off) > Epsilon * size)
                    {
                        rotated = true;
                        Rotate(a, vectors, p, q, n);
                    }
                }
            }

            if (!rotated)
            {
                break;
            }
        }

        return true;
    }

    private static void Rotate(Span<double> a, Span<double> vectors, int p, int q, int n)
    {
        double off = a[(p * n) + q];
        double first = a[p * (n + 1)];
        double second = a[q * (n + 1)];
        double theta = (second - first) / (2.0 * off);
        double t = Math.CopySign(1.0, theta) / (Math.Abs(theta) + Math.Sqrt((theta * theta) + 1.0));
        double c = 1.0 / Math.Sqrt((t * t) + 1.0);
        double s = t * c;
        Mix(a.Slice(p * n, n), a.Slice(q * n, n), c, s);
        for (int i = 0; i < n; i++)
        {
            a[(i * n) + p] = a[(p * n) + i];
            a[(i * n) + q] = a[(q * n) + i];
        }

        a[p * (n + 1)] = first - (t * off);
        a[q * (n + 1)] = second + (t * off);
        a[(p * n) + q] = 0.0;
        a[(q * n) + p] = 0.0;
        Mix(vectors.Slice(p * n, n), vectors.Slice(q * n, n), c, s);
    }

    // (x, y) = (c x - s y, s x + c y).
    private static void Mix(Span<double> x, Span<double> y, double c, double s)
    {
        ref double first = ref MemoryMarshal.GetReference(x);
        ref double second = ref MemoryMarshal.GetReference(y);
        int i = 0;
        for (; i <= x.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            Vector<double> u = Vector.LoadUnsafe(ref first, (nuint)i);
            Vector<double> v = Vector.LoadUnsafe(ref second, (nuint)i);
            ((u * c) - (v * s)).StoreUnsafe(ref first, (nuint)i);
            ((u * s) + (v * c)).StoreUnsafe(ref second, (nuint)i);
        }

        for (; i < x.Length; i++)
        {
            (x[i], y[i]) = ((c * x[i]) - (s * y[i]), (s * x[i]) + (c * y[i]));
        }
    }
}
