using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Pack = System.Runtime.Intrinsics.Vector256<double>;

namespace HybridControl.Neural.Autodiff.Lanes;

/// <summary>Products with one shared matrix, and sums of products over samples: where training spends its time.</summary>
/// <remarks>
/// Tiles of results stay in registers while the inner index runs. Every element is summed in the order of the inner index, so
/// that the tiling does not show in the result.
/// </remarks>
internal static class SharedProduct
{
    private const int TileRows = 4;

    /// <summary>target(r, l) += sum over k of w(r, k) v(k, l), where l runs over neighbouring numbers.</summary>
    /// <param name="target">Row r begins at r * targetStep.</param>
    /// <param name="targetStep">From one row of the target to the next.</param>
    /// <param name="w">Element (r, k) lies at r * rowStep + k * innerStep.</param>
    /// <param name="rowStep">From one row of w to the next.</param>
    /// <param name="innerStep">From one column of w to the next.</param>
    /// <param name="v">Row k begins at k * vStep.</param>
    /// <param name="vStep">From one row of v to the next.</param>
    /// <param name="rows">Extent of r.</param>
    /// <param name="inner">Extent of k.</param>
    /// <param name="length">Extent of l.</param>
    public static void Add(
        Span<double> target, int targetStep, ReadOnlySpan<double> w, int rowStep, int innerStep,
        ReadOnlySpan<double> v, int vStep, int rows, int inner, int length)
    {
        if (rows == 0 || inner == 0 || length == 0)
        {
            return;
        }

        // The tiles below read and write without further checks.
        target = target[..(((rows - 1) * targetStep) + length)];
        w = w[..(((rows - 1) * rowStep) + ((inner - 1) * innerStep) + 1)];
        v = v[..(((inner - 1) * vStep) + length)];
        for (int r = 0; r < rows; r += TileRows)
        {
            int count = Math.Min(TileRows, rows - r);
            ref double factors = ref Unsafe.Add(ref MemoryMarshal.GetReference(w), r * rowStep);
            ref double results = ref Unsafe.Add(ref MemoryMarshal.GetReference(target), r * targetStep);
            ref double values = ref MemoryMarshal.GetReference(v);
            int l = 0;
            for (; l <= length - (2 * Pack.Count); l += 2 * Pack.Count)
            {
                Wide(ref Unsafe.Add(ref results, l), targetStep, ref factors, rowStep, innerStep, ref Unsafe.Add(ref values, l), vStep, count, inner);
            }

            for (; l <= length - Pack.Count; l += Pack.Count)
            {
                Narrow(ref Unsafe.Add(ref results, l), targetStep, ref factors, rowStep, innerStep, ref Unsafe.Add(ref values, l), vStep, count, inner);
            }

            for (; l < length; l++)
            {
                Single(ref Unsafe.Add(ref results, l), targetStep, ref factors, rowStep, innerStep, ref Unsafe.Add(ref values, l), vStep, count, inner);
            }
        }
    }

