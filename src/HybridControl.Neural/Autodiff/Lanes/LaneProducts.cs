using System.Runtime.CompilerServices;
using HybridControl.Numerics;
using Pack = System.Runtime.Intrinsics.Vector256<double>;

namespace HybridControl.Neural.Autodiff.Lanes;

/// <summary>Small products of packed matrices whose rows lie a step apart, as attention needs them.</summary>
internal static class LaneProducts
{
    /// <summary>e^x in every lane, the same bits on every machine.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack Exp(Pack x) => LaneMath.Exp(new Lane256(x)).Value;

    /// <summary>result[j] = x . row j, for every j of the result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Dots(ReadOnlySpan<Pack> x, ReadOnlySpan<Pack> rows, int step, Span<Pack> result)
    {
        int n = x.Length;
        int j = 0;
        for (; j <= result.Length - 4; j += 4)
        {
            ReadOnlySpan<Pack> r0 = rows.Slice(j * step, n);
            ReadOnlySpan<Pack> r1 = rows.Slice((j + 1) * step, n);
            ReadOnlySpan<Pack> r2 = rows.Slice((j + 2) * step, n);
            ReadOnlySpan<Pack> r3 = rows.Slice((j + 3) * step, n);
            Pack s0 = Pack.Zero;
            Pack s1 = Pack.Zero;
            Pack s2 = Pack.Zero;
            Pack s3 = Pack.Zero;
            for (int i = 0; i < x.Length; i++)
            {
                Pack factor = x[i];
                s0 += factor * r0[i];
                s1 += factor * r1[i];
                s2 += factor * r2[i];
                s3 += factor * r3[i];
            }

            (result[j], result[j + 1], result[j + 2], result[j + 3]) = (s0, s1, s2, s3);
        }

        for (; j < result.Length; j++)
        {
            ReadOnlySpan<Pack> row = rows.Slice(j * step, n);
            Pack sum = Pack.Zero;
            for (int i = 0; i < row.Length; i++)
            {
                sum += x[i] * row[i];
            }

            result[j] = sum;
        }
    }

    /// <summary>target += sum over j of weight j times row j.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Combine(Span<Pack> target, ReadOnlySpan<Pack> weights, ReadOnlySpan<Pack> rows, int step)
    {
        int n = target.Length;
        int j = 0;
        for (; j <= weights.Length - 4; j += 4)
        {
            ReadOnlySpan<Pack> r0 = rows.Slice(j * step, n);
            ReadOnlySpan<Pack> r1 = rows.Slice((j + 1) * step, n);
            ReadOnlySpan<Pack> r2 = rows.Slice((j + 2) * step, n);
            ReadOnlySpan<Pack> r3 = rows.Slice((j + 3) * step, n);
            Pack w0 = weights[j];
            Pack w1 = weights[j + 1];
            Pack w2 = weights[j + 2];
            Pack w3 = weights[j + 3];
            for (int i = 0; i < target.Length; i++)
            {
                target[i] += (w0 * r0[i]) + (w1 * r1[i]) + (w2 * r2[i]) + (w3 * r3[i]);
            }
        }

        for (; j < weights.Length; j++)
        {
            AddScaled(target, weights[j], rows.Slice(j * step, n));
        }
    }

    /// <summary>Row j of the target += weight j times x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddOuter(Span<Pack> target, int step, ReadOnlySpan<Pack> weights, ReadOnlySpan<Pack> x)
    {
        for (int j = 0; j < weights.Length; j++)
        {
            AddScaled(target.Slice(j * step, x.Length), weights[j], x);
        }
    }

    /// <summary>target += factor * x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddScaled(Span<Pack> target, Pack factor, ReadOnlySpan<Pack> x)
    {
        x = x[..target.Length];
        for (int i = 0; i < target.Length; i++)
        {
            target[i] += factor * x[i];
        }
    }
}
