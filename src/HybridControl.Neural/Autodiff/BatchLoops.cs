using System.Runtime.Intrinsics;

namespace HybridControl.Neural.Autodiff;

/// <summary>Loops over neighbouring numbers. Sums run in four fixed lanes and no product is fused with a sum.</summary>
/// <remarks>Hence the same bits with AVX2, AVX-512 and without either.</remarks>
internal static class BatchLoops
{
    private static int Lanes => Vector256<double>.Count;

    /// <summary>target += x.</summary>
    public static void Add(Span<double> target, ReadOnlySpan<double> x)
    {
        x = x[..target.Length];
        int i = 0;
        for (; i <= target.Length - Lanes; i += Lanes)
        {
            (Vector256.Create(target[i..]) + Vector256.Create(x[i..])).CopyTo(target[i..]);
        }

        for (; i < target.Length; i++)
        {
            target[i] += x[i];
        }
    }

    /// <summary>target += factor * x.</summary>
    public static void AddScaled(Span<double> target, double factor, ReadOnlySpan<double> x)
    {
        x = x[..target.Length];
        Vector256<double> factors = Vector256.Create(factor);
        int i = 0;
        for (; i <= target.Length - Lanes; i += Lanes)
        {
            (Vector256.Create(target[i..]) + (factors * Vector256.Create(x[i..]))).CopyTo(target[i..]);
        }

        for (; i < target.Length; i++)
        {
            target[i] += factor * x[i];
        }
    }

    /// <summary>target += x * y, element by element.</summary>
    public static void AddProduct(Span<double> target, ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        x = x[..target.Length];
        y = y[..target.Length];
        int i = 0;
        for (; i <= target.Length - Lanes; i += Lanes)
        {
            (Vector256.Create(target[i..]) + (Vector256.Create(x[i..]) * Vector256.Create(y[i..]))).CopyTo(target[i..]);
        }

        for (; i < target.Length; i++)
        {
            target[i] += x[i] * y[i];
        }
    }

    /// <summary>target -= x * y, element by element.</summary>
    public static void SubtractProduct(Span<double> target, ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        x = x[..target.Length];
        y = y[..target.Length];
        int i = 0;
        for (; i <= target.Length - Lanes; i += Lanes)
        {
            (Vector256.Create(target[i..]) - (Vector256.Create(x[i..]) * Vector256.Create(y[i..]))).CopyTo(target[i..]);
        }

        for (; i < target.Length; i++)
        {
            target[i] -= x[i] * y[i];
        }
    }

    /// <summary>target /= x, element by element.</summary>
    public static void Divide(Span<double> target, ReadOnlySpan<double> x)
    {
        x = x[..target.Length];
        int i = 0;
        for (; i <= target.Length - Lanes; i += Lanes)
        {
            (Vector256.Create(target[i..]) / Vector256.Create(x[i..])).CopyTo(target[i..]);
        }

        for (; i < target.Length; i++)
        {
            target[i] /= x[i];
        }
    }

    /// <summary>Sum of x * y.</summary>
    public static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        y = y[..x.Length];
        Vector256<double> sums = Vector256<double>.Zero;
        int i = 0;
        for (; i <= x.Length - Lanes; i += Lanes)
        {
            sums += Vector256.Create(x[i..]) * Vector256.Create(y[i..]);
        }

        double sum = Vector256.Sum(sums);
        for (; i < x.Length; i++)
        {
            sum += x[i] * y[i];
        }

        return sum;
    }

    /// <summary>Sum of x.</summary>
    public static double Sum(ReadOnlySpan<double> x)
    {
        Vector256<double> sums = Vector256<double>.Zero;
        int i = 0;
        for (; i <= x.Length - Lanes; i += Lanes)
        {
            sums += Vector256.Create(x[i..]);
        }

        double sum = Vector256.Sum(sums);
        for (; i < x.Length; i++)
        {
            sum += x[i];
        }

        return sum;
    }
}