    // Rows beyond the count repeat the last one and are not stored.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Wide(
        ref double target, int targetStep, ref double w, int rowStep, int innerStep, ref double v, int vStep, int count, int inner)
    {
        (int i1, int i2, int i3) = (Math.Min(1, count - 1), Math.Min(2, count - 1), Math.Min(3, count - 1));
        ref double t1 = ref Unsafe.Add(ref target, i1 * targetStep);
        ref double t2 = ref Unsafe.Add(ref target, i2 * targetStep);
        ref double t3 = ref Unsafe.Add(ref target, i3 * targetStep);
        ref double w1 = ref Unsafe.Add(ref w, i1 * rowStep);
        ref double w2 = ref Unsafe.Add(ref w, i2 * rowStep);
        ref double w3 = ref Unsafe.Add(ref w, i3 * rowStep);
        const nuint next = 4;
        Pack a0 = Vector256.LoadUnsafe(ref target);
        Pack b0 = Vector256.LoadUnsafe(ref target, next);
        Pack a1 = Vector256.LoadUnsafe(ref t1);
        Pack b1 = Vector256.LoadUnsafe(ref t1, next);
        Pack a2 = Vector256.LoadUnsafe(ref t2);
        Pack b2 = Vector256.LoadUnsafe(ref t2, next);
        Pack a3 = Vector256.LoadUnsafe(ref t3);
        Pack b3 = Vector256.LoadUnsafe(ref t3, next);
        nint at = 0;
        nint row = 0;
        for (int k = 0; k < inner; k++)
        {
            ref double values = ref Unsafe.Add(ref v, row);
            Pack x = Vector256.LoadUnsafe(ref values);
            Pack y = Vector256.LoadUnsafe(ref values, next);
            Pack f0 = Vector256.Create(Unsafe.Add(ref w, at));
            Pack f1 = Vector256.Create(Unsafe.Add(ref w1, at));
            a0 += f0 * x;
            b0 += f0 * y;
            a1 += f1 * x;
            b1 += f1 * y;
            Pack f2 = Vector256.Create(Unsafe.Add(ref w2, at));
            Pack f3 = Vector256.Create(Unsafe.Add(ref w3, at));
            a2 += f2 * x;
            b2 += f2 * y;
            a3 += f3 * x;
            b3 += f3 * y;
            at += innerStep;
            row += vStep;
        }

        a3.StoreUnsafe(ref t3);
        b3.StoreUnsafe(ref t3, next);
        a2.StoreUnsafe(ref t2);
        b2.StoreUnsafe(ref t2, next);
        a1.StoreUnsafe(ref t1);
        b1.StoreUnsafe(ref t1, next);
        a0.StoreUnsafe(ref target);
        b0.StoreUnsafe(ref target, next);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Narrow(
        ref double target, int targetStep, ref double w, int rowStep, int innerStep, ref double v, int vStep, int count, int inner)
    {
        (int i1, int i2, int i3) = (Math.Min(1, count - 1), Math.Min(2, count - 1), Math.Min(3, count - 1));
        ref double t1 = ref Unsafe.Add(ref target, i1 * targetStep);
        ref double t2 = ref Unsafe.Add(ref target, i2 * targetStep);
        ref double t3 = ref Unsafe.Add(ref target, i3 * targetStep);
        ref double w1 = ref Unsafe.Add(ref w, i1 * rowStep);
        ref double w2 = ref Unsafe.Add(ref w, i2 * rowStep);
        ref double w3 = ref Unsafe.Add(ref w, i3 * rowStep);
        Pack a0 = Vector256.LoadUnsafe(ref target);
        Pack a1 = Vector256.LoadUnsafe(ref t1);
        Pack a2 = Vector256.LoadUnsafe(ref t2);
        Pack a3 = Vector256.LoadUnsafe(ref t3);
        nint at = 0;
        nint row = 0;
        for (int k = 0; k < inner; k++)
        {
            Pack x = Vector256.LoadUnsafe(ref Unsafe.Add(ref v, row));
            a0 += Vector256.Create(Unsafe.Add(ref w, at)) * x;
            a1 += Vector256.Create(Unsafe.Add(ref w1, at)) * x;
            a2 += Vector256.Create(Unsafe.Add(ref w2, at)) * x;
            a3 += Vector256.Create(Unsafe.Add(ref w3, at)) * x;
            at += innerStep;
            row += vStep;
        }

        a3.StoreUnsafe(ref t3);
        a2.StoreUnsafe(ref t2);
        a1.StoreUnsafe(ref t1);
        a0.StoreUnsafe(ref target);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Single(
        ref double target, int targetStep, ref double w, int rowStep, int innerStep, ref double v, int vStep, int count, int inner)
    {
        (int i1, int i2, int i3) = (Math.Min(1, count - 1), Math.Min(2, count - 1), Math.Min(3, count - 1));
        ref double t1 = ref Unsafe.Add(ref target, i1 * targetStep);
        ref double t2 = ref Unsafe.Add(ref target, i2 * targetStep);
        ref double t3 = ref Unsafe.Add(ref target, i3 * targetStep);
        (double a0, double a1, double a2, double a3) = (target, t1, t2, t3);
        nint at = 0;
        nint row = 0;
        for (int k = 0; k < inner; k++)
        {
            double x = Unsafe.Add(ref v, row);
            a0 += Unsafe.Add(ref w, at) * x;
            a1 += Unsafe.Add(ref w, at + (i1 * rowStep)) * x;
            a2 += Unsafe.Add(ref w, at + (i2 * rowStep)) * x;
            a3 += Unsafe.Add(ref w, at + (i3 * rowStep)) * x;
            at += innerStep;
            row += vStep;
        }

        (t3, t2, t1, target) = (a3, a2, a1, a0);
    }
}
