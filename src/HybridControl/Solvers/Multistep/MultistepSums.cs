using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HybridControl.Solvers;

/// <summary>Sums of vectors in one pass over memory, vectors first.</summary>
internal static class MultistepSums
{
    /// <summary>result = slopes - scale e - psi; the result may be the slopes.</summary>
    public static void Residual(
        ReadOnlySpan<double> slopes, double scale, ReadOnlySpan<double> e, ReadOnlySpan<double> psi, Span<double> result)
    {
        int n = result.Length;
        ref double f = ref MemoryMarshal.GetReference(slopes[..n]);
        ref double x = ref MemoryMarshal.GetReference(e[..n]);
        ref double p = ref MemoryMarshal.GetReference(psi[..n]);
        ref double r = ref MemoryMarshal.GetReference(result);
        int i = 0;
        for (; i <= n - Vector<double>.Count; i += Vector<double>.Count)
        {
            Vector<double> sum = Vector.LoadUnsafe(ref f, (nuint)i) - Vector.LoadUnsafe(ref p, (nuint)i);
            (sum - (scale * Vector.LoadUnsafe(ref x, (nuint)i))).StoreUnsafe(ref r, (nuint)i);
        }

        for (; i < n; i++)
        {
            Unsafe.Add(ref r, i) = Unsafe.Add(ref f, i) - Unsafe.Add(ref p, i) - (scale * Unsafe.Add(ref x, i));
        }
    }

    /// <summary>result = a + b.</summary>
    public static void Add(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> result)
    {
        int n = result.Length;
        ref double x = ref MemoryMarshal.GetReference(a[..n]);
        ref double y = ref MemoryMarshal.GetReference(b[..n]);
        ref double r = ref MemoryMarshal.GetReference(result);
        int i = 0;
        for (; i <= n - Vector<double>.Count; i += Vector<double>.Count)
        {
            (Vector.LoadUnsafe(ref x, (nuint)i) + Vector.LoadUnsafe(ref y, (nuint)i)).StoreUnsafe(ref r, (nuint)i);
        }

        for (; i < n; i++)
        {
            Unsafe.Add(ref r, i) = Unsafe.Add(ref x, i) + Unsafe.Add(ref y, i);
        }
    }
}
