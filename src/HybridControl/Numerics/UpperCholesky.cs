using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace HybridControl.Numerics;

/// <summary>The Cholesky factor of a safely positive definite matrix, G = U' U, by rows; columns beside it are solved along.</summary>
/// <remarks>
/// Four rows at a time: what the rows above contribute is one <see cref="BlockProduct"/>, the rest happens in registers.
/// For matrices that may be singular there is <see cref="Cholesky"/>. N. J. Higham, Accuracy and Stability of Numerical
/// Algorithms (2002), chapter 10.
/// </remarks>
internal static class UpperCholesky
{
    /// <summary>Factors G in place, and turns the columns B beside it into U'^-1 B.</summary>
    /// <param name="array">[G, B], n by <paramref name="columns"/>; the lower triangle of G is not read and receives anything finite.</param>
    /// <param name="stride">Distance between rows of <paramref name="array"/>.</param>
    /// <param name="n">Size of G.</param>
    /// <param name="columns">Columns of G and B together.</param>
    /// <param name="relative">The part of a diagonal entry that must be left when its pivot comes.</param>
    /// <param name="absolute">The size that must be left of every pivot.</param>
    /// <returns>False if less was left of a pivot, or it is NaN: the array is then useless.</returns>
    /// <remarks>n^3/6 + n^2/2 (columns - n) multiplications.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryFactor(Span<double> array, int stride, int n, int columns, double relative, double absolute = 0.0)
    {
        ref double first = ref MemoryMarshal.GetReference(array);
        int j = 0;
        while (j < n)
        {
            int rows = n - j >= 4 ? 4 : n - j >= 2 ? 2 : 1;
            ref double block = ref Unsafe.Add(ref first, (j * stride) + j);
            double g0 = block;
            double g1 = rows >= 2 ? Unsafe.Add(ref block, stride + 1) : 0.0;
            double g2 = rows == 4 ? Unsafe.Add(ref block, 2 * (stride + 1)) : 0.0;
            double g3 = rows == 4 ? Unsafe.Add(ref block, 3 * (stride + 1)) : 0.0;
            if (j > 0)
            {
                int from = j & ~7; // some columns more, but loads that do not straddle lines
                BlockProduct.Apply(
                    array[j..], 1, stride, array[from..], stride, array[((j * stride) + from)..], stride, rows, j, columns - from,
                    Accumulation.Subtract);
            }

            (double d0, double d1, double d2, double d3) = rows switch
            {
                4 => Four(ref block, stride, columns - j),
                2 => Two(ref block, stride, columns - j),
                _ => One(ref block, columns - j),
            };
            if (!(d0 > (relative * g0) + absolute && (rows == 1 || d1 > (relative * g1) + absolute) &&
                (rows < 4 || (d2 > (relative * g2) + absolute && d3 > (relative * g3) + absolute))))
            {
                return false;
            }

            j += rows;
        }

        return true;
    }

