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
    private const int Banks = 32;

    /// <summary>A group for each part of each product, a micro tile of it for each thread.</summary>
    /// <remarks>
    /// Both operands pass through shared memory, transposed so that a term's entries are neighbours, padded so that
    /// no two threads write to one bank. The next terms are on their way to registers while sums are formed. The rows and columns of a micro
    /// tile are spread over the part: neighbouring threads write neighbouring columns. In parts of 128 x 128 each number is read from
    /// global memory once for 128 multiply-adds and from shared memory once for 4: on an H100 (67 T operations a second in single
    /// precision, one read of shared memory for every four multiply-adds) neither stands in the way.
    /// </remarks>
    public static void Run<T, TProduct, TTile, TMicro>(TProduct products)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TProduct : struct, IProduct<T, TProduct>
        where TTile : struct, IProductTile
        where TMicro : struct, IMicroTile<T, TMicro>
    {
        ArrayView<T> left = SharedMemory.Allocate<T>(TTile.Depth * (TTile.Rows + (Banks / TTile.Depth)));
        ArrayView<T> right = SharedMemory.Allocate<T>(TTile.Depth * (TTile.Columns + (Banks / TTile.Depth)));
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

        int ty = Group.IdxX / (TTile.Columns / TMicro.Side);
        int tx = Group.IdxX - (ty * (TTile.Columns / TMicro.Side));
        TMicro sums = default;
        int terms = product.Terms;
        Quad<T> nextLeft = FetchLeft<T, TProduct, TTile>(product, firstRow, 0, Group.IdxX);
        Quad<T> nextRight = FetchRight<T, TProduct, TTile>(product, firstColumn, 0, Group.IdxX);
        for (int term = 0; term < terms; term += TTile.Depth)
        {
            bool leftAlong = product.LeftAlongTerms(term);
            Put(left, TTile.Rows, TTile.Depth, leftAlong, Group.IdxX, TTile.Threads, nextLeft);
            for (int i = Group.IdxX + (4 * TTile.Threads); i < TTile.Depth * TTile.Rows; i += 4 * TTile.Threads)
            {
                Put(left, TTile.Rows, TTile.Depth, leftAlong, i, TTile.Threads, FetchLeft<T, TProduct, TTile>(product, firstRow, term, i));
            }

            bool rightAlong = product.RightAlongTerms(term);
            Put(right, TTile.Columns, TTile.Depth, rightAlong, Group.IdxX, TTile.Threads, nextRight);
            for (int i = Group.IdxX + (4 * TTile.Threads); i < TTile.Depth * TTile.Columns; i += 4 * TTile.Threads)
            {
                Put(right, TTile.Columns, TTile.Depth, rightAlong, i, TTile.Threads, FetchRight<T, TProduct, TTile>(product, firstColumn, term, i));
            }

            Group.Barrier();
            if (term + TTile.Depth < terms)
            {
                nextLeft = FetchLeft<T, TProduct, TTile>(product, firstRow, term + TTile.Depth, Group.IdxX);
                nextRight = FetchRight<T, TProduct, TTile>(product, firstColumn, term + TTile.Depth, Group.IdxX);
            }

            sums = Sum<T, TTile, TMicro>(sums, left, ty, right, tx);
            Group.Barrier();
        }

        sums.Store(product, firstRow + ty, TTile.Rows / TMicro.Side, firstColumn + tx, TTile.Columns / TMicro.Side);
    }

    private static TMicro Sum<T, TTile, TMicro>(TMicro sums, ArrayView<T> left, int l, ArrayView<T> right, int r)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TTile : struct, IProductTile
        where TMicro : struct, IMicroTile<T, TMicro>
    {
        int ls = TTile.Rows / TMicro.Side;
        int rs = TTile.Columns / TMicro.Side;
        int leftPitch = TTile.Rows + (Banks / TTile.Depth);
        int rightPitch = TTile.Columns + (Banks / TTile.Depth);
        for (int k = 0; k < TTile.Depth; k += 4)
        {
            sums = sums.Plus(left, l, ls, right, r, rs);
            sums = sums.Plus(left, l + leftPitch, ls, right, r + rightPitch, rs);
            sums = sums.Plus(left, l + (2 * leftPitch), ls, right, r + (2 * rightPitch), rs);
            sums = sums.Plus(left, l + (3 * leftPitch), ls, right, r + (3 * rightPitch), rs);
            l += 4 * leftPitch;
            r += 4 * rightPitch;
        }

        return sums;
    }

    // Four entries at a time, so that four reads are under way; entry i of a tile is a term and a row, whichever is innermost in memory.
    private static Quad<T> FetchLeft<T, TProduct, TTile>(TProduct product, int firstRow, int term, int i)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TProduct : struct, IProduct<T, TProduct>
        where TTile : struct, IProductTile
    {
        bool along = product.LeftAlongTerms(term);
        Quad<T> four;
        four.A = product.Left(firstRow + Row(i, TTile.Rows, TTile.Depth, along), term + Term(i, TTile.Rows, TTile.Depth, along));
        i += TTile.Threads;
        four.B = product.Left(firstRow + Row(i, TTile.Rows, TTile.Depth, along), term + Term(i, TTile.Rows, TTile.Depth, along));
        i += TTile.Threads;
        four.C = product.Left(firstRow + Row(i, TTile.Rows, TTile.Depth, along), term + Term(i, TTile.Rows, TTile.Depth, along));
        i += TTile.Threads;
        four.D = product.Left(firstRow + Row(i, TTile.Rows, TTile.Depth, along), term + Term(i, TTile.Rows, TTile.Depth, along));
        return four;
    }

    private static Quad<T> FetchRight<T, TProduct, TTile>(TProduct product, int firstColumn, int term, int i)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TProduct : struct, IProduct<T, TProduct>
        where TTile : struct, IProductTile
    {
        bool along = product.RightAlongTerms(term);
        Quad<T> four;
        four.A = product.Right(firstColumn + Row(i, TTile.Columns, TTile.Depth, along), term + Term(i, TTile.Columns, TTile.Depth, along));
        i += TTile.Threads;
        four.B = product.Right(firstColumn + Row(i, TTile.Columns, TTile.Depth, along), term + Term(i, TTile.Columns, TTile.Depth, along));
        i += TTile.Threads;
        four.C = product.Right(firstColumn + Row(i, TTile.Columns, TTile.Depth, along), term + Term(i, TTile.Columns, TTile.Depth, along));
        i += TTile.Threads;
        four.D = product.Right(firstColumn + Row(i, TTile.Columns, TTile.Depth, along), term + Term(i, TTile.Columns, TTile.Depth, along));
        return four;
    }

    private static void Put<T>(ArrayView<T> to, int rows, int depth, bool along, int i, int threads, Quad<T> four)
        where T : unmanaged
    {
        to[(Term(i, rows, depth, along) * (rows + (Banks / depth))) + Row(i, rows, depth, along)] = four.A;
        i += threads;
        to[(Term(i, rows, depth, along) * (rows + (Banks / depth))) + Row(i, rows, depth, along)] = four.B;
        i += threads;
        to[(Term(i, rows, depth, along) * (rows + (Banks / depth))) + Row(i, rows, depth, along)] = four.C;
        i += threads;
        to[(Term(i, rows, depth, along) * (rows + (Banks / depth))) + Row(i, rows, depth, along)] = four.D;
    }

    private static int Row(int i, int rows, int depth, bool along) => along ? i / depth : i % rows;

    private static int Term(int i, int rows, int depth, bool along) => along ? i % depth : i / rows;
}
