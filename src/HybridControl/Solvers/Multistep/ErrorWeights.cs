using System.Numerics;
using System.Runtime.InteropServices;

namespace HybridControl.Solvers;

/// <summary>Weights of an error norm, w_i = 1 / (absolute + relative max(|a_i|, |b_i|)), and mean squares under them.</summary>
internal static class ErrorWeights
{
    /// <summary>Writes the weights of a step from <paramref name="a"/> to about <paramref name="b"/>.</summary>
    public static void Write(
        ReadOnlySpan<double> a, ReadOnlySpan<double> b, in StepSettings settings, Span<double> weights)
    {
        int n = weights.Length;
        ref double left = ref MemoryMarshal.GetReference(a[..n]);
        ref double right = ref MemoryMarshal.GetReference(b[..n]);
        ref double target = ref MemoryMarshal.GetReference(weights);
        int i = 0;
        for (; i <= n - Vector<double>.Count; i += Vector<double>.Count)
        {
            Vector<double> size = Vector.Max(
                Vector.Abs(Vector.LoadUnsafe(ref left, (nuint)i)), Vector.Abs(Vector.LoadUnsafe(ref right, (nuint)i)));
            (Vector<double>.One / ((settings.Relative * size) + new Vector<double>(settings.Absolute))).StoreUnsafe(ref target, (nuint)i);
        }

        for (; i < n; i++)
        {
            weights[i] = 1.0 / (settings.Absolute + (settings.Relative * Math.Max(Math.Abs(a[i]), Math.Abs(b[i]))));
        }
    }

    /// <summary>The mean of (w_i x_i)^2; zero for no numbers.</summary>
    public static double MeanSquare(ReadOnlySpan<double> x, ReadOnlySpan<double> weights)
    {
        int n = weights.Length;
        ref double first = ref MemoryMarshal.GetReference(x[..n]);
        ref double weight = ref MemoryMarshal.GetReference(weights);
        double sum = 0.0;
        int i = 0;
        if (n >= Vector<double>.Count)
        {
            Vector<double> sums = Vector<double>.Zero;
            for (; i <= n - Vector<double>.Count; i += Vector<double>.Count)
            {
                Vector<double> ratio = Vector.LoadUnsafe(ref first, (nuint)i) * Vector.LoadUnsafe(ref weight, (nuint)i);
                sums += ratio * ratio;
            }

            sum = Vector.Sum(sums);
        }

        for (; i < n; i++)
        {
            double ratio = x[i] * weights[i];
            sum += ratio * ratio;
        }

        return n == 0 ? 0.0 : sum / n;
    }

    /// <summary>Where w_i |x_i| is largest, or is not a number; -1 for no numbers.</summary>
    public static int Largest(ReadOnlySpan<double> x, ReadOnlySpan<double> weights)
    {
        int worst = -1;
        double largest = -1.0;
        for (int i = 0; i < weights.Length; i++)
        {
            double size = Math.Abs(x[i] * weights[i]);
            if (double.IsNaN(size))
            {
                return i;
            }

            if (size > largest)
            {
                (worst, largest) = (i, size);
            }
        }

        return worst;
    }
}