    // Four rows of which the rows above are taken off: their pivots are returned. From pivot to pivot there is one reciprocal
    // and one multiply-add: products are formed before the reciprocal is there, roots and factors of rows beside the path.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (double, double, double, double) Four(ref double r0, nint stride, int columns)
    {
        ref double r1 = ref Unsafe.Add(ref r0, stride);
        ref double r2 = ref Unsafe.Add(ref r0, 2 * stride);
        ref double r3 = ref Unsafe.Add(ref r2, stride);
        (double a01, double a02, double a03) = (Unsafe.Add(ref r0, 1), Unsafe.Add(ref r0, 2), Unsafe.Add(ref r0, 3));
        double d0 = r0;
        double e0 = 1.0 / d0;
        double d1 = Less(Unsafe.Add(ref r1, 1), a01 * a01, e0);
        double e1 = 1.0 / d1;
        double a12 = Less(Unsafe.Add(ref r1, 2), a01 * a02, e0);
        double a13 = Less(Unsafe.Add(ref r1, 3), a01 * a03, e0);
        double d2 = Less(Less(Unsafe.Add(ref r2, 2), a02 * a02, e0), a12 * a12, e1);
        double e2 = 1.0 / d2;
        double a23 = Less(Less(Unsafe.Add(ref r2, 3), a02 * a03, e0), a12 * a13, e1);
        double d3 = Less(Less(Less(Unsafe.Add(ref r3, 3), a03 * a03, e0), a13 * a13, e1), a23 * a23, e2);
        double e3 = 1.0 / d3;
        (double u0, double u1, double u2, double u3) = (Math.Sqrt(d0), Math.Sqrt(d1), Math.Sqrt(d2), Math.Sqrt(d3));
        (double s0, double s1, double s2, double s3) = (u0 * e0, u1 * e1, u2 * e2, u3 * e3);
        r0 = u0;
        (Unsafe.Add(ref r0, 1), Unsafe.Add(ref r0, 2), Unsafe.Add(ref r0, 3)) = (a01 * s0, a02 * s0, a03 * s0);
        (Unsafe.Add(ref r1, 1), Unsafe.Add(ref r1, 2), Unsafe.Add(ref r1, 3)) = (u1, a12 * s1, a13 * s1);
        (Unsafe.Add(ref r2, 2), Unsafe.Add(ref r2, 3), Unsafe.Add(ref r3, 3)) = (u2, a23 * s2, u3);
        var rows = new FourRows(a01 * e0, a02 * e0, a03 * e0, a12 * e1, a13 * e1, a23 * e2, s0, s1, s2, s3);
        int j = 4;
        if (Vector256.IsHardwareAccelerated && columns >= 8 && (columns & 7) == 0)
        {
            rows.Apply<Pack4>(ref Unsafe.Add(ref r0, j), stride);
            j += 4;
        }

        for (; Vector512.IsHardwareAccelerated && j + 8 <= columns; j += 8)
        {
            rows.Apply<Pack8>(ref Unsafe.Add(ref r0, j), stride);
        }

        for (; Vector256.IsHardwareAccelerated && j + 4 <= columns; j += 4)
        {
            rows.Apply<Pack4>(ref Unsafe.Add(ref r0, j), stride);
        }

        for (; j < columns; j++)
        {
            rows.Apply<Pack1>(ref Unsafe.Add(ref r0, j), stride);
        }

        return (d0, d1, d2, d3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (double, double, double, double) Two(ref double r0, nint stride, int columns)
    {
        ref double r1 = ref Unsafe.Add(ref r0, stride);
        double a01 = Unsafe.Add(ref r0, 1);
        double d0 = r0;
        double e0 = 1.0 / d0;
        double d1 = Less(Unsafe.Add(ref r1, 1), a01 * a01, e0);
        double e1 = 1.0 / d1;
        (double u0, double u1) = (Math.Sqrt(d0), Math.Sqrt(d1));
        (double s0, double s1) = (u0 * e0, u1 * e1);
        r0 = u0;
        (Unsafe.Add(ref r0, 1), Unsafe.Add(ref r1, 1)) = (a01 * s0, u1);
        var rows = new TwoRows(a01 * e0, s0, s1);
        int j = 2;
        if (Vector128.IsHardwareAccelerated && columns >= 4) // so that packs begin where those begin that will read them
        {
            rows.Apply<Pack2>(ref Unsafe.Add(ref r0, j), stride);
            j = 4;
        }

        for (; Vector256.IsHardwareAccelerated && j + 4 <= columns; j += 4)
        {
            rows.Apply<Pack4>(ref Unsafe.Add(ref r0, j), stride);
        }

        for (; j < columns; j++)
        {
            rows.Apply<Pack1>(ref Unsafe.Add(ref r0, j), stride);
        }

        return (d0, d1, 0.0, 0.0);
    }

    private static (double, double, double, double) One(ref double row, int columns)
    {
        double pivot = row;
        double scale = Math.Sqrt(pivot) / pivot;
        int j = 0;
        for (; Vector256.IsHardwareAccelerated && j + 4 <= columns; j += 4)
        {
            ref double four = ref Unsafe.Add(ref row, j);
            Pack4.Multiply(Pack4.All(scale), Pack4.Load(ref four)).Store(ref four);
        }

        for (; j < columns; j++)
        {
            Unsafe.Add(ref row, j) *= scale;
        }

        return (pivot, 0.0, 0.0, 0.0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Less(double value, double product, double factor) => double.MultiplyAddEstimate(-product, factor, value);

    // What the pivots of four rows do to the columns beside them.
    private readonly struct FourRows(
        double f01, double f02, double f03, double f12, double f13, double f23, double s0, double s1, double s2, double s3)
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<T>(ref double r0, nint stride) where T : struct, IPack<T>
        {
            ref double r2 = ref Unsafe.Add(ref r0, 2 * stride);
            T x0 = T.Load(ref r0);
            T x1 = T.MultiplyAdd(T.All(-f01), x0, T.Load(ref Unsafe.Add(ref r0, stride)));
            T x2 = T.MultiplyAdd(T.All(-f02), x0, T.Load(ref r2));
            T x3 = T.MultiplyAdd(T.All(-f03), x0, T.Load(ref Unsafe.Add(ref r2, stride)));
            x2 = T.MultiplyAdd(T.All(-f12), x1, x2);
            x3 = T.MultiplyAdd(T.All(-f13), x1, x3);
            x3 = T.MultiplyAdd(T.All(-f23), x2, x3);
            T.Multiply(T.All(s0), x0).Store(ref r0);
            T.Multiply(T.All(s1), x1).Store(ref Unsafe.Add(ref r0, stride));
            T.Multiply(T.All(s2), x2).Store(ref r2);
            T.Multiply(T.All(s3), x3).Store(ref Unsafe.Add(ref r2, stride));
        }
    }

    private readonly struct TwoRows(double f01, double s0, double s1)
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<T>(ref double r0, nint stride) where T : struct, IPack<T>
        {
            ref double r1 = ref Unsafe.Add(ref r0, stride);
            T x0 = T.Load(ref r0);
            T x1 = T.MultiplyAdd(T.All(-f01), x0, T.Load(ref r1));
            T.Multiply(T.All(s0), x0).Store(ref r0);
            T.Multiply(T.All(s1), x1).Store(ref r1);
        }
    }
}
