using System.Numerics;
using ILGPU;

namespace HybridControl.Gpu.Neural.Kernels;

/// <summary>Products of matrices, many at once, whose entries are made as they are read.</summary>
/// <typeparam name="T">The numbers.</typeparam>
/// <typeparam name="TSelf">The product itself.</typeparam>
internal interface IProduct<T, TSelf>
    where T : unmanaged
    where TSelf : struct
{
    /// <summary>Rows of each product.</summary>
    int Rows { get; }

    /// <summary>Columns of each product.</summary>
    int Columns { get; }

    /// <summary>One of the products.</summary>
    TSelf Select(int product, int depthStep);

    /// <summary>Terms of each sum of the selected product.</summary>
    int Terms { get; }

    /// <summary>Whether nothing in a part of the selected product is wanted.</summary>
    bool Skips(int firstRow, int firstColumn, int rows);

    /// <summary>Whether neighbouring terms of the left operand are neighbours in memory, from a term on; else neighbouring rows are.</summary>
    bool LeftAlongTerms(int term);

    /// <summary>Whether neighbouring terms of the right operand are neighbours in memory, from a term on; else neighbouring columns are.</summary>
    bool RightAlongTerms(int term);

    /// <summary>A factor; zero where there is none.</summary>
    T Left(int row, int term);

    /// <summary>A factor; zero where there is none.</summary>
    T Right(int column, int term);

    /// <summary>Takes a sum. Rows and columns may lie beyond the product.</summary>
    void Store(int row, int column, T sum);
}

/// <summary>The one blocked product.</summary>
internal static class TiledProduct
{
    /// <summary>A group for each part of each product, a 4 x 4 part of it for each thread.</summary>
    /// <remarks>
    /// Both operands pass through shared memory, transposed so that a term's entries are neighbours, with one entry of padding
    /// against bank conflicts. A thread's rows and columns lie a quarter of the tile apart: neighbouring threads write neighbouring
    /// columns. A term costs eight reads of shared memory for sixteen multiply-adds. With 64 x 64 x 16 each number is read from
    /// global memory once for 64 multiply-adds.
    /// </remarks>
    public static void Run<T, TProduct, TTile>(TProduct products)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TProduct : struct, IProduct<T, TProduct>
        where TTile : struct, IProductTile
    {
        ArrayView<T> left = SharedMemory.Allocate<T>(TTile.Depth * (TTile.Rows + 1));
        ArrayView<T> right = SharedMemory.Allocate<T>(TTile.Depth * (TTile.Columns + 1));
        int across = (products.Columns + TTile.Columns - 1) / TTile.Columns;
        int down = (products.Rows + TTile.Rows - 1) / TTile.Rows;
        int number = Grid.IdxX / (across * down);
        int part = Grid.IdxX - (number * across * down);
        int firstColumn = part / down * TTile.Columns;
        int firstRow = (part - (part / down * down)) * TTile.Rows;
        TProduct product = products.Select(number, TTile.Depth);
        if (product.Skips(firstRow, firstColumn, TTile.Rows))
        {
            return;
        }

        int ty = Group.IdxX / (TTile.Columns / 4);
        int tx = Group.IdxX - (ty * (TTile.Columns / 4));
        MicroTile<T> sums = default;
        int terms = product.Terms;
        for (int term = 0; term < terms; term += TTile.Depth)
        {
            bool leftAlong = product.LeftAlongTerms(term);
            for (int i = Group.IdxX; i < TTile.Depth * TTile.Rows; i += Group.DimX)
            {
                int k = leftAlong ? i % TTile.Depth : i / TTile.Rows;
                int m = leftAlong ? i / TTile.Depth : i % TTile.Rows;
                left[(k * (TTile.Rows + 1)) + m] = product.Left(firstRow + m, term + k);
            }

            bool rightAlong = product.RightAlongTerms(term);
            for (int i = Group.IdxX; i < TTile.Depth * TTile.Columns; i += Group.DimX)
            {
                int k = rightAlong ? i % TTile.Depth : i / TTile.Columns;
                int m = rightAlong ? i / TTile.Depth : i % TTile.Columns;
                right[(k * (TTile.Columns + 1)) + m] = product.Right(firstColumn + m, term + k);
            }

            Group.Barrier();
            int l = ty;
            int r = tx;
            for (int k = 0; k < TTile.Depth; k += 4)
            {
                sums = sums.Plus(left, l, TTile.Rows / 4, right, r, TTile.Columns / 4);
                sums = sums.Plus(left, l + TTile.Rows + 1, TTile.Rows / 4, right, r + TTile.Columns + 1, TTile.Columns / 4);
                sums = sums.Plus(left, l + (2 * (TTile.Rows + 1)), TTile.Rows / 4, right, r + (2 * (TTile.Columns + 1)), TTile.Columns / 4);
                sums = sums.Plus(left, l + (3 * (TTile.Rows + 1)), TTile.Rows / 4, right, r + (3 * (TTile.Columns + 1)), TTile.Columns / 4);
                l += 4 * (TTile.Rows + 1);
                r += 4 * (TTile.Columns + 1);
            }

            Group.Barrier();
        }

        Store<T, TProduct, TTile>(product, firstRow + ty, firstColumn + tx, sums.Row0);
        Store<T, TProduct, TTile>(product, firstRow + ty + (TTile.Rows / 4), firstColumn + tx, sums.Row1);
        Store<T, TProduct, TTile>(product, firstRow + ty + (2 * (TTile.Rows / 4)), firstColumn + tx, sums.Row2);
        Store<T, TProduct, TTile>(product, firstRow + ty + (3 * (TTile.Rows / 4)), firstColumn + tx, sums.Row3);
    }

    private static void Store<T, TProduct, TTile>(TProduct product, int row, int column, Quad<T> sums)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TProduct : struct, IProduct<T, TProduct>
        where TTile : struct, IProductTile
    {
        product.Store(row, column, sums.A);
        product.Store(row, column + (TTile.Columns / 4), sums.B);
        product.Store(row, column + (2 * (TTile.Columns / 4)), sums.C);
        product.Store(row, column + (3 * (TTile.Columns / 4)), sums.D);
    }
}
