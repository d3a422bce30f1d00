using System.Numerics;
using System.Runtime.InteropServices;

namespace HybridControl.Numerics;

/// <summary>A diagonal matrix that a covariance is nowhere below: P - diag(f) is positive semidefinite.</summary>
/// <remarks>
/// Large pivots do not say that of P: each may hide in the next what is left of it. With M the comparison matrix of P = L L' (the
/// diagonal of L, and -|L_ij| below it), |L^-1| is at most M^-1, entry by entry, and N = M'^-1 M^-1 at least |P^-1|. So
/// x'P^-1 x is at most the sum of x_i^2 (N d)_i / d_i for every positive d, and P at least diag(d_i / (N d)_i), here with
/// the deviations d. Exact for a diagonal P. N. J. Higham, Accuracy and Stability of Numerical Algorithms (2002), section 8.3.
/// </remarks>
internal static class DiagonalFloor
{
    /// <summary>Writes f.</summary>
    /// <param name="factor">L, n by n, packed, lower triangular.</param>
    /// <param name="n">Size.</param>
    /// <param name="floors">Receives n numbers: zero or NaN where L is singular.</param>
    /// <returns>The least f_i / P_ii; zero or NaN if L is singular.</returns>
    /// <remarks>2 n^2 multiplications.</remarks>
    public static double Write(ReadOnlySpan<double> factor, int n, Span<double> floors)
    {
        // M y = d
        for (int i = 0; i < n; i++)
        {
            ReadOnlySpan<double> row = factor.Slice(i * n, i + 1);
            floors[i] = (Deviation(row) + Dot(row[..i], floors)) * (1.0 / Math.Abs(row[i]));
        }

        // M' z = y
        double least = 1.0;
        for (int i = n - 1; i >= 0; i--)
        {
            ReadOnlySpan<double> row = factor.Slice(i * n, i + 1);
            double d = Deviation(row);
            double z = floors[i] * (1.0 / Math.Abs(row[i]));
            Axpy(z, row[..i], floors);
            floors[i] = d / z;
            least = Math.Min(least, 1.0 / (d * z));
        }

        return least;
    }

    private static double Deviation(ReadOnlySpan<double> row) => Math.Sqrt(Dense.Dot(row, row));

    // The sum of |a_j| b_j.
    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        ref double x = ref MemoryMarshal.GetReference(a);
        ref double y = ref MemoryMarshal.GetReference(b[..a.Length]);
        double sum = 0.0;
        int j = 0;
        if (a.Length >= Vector<double>.Count)
        {
            Vector<double> sums = Vector<double>.Zero;
            for (; j <= a.Length - Vector<double>.Count; j += Vector<double>.Count)
            {
                sums += Vector.Abs(Vector.LoadUnsafe(ref x, (nuint)j)) * Vector.LoadUnsafe(ref y, (nuint)j);
            }

            sum = Vector.Sum(sums);
        }

        for (; j < a.Length; j++)
        {
            sum += Math.Abs(a[j]) * b[j];
        }

        return sum;
    }

    // b_j += alpha |a_j|.
    private static void Axpy(double alpha, ReadOnlySpan<double> a, Span<double> b)
    {
        ref double x = ref MemoryMarshal.GetReference(a);
        ref double y = ref MemoryMarshal.GetReference(b[..a.Length]);
        int j = 0;
        for (; j <= a.Length - Vector<double>.Count; j += Vector<double>.Count)
        {
            (Vector.LoadUnsafe(ref y, (nuint)j) + (alpha * Vector.Abs(Vector.LoadUnsafe(ref x, (nuint)j)))).StoreUnsafe(ref y, (nuint)j);
        }

        for (; j < a.Length; j++)
        {
            b[j] += alpha * Math.Abs(a[j]);
        }
    }
}
