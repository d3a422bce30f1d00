using System.Numerics;
using ILGPU;

namespace HybridControl.Gpu.Neural.Kernels;

/// <summary>The sums of one thread of a product, in registers: a square part of it whose rows and columns lie at equal distances.</summary>
internal interface IMicroTile<T, TSelf>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TSelf : struct
{
    /// <summary>Rows, and columns.</summary>
    static abstract int Side { get; }

    /// <summary>Adds the product of some entries of a column by some entries of a row.</summary>
    /// <param name="left">Shared memory of the left operand.</param>
    /// <param name="l">Its first entry; the others follow at <paramref name="ls"/>.</param>
    /// <param name="ls">Distance.</param>
    /// <param name="right">Shared memory of the right operand.</param>
    /// <param name="r">Its first entry; the others follow at <paramref name="rs"/>.</param>
    /// <param name="rs">Distance.</param>
    TSelf Plus(ArrayView<T> left, int l, int ls, ArrayView<T> right, int r, int rs);

    /// <summary>Hands the sums to a product.</summary>
    void Store<TProduct>(TProduct product, int row, int rowStep, int column, int columnStep)
        where TProduct : struct, IProduct<T, TProduct>;
}

/// <summary>Sixteen sums: eight reads of shared memory for sixteen multiply-adds.</summary>
/// <remarks>Written out, because the compiler of kernels does not unroll loops and what is indexed at run time leaves the registers.</remarks>
internal struct MicroTile<T> : IMicroTile<T, MicroTile<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public Quad<T> Row0;
    public Quad<T> Row1;
    public Quad<T> Row2;
    public Quad<T> Row3;

    public static int Side => 4;

    public readonly MicroTile<T> Plus(ArrayView<T> left, int l, int ls, ArrayView<T> right, int r, int rs) =>
        Plus(Read(left, l, ls), Read(right, r, rs));

    /// <summary>Adds the product of a column by a row.</summary>
    public readonly MicroTile<T> Plus(Quad<T> column, Quad<T> row)
    {
        MicroTile<T> sum;
        sum.Row0 = Plus(Row0, column.A, row);
        sum.Row1 = Plus(Row1, column.B, row);
        sum.Row2 = Plus(Row2, column.C, row);
        sum.Row3 = Plus(Row3, column.D, row);
        return sum;
    }

    public readonly void Store<TProduct>(TProduct product, int row, int rowStep, int column, int columnStep)
        where TProduct : struct, IProduct<T, TProduct>
    {
        Store(product, row, column, columnStep, Row0);
        Store(product, row + rowStep, column, columnStep, Row1);
        Store(product, row + (2 * rowStep), column, columnStep, Row2);
        Store(product, row + (3 * rowStep), column, columnStep, Row3);
    }

    /// <summary>Four entries at a distance.</summary>
    public static Quad<T> Read(ArrayView<T> from, int first, int step)
    {
        Quad<T> four;
        four.A = from[first];
        four.B = from[first + step];
        four.C = from[first + (2 * step)];
        four.D = from[first + (3 * step)];
        return four;
    }

    private static Quad<T> Plus(Quad<T> sum, T a, Quad<T> b)
    {
        sum.A += a * b.A;
        sum.B += a * b.B;
        sum.C += a * b.C;
        sum.D += a * b.D;
        return sum;
    }

    private static void Store<TProduct>(TProduct product, int row, int column, int step, Quad<T> sums)
        where TProduct : struct, IProduct<T, TProduct>
    {
        product.Store(row, column, sums.A);
        product.Store(row, column + step, sums.B);
        product.Store(row, column + (2 * step), sums.C);
        product.Store(row, column + (3 * step), sums.D);
    }
}

/// <summary>Sixty-four sums: sixteen reads of shared memory for sixty-four multiply-adds, which keeps both units of a multiprocessor busy.</summary>
internal struct LargeMicroTile<T> : IMicroTile<T, LargeMicroTile<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private MicroTile<T> _northWest;
    private MicroTile<T> _northEast;
    private MicroTile<T> _southWest;
    private MicroTile<T> _southEast;

    public static int Side => 8;

    public readonly LargeMicroTile<T> Plus(ArrayView<T> left, int l, int ls, ArrayView<T> right, int r, int rs)
    {
        Quad<T> north = MicroTile<T>.Read(left, l, ls);
        Quad<T> south = MicroTile<T>.Read(left, l + (4 * ls), ls);
        Quad<T> west = MicroTile<T>.Read(right, r, rs);
        Quad<T> east = MicroTile<T>.Read(right, r + (4 * rs), rs);
        LargeMicroTile<T> sum;
        sum._northWest = _northWest.Plus(north, west);
        sum._northEast = _northEast.Plus(north, east);
        sum._southWest = _southWest.Plus(south, west);
        sum._southEast = _southEast.Plus(south, east);
        return sum;
    }

    public readonly void Store<TProduct>(TProduct product, int row, int rowStep, int column, int columnStep)
        where TProduct : struct, IProduct<T, TProduct>
    {
        _northWest.Store(product, row, rowStep, column, columnStep);
        _northEast.Store(product, row, rowStep, column + (4 * columnStep), columnStep);
        _southWest.Store(product, row + (4 * rowStep), rowStep, column, columnStep);
        _southEast.Store(product, row + (4 * rowStep), rowStep, column + (4 * columnStep), columnStep);
    }
}
