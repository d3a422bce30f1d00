using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Pack = System.Runtime.Intrinsics.Vector256<double>;

namespace HybridControl.Neural.Autodiff.Lanes;

/// <summary>Products of two batches summed over the inner index and the samples: the gradient of a shared matrix.</summary>
internal static class SampleSum
{
    private const int TileRows = 4;
    private const int TileColumns = 2;

    /// <summary>target(i, j) += sum over k and samples of x(i, k) y(k, j), for a shared target and operands of one batch.</summary>
    /// <remarks>Sums run in four lanes over samples and inner index together; what is left of the samples follows one by one.</remarks>
    public static void Add(Span<double> target, in BatchMatrix layout, in BatchMatrix x, in BatchMatrix y)
    {
        (int rows, int columns, int inner, int batch) = (x.Rows, y.Columns, x.Columns, x.Batch);
        if (rows == 0 || columns == 0 || inner == 0)
        {
            return;
        }

        // The tiles below read without further checks: their last elements are within.
        _ = x.At(rows - 1, inner - 1);
        _ = y.At(inner - 1, columns - 1);
        Span<double> sums = stackalloc double[TileRows * TileColumns];
        for (int i = 0; i < rows; i += TileRows)
        {
            int height = Math.Min(TileRows, rows - i);
            for (int j = 0; j < columns; j += TileColumns)
            {
                int width = Math.Min(TileColumns, columns - j);
                Tile(
                    ref Unsafe.Add(ref MemoryMarshal.GetReference(x.Entries), i * x.RowStep * batch), x.RowStep * batch, x.ColumnStep * batch, height,
                    ref Unsafe.Add(ref MemoryMarshal.GetReference(y.Entries), j * y.ColumnStep * batch), y.ColumnStep * batch, y.RowStep * batch, width,
                    inner, batch, sums);
                for (int r = 0; r < height; r++)
                {
                    for (int c = 0; c < width; c++)
                    {
                        target[((i + r) * layout.RowStep) + ((j + c) * layout.ColumnStep)] += sums[(r * TileColumns) + c];
                    }
                }
            }
        }
    }

    // Rows and columns beyond the extent repeat the last ones; their sums are not used.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile(
        ref double x, int xStep, int xInner, int height, ref double y, int yStep, int yInner, int width, int inner, int batch, Span<double> sums)
    {
        (int r1, int r2, int r3) = (Math.Min(1, height - 1) * xStep, Math.Min(2, height - 1) * xStep, Math.Min(3, height - 1) * xStep);
        int c1 = (width - 1) * yStep;
        int whole = batch - (batch % Pack.Count);
        (Pack a0, Pack a1, Pack a2, Pack a3) = (Pack.Zero, Pack.Zero, Pack.Zero, Pack.Zero);
        (Pack b0, Pack b1, Pack b2, Pack b3) = (Pack.Zero, Pack.Zero, Pack.Zero, Pack.Zero);
        for (int k = 0; k < inner; k++)
        {
            ref double left = ref Unsafe.Add(ref x, k * xInner);
            ref double right = ref Unsafe.Add(ref y, k * yInner);
            for (int b = 0; b < whole; b += Pack.Count)
            {
                Pack p = Vector256.LoadUnsafe(ref right, (nuint)b);
                Pack q = Vector256.LoadUnsafe(ref right, (nuint)(b + c1));
                Pack f = Vector256.LoadUnsafe(ref left, (nuint)b);
                a0 += f * p;
                b0 += f * q;
                f = Vector256.LoadUnsafe(ref left, (nuint)(b + r1));
                a1 += f * p;
                b1 += f * q;
                f = Vector256.LoadUnsafe(ref left, (nuint)(b + r2));
                a2 += f * p;
                b2 += f * q;
                f = Vector256.LoadUnsafe(ref left, (nuint)(b + r3));
                a3 += f * p;
                b3 += f * q;
            }
        }

        (sums[0], sums[1], sums[2], sums[3]) = (Vector256.Sum(a0), Vector256.Sum(b0), Vector256.Sum(a1), Vector256.Sum(b1));
        (sums[4], sums[5], sums[6], sums[7]) = (Vector256.Sum(a2), Vector256.Sum(b2), Vector256.Sum(a3), Vector256.Sum(b3));
        for (int k = 0; k < inner && whole < batch; k++)
        {
            for (int b = whole; b < batch; b++)
            {
                ref double left = ref Unsafe.Add(ref x, (k * xInner) + b);
                double p = Unsafe.Add(ref y, (k * yInner) + b);
                double q = Unsafe.Add(ref y, (k * yInner) + b + c1);
                sums[0] += left * p;
                sums[1] += left * q;
                sums[2] += Unsafe.Add(ref left, r1) * p;
                sums[3] += Unsafe.Add(ref left, r1) * q;
                sums[4] += Unsafe.Add(ref left, r2) * p;
                sums[5] += Unsafe.Add(ref left, r2) * q;
                sums[6] += Unsafe.Add(ref left, r3) * p;
                sums[7] += Unsafe.Add(ref left, r3) * q;
            }
        }
    }
}
