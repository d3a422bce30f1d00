using System.Numerics;
using ILGPU;

namespace HybridControl.Gpu.Neural.Kernels;

/// <summary>Sixteen sums of one thread, in registers: entries (i, j) of a 4 x 4 part of a product.</summary>
/// <remarks>Written out, because the compiler of kernels does not unroll loops and what is indexed at run time leaves the registers.</remarks>
internal struct MicroTile<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public Quad<T> Row0;
    public Quad<T> Row1;
    public Quad<T> Row2;
    public Quad<T> Row3;

    /// <summary>Adds the product of four entries of a column by four entries of a row.</summary>
    /// <param name="left">Shared memory of the left operand.</param>
    /// <param name="l">Its first entry; the others follow at <paramref name="ls"/>.</param>
    /// <param name="ls">Distance.</param>
    /// <param name="right">Shared memory of the right operand.</param>
    /// <param name="r">Its first entry; the others follow at <paramref name="rs"/>.</param>
    /// <param name="rs">Distance.</param>
    public readonly MicroTile<T> Plus(ArrayView<T> left, int l, int ls, ArrayView<T> right, int r, int rs)
    {
        Quad<T> b;
        b.A = right[r];
        b.B = right[r + rs];
        b.C = right[r + (2 * rs)];
        b.D = right[r + (3 * rs)];
        MicroTile<T> sum;
        sum.Row0 = Plus(Row0, left[l], b);
        sum.Row1 = Plus(Row1, left[l + ls], b);
        sum.Row2 = Plus(Row2, left[l + (2 * ls)], b);
        sum.Row3 = Plus(Row3, left[l + (3 * ls)], b);
        return sum;
    }

    private static Quad<T> Plus(Quad<T> sum, T a, Quad<T> b)
    {
        sum.A += a * b.A;
        sum.B += a * b.B;
        sum.C += a * b.C;
        sum.D += a * b.D;
        return sum;
    }
}
