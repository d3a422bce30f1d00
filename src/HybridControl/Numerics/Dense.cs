using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace HybridControl.Numerics;

/// <summary>Products of small dense matrices over spans.</summary>
/// <remarks>
/// Matrices are row-major and packed: entry (i, j) of an m by n matrix is element i * n + j. Results must not overlap
/// operands. Nothing is allocated; sizes are the caller's to check. Thread-safe.
/// </remarks>
public static class Dense
{
    /// <summary>The sum of a[i] b[i].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        int n = a.Length;
        ref double x = ref MemoryMarshal.GetReference(a);
        ref double y = ref MemoryMarshal.GetReference(b);
        double sum = 0.0;
        int i = 0;
        if (n >= Vector<double>.Count)
        {
            Vector<double> sums = Vector<double>.Zero;
            for (; i <= n - Vector<double>.Count; i += Vector<double>.Count)
            {
                sums += Load(ref x, i) * Load(ref y, i);
            }

            sum = Vector.Sum(sums);
        }

        for (; i < n; i++)
        {
            sum += Unsafe.Add(ref x, i) * Unsafe.Add(ref y, i);
        }

        return sum;
    }

    /// <summary>y += alpha x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Axpy(double alpha, ReadOnlySpan<double> x, Span<double> y)
    {
        int n = x.Length;
        ref double source = ref MemoryMarshal.GetReference(x);
        ref double target = ref MemoryMarshal.GetReference(y);
        int i = 0;
        if (n >= Vector<double>.Count)
        {
            var factor = new Vector<double>(alpha);
            for (; i <= n - Vector<double>.Count; i += Vector<double>.Count)
            {
                (Load(ref target, i) + (factor * Load(ref source, i))).StoreUnsafe(ref target, (nuint)i);
            }
        }

        for (; i < n; i++)
        {
            Unsafe.Add(ref target, i) += alpha * Unsafe.Add(ref source, i);
        }
    }

    /// <summary>y = alpha x.</summary>
    public static void Scale(double alpha, ReadOnlySpan<double> x, Span<double> y)
    {
        int n = x.Length;
        ref double source = ref MemoryMarshal.GetReference(x);
        ref double target = ref MemoryMarshal.GetReference(y);
        int i = 0;
        for (; i <= n - Vector<double>.Count; i += Vector<double>.Count)
        {
            (alpha * Load(ref source, i)).StoreUnsafe(ref target, (nuint)i);
        }

        for (; i < n; i++)
        {
            Unsafe.Add(ref target, i) = alpha * Unsafe.Add(ref source, i);
        }
    }

    /// <summary>y = x, by vectors as wide as those that will read it: a narrower copy would have to reach the cache first.</summary>
    public static void Copy(ReadOnlySpan<double> x, Span<double> y)
    {
        int n = x.Length;
        ref double source = ref MemoryMarshal.GetReference(x);
        ref double target = ref MemoryMarshal.GetReference(y[..n]);
        int i = 0;
        for (; i <= n - Vector<double>.Count; i += Vector<double>.Count)
        {
            Load(ref source, i).StoreUnsafe(ref target, (nuint)i);
        }

        for (; i < n; i++)
        {
            Unsafe.Add(ref target, i) = Unsafe.Add(ref source, i);
        }
    }

    /// <summary>y = a - b; y may be one of them.</summary>
    public static void Subtract(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> y)
    {
        int n = y.Length;
        ref double left = ref MemoryMarshal.GetReference(a[..n]);
        ref double right = ref MemoryMarshal.GetReference(b[..n]);
        ref double target = ref MemoryMarshal.GetReference(y);
        int i = 0;
        for (; i <= n - Vector<double>.Count; i += Vector<double>.Count)
        {
            (Load(ref left, i) - Load(ref right, i)).StoreUnsafe(ref target, (nuint)i);
        }

        for (; i < n; i++)
        {
            Unsafe.Add(ref target, i) = Unsafe.Add(ref left, i) - Unsafe.Add(ref right, i);
        }
    }

    /// <summary>c = a b.</summary>
    /// <param name="a">m by k.</param>
    /// <param name="b">k by n.</param>
    /// <param name="c">Receives m by n.</param>
    /// <param name="m">Rows of <paramref name="a"/>.</param>
    /// <param name="k">Columns of <paramref name="a"/>.</param>
    /// <param name="n">Columns of <paramref name="b"/>.</param>
    public static void Multiply(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> c, int m, int k, int n)
        => BlockProduct.Apply(a[..(m * k)], k, 1, b[..(k * n)], n, c[..(m * n)], n, m, k, n);

    /// <summary>c = a l for a lower triangular l, whose zeros must be there.</summary>
    /// <param name="a">m by n.</param>
    /// <param name="l">n by n, lower triangular.</param>
    /// <param name="c">Receives m by n.</param>
    /// <param name="m">Rows of <paramref name="a"/>.</param>
    /// <param name="n">Size of <paramref name="l"/>.</param>
    /// <param name="stride">Distance between rows of <paramref name="c"/>; at least n.</param>
    public static void MultiplyLower(ReadOnlySpan<double> a, ReadOnlySpan<double> l, Span<double> c, int m, int n, int stride)
    {
        if (m > 0)
        {
            _ = c.Slice((m - 1) * stride, n);
        }

        BlockProduct.Apply(a[..(m * n)], n, 1, l[..(n * n)], n, c, stride, m, n, n, zeros: Zeros.RightAbove);
    }

    /// <summary>c = a b'.</summary>
    /// <param name="a">m by k.</param>
    /// <param name="b">n by k.</param>
    /// <param name="c">Receives m by n.</param>
    /// <param name="m">Rows of <paramref name="a"/>.</param>
    /// <param name="k">Columns of both operands.</param>
    /// <param name="n">Rows of <paramref name="b"/>.</param>
    public static void MultiplyTransposed(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> c, int m, int k, int n)
    {
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < n; j++)
            {
                c[(i * n) + j] = Dot(a.Slice(i * k, k), b.Slice(j * k, k));
            }
        }
    }

    /// <summary>c = a' b.</summary>
    /// <param name="a">k by m.</param>
    /// <param name="b">k by n.</param>
    /// <param name="c">Receives m by n.</param>
    /// <param name="m">Columns of <paramref name="a"/>.</param>
    /// <param name="k">Rows of both operands.</param>
    /// <param name="n">Columns of <paramref name="b"/>.</param>
    public static void TransposedMultiply(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> c, int m, int k, int n)
        => BlockProduct.Apply(a[..(k * m)], 1, m, b[..(k * n)], n, c[..(m * n)], n, m, k, n);

    /// <summary>y = a x.</summary>
    /// <param name="a">m by n.</param>
    /// <param name="x">n numbers.</param>
    /// <param name="y">Receives m numbers; m is its length.</param>
    public static void MultiplyVector(ReadOnlySpan<double> a, ReadOnlySpan<double> x, Span<double> y)
    {
        int n = x.Length;
        int m = y.Length;
        ref double row = ref MemoryMarshal.GetReference(a[..(m * n)]);
        ref double first = ref MemoryMarshal.GetReference(x);
        int i = 0;
        for (; i + 4 <= m; i += 4)
        {
            FourDots(ref Unsafe.Add(ref row, i * n), n, ref first, y.Slice(i, 4));
        }

        for (; i < m; i++)
        {
            y[i] = Dot(a.Slice(i * n, n), x);
        }
    }

    // Four rows times a vector: four sums that do not wait for each other.
    private static void FourDots(ref double row, int n, ref double x, Span<double> y)
    {
        ref double row2 = ref Unsafe.Add(ref row, 2 * n);
        (double y0, double y1, double y2, double y3) = (0.0, 0.0, 0.0, 0.0);
        int j = 0;
        if (Vector256.IsHardwareAccelerated && n >= 4)
        {
            Vector256<double> s0 = Vector256<double>.Zero;
            Vector256<double> s1 = s0;
            Vector256<double> s2 = s0;
            Vector256<double> s3 = s0;
            for (; j + 4 <= n; j += 4)
            {
                Vector256<double> v = Vector256.LoadUnsafe(ref x, (nuint)j);
                s0 = Vector256.MultiplyAddEstimate(Vector256.LoadUnsafe(ref row, (nuint)j), v, s0);
                s1 = Vector256.MultiplyAddEstimate(Vector256.LoadUnsafe(ref Unsafe.Add(ref row, n), (nuint)j), v, s1);
                s2 = Vector256.MultiplyAddEstimate(Vector256.LoadUnsafe(ref row2, (nuint)j), v, s2);
                s3 = Vector256.MultiplyAddEstimate(Vector256.LoadUnsafe(ref Unsafe.Add(ref row2, n), (nuint)j), v, s3);
            }

            (y0, y1, y2, y3) = (Vector256.Sum(s0), Vector256.Sum(s1), Vector256.Sum(s2), Vector256.Sum(s3));
        }

        for (; j < n; j++)
        {
            double value = Unsafe.Add(ref x, j);
            y0 += Unsafe.Add(ref row, j) * value;
            y1 += Unsafe.Add(ref row, n + j) * value;
            y2 += Unsafe.Add(ref row2, j) * value;
            y3 += Unsafe.Add(ref row2, n + j) * value;
        }

        (y[0], y[1], y[2], y[3]) = (y0, y1, y2, y3);
    }

    /// <summary>p = l l' for a lower triangular factor.</summary>
    /// <param name="l">n by n, lower triangular.</param>
    /// <param name="p">Receives n by n, symmetric.</param>
    /// <param name="n">Size.</param>
    public static void LowerSquare(ReadOnlySpan<double> l, Span<double> p, int n)
    {
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = Dot(l.Slice(i * n, j + 1), l.Slice(j * n, j + 1));
                p[(i * n) + j] = sum;
                p[(j * n) + i] = sum;
            }
        }
    }

    /// <summary>Whether every number is finite.</summary>
    public static bool IsFinite(ReadOnlySpan<double> values)
    {
        // 0 * x is zero for every finite x, else NaN; NaN survives the sum.
        ref double first = ref MemoryMarshal.GetReference(values);
        int n = values.Length;
        double sum = 0.0;
        int i = 0;
        if (n >= Vector<double>.Count)
        {
            Vector<double> left = Load(ref first, n - Vector<double>.Count) * 0.0; // the last ones, some of them twice
            Vector<double> right = Vector<double>.Zero;
            for (; i <= n - (2 * Vector<double>.Count); i += 2 * Vector<double>.Count)
            {
                left += Load(ref first, i) * 0.0;
                right += Load(ref first, i + Vector<double>.Count) * 0.0;
            }

            right += Load(ref first, Math.Min(i, n - Vector<double>.Count)) * 0.0;
            return Vector.Sum(left + right) == 0.0;
        }

        for (; i < n; i++)
        {
            sum += 0.0 * Unsafe.Add(ref first, i);
        }

        return sum == 0.0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> Load(ref double source, int offset) => Vector.LoadUnsafe(ref source, (nuint)offset);
}
