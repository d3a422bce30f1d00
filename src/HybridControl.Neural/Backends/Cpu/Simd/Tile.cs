using System.Runtime.CompilerServices;

namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>The innermost part of a matrix product: some rows of inputs times one panel of weights, all sums in registers.</summary>
/// <remarks>Up to six rows by four packs: 24 sums, four packs of weights and one input fill 32 registers. Rows and packs that a tile has not cost nothing.</remarks>
/// <typeparam name="V">Packs.</typeparam>
/// <typeparam name="T">Numbers.</typeparam>
/// <typeparam name="TEntries">How weights are kept.</typeparam>
/// <typeparam name="TRows">Rows of inputs.</typeparam>
/// <typeparam name="TPacks">Packs of the panel.</typeparam>
internal static unsafe class Tile<V, T, TEntries, TRows, TPacks>
    where V : struct, IPack<V, T>
    where T : unmanaged
    where TEntries : struct, IEntries<V, T>
    where TRows : struct, ICount
    where TPacks : struct, ICount
{
    /// <summary>Writes the sums over k of <c>x[r, k] panel[k, j]</c>.</summary>
    /// <param name="x">First input of the first row.</param>
    /// <param name="stride">Numbers from a row to the next.</param>
    /// <param name="panel">Weights of the first k.</param>
    /// <param name="count">How many k.</param>
    /// <param name="tile">Receives the sums, row after row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Sum(T* x, nint stride, byte* panel, nint count, T* tile)
    {
        V a0 = default, a1 = default, a2 = default, a3 = default;
        V b0 = default, b1 = default, b2 = default, b3 = default;
        V c0 = default, c1 = default, c2 = default, c3 = default;
        V d0 = default, d1 = default, d2 = default, d3 = default;
        V e0 = default, e1 = default, e2 = default, e3 = default;
        V f0 = default, f1 = default, f2 = default, f3 = default;
        T* x1 = x + stride;
        T* x2 = x + (2 * stride);
        T* x3 = x + (3 * stride);
        T* x4 = x + (4 * stride);
        T* x5 = x + (5 * stride);
        for (nint k = 0; k < count; k++)
        {
            V w0 = TEntries.Load(panel, 0);
            V w1 = TPacks.Value > 1 ? TEntries.Load(panel, 1) : default;
            V w2 = TPacks.Value > 2 ? TEntries.Load(panel, 2) : default;
            V w3 = TPacks.Value > 3 ? TEntries.Load(panel, 3) : default;
            V s0 = V.All(x[k]);
            a0 = V.MultiplyAdd(s0, w0, a0);
            a1 = TPacks.Value > 1 ? V.MultiplyAdd(s0, w1, a1) : default;
            a2 = TPacks.Value > 2 ? V.MultiplyAdd(s0, w2, a2) : default;
            a3 = TPacks.Value > 3 ? V.MultiplyAdd(s0, w3, a3) : default;
            if (TRows.Value > 1)
            {
                V s1 = V.All(x1[k]);
                b0 = V.MultiplyAdd(s1, w0, b0);
                b1 = TPacks.Value > 1 ? V.MultiplyAdd(s1, w1, b1) : default;
                b2 = TPacks.Value > 2 ? V.MultiplyAdd(s1, w2, b2) : default;
                b3 = TPacks.Value > 3 ? V.MultiplyAdd(s1, w3, b3) : default;
            }

            if (TRows.Value > 2)
            {
                V s2 = V.All(x2[k]);
                c0 = V.MultiplyAdd(s2, w0, c0);
                c1 = TPacks.Value > 1 ? V.MultiplyAdd(s2, w1, c1) : default;
                c2 = TPacks.Value > 2 ? V.MultiplyAdd(s2, w2, c2) : default;
                c3 = TPacks.Value > 3 ? V.MultiplyAdd(s2, w3, c3) : default;
            }

            if (TRows.Value > 3)
            {
                V s3 = V.All(x3[k]);
                d0 = V.MultiplyAdd(s3, w0, d0);
                d1 = TPacks.Value > 1 ? V.MultiplyAdd(s3, w1, d1) : default;
                d2 = TPacks.Value > 2 ? V.MultiplyAdd(s3, w2, d2) : default;
                d3 = TPacks.Value > 3 ? V.MultiplyAdd(s3, w3, d3) : default;
            }

            if (TRows.Value > 4)
            {
                V s4 = V.All(x4[k]);
                e0 = V.MultiplyAdd(s4, w0, e0);
                e1 = TPacks.Value > 1 ? V.MultiplyAdd(s4, w1, e1) : default;
                e2 = TPacks.Value > 2 ? V.MultiplyAdd(s4, w2, e2) : default;
                e3 = TPacks.Value > 3 ? V.MultiplyAdd(s4, w3, e3) : default;
            }

            if (TRows.Value > 5)
            {
                V s5 = V.All(x5[k]);
                f0 = V.MultiplyAdd(s5, w0, f0);
                f1 = TPacks.Value > 1 ? V.MultiplyAdd(s5, w1, f1) : default;
                f2 = TPacks.Value > 2 ? V.MultiplyAdd(s5, w2, f2) : default;
                f3 = TPacks.Value > 3 ? V.MultiplyAdd(s5, w3, f3) : default;
            }

            panel += TPacks.Value * V.Width * TEntries.Size;
        }

        Store(tile, a0, a1, a2, a3);
        if (TRows.Value > 1)
        {
            Store(tile + (TPacks.Value * V.Width), b0, b1, b2, b3);
        }

        if (TRows.Value > 2)
        {
            Store(tile + (2 * TPacks.Value * V.Width), c0, c1, c2, c3);
        }

        if (TRows.Value > 3)
        {
            Store(tile + (3 * TPacks.Value * V.Width), d0, d1, d2, d3);
        }

        if (TRows.Value > 4)
        {
            Store(tile + (4 * TPacks.Value * V.Width), e0, e1, e2, e3);
        }

        if (TRows.Value > 5)
        {
            Store(tile + (5 * TPacks.Value * V.Width), f0, f1, f2, f3);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(T* target, V v0, V v1, V v2, V v3)
    {
        v0.Store(target);
        if (TPacks.Value > 1)
        {
            v1.Store(target + V.Width);
        }

        if (TPacks.Value > 2)
        {
            v2.Store(target + (2 * V.Width));
        }

        if (TPacks.Value > 3)
        {
            v3.Store(target + (3 * V.Width));
        }
    }
}
