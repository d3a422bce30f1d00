using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace HybridControl.Numerics;

/// <summary>Transposes small matrices, blocks of four by four in registers where the processor can.</summary>
/// <remarks>Strides are distances between rows. Sizes are the caller's to check; operands must not overlap; thread-safe.</remarks>
internal static class BlockTranspose
{
    /// <summary>b = a'.</summary>
    /// <param name="a">rows by columns.</param>
    /// <param name="aRow">Distance between rows of <paramref name="a"/>.</param>
    /// <param name="b">Receives columns by rows.</param>
    /// <param name="bRow">Distance between rows of <paramref name="b"/>.</param>
    /// <param name="rows">Rows of <paramref name="a"/>.</param>
    /// <param name="columns">Columns of <paramref name="a"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(ReadOnlySpan<double> a, int aRow, Span<double> b, int bRow, int rows, int columns)
    {
        ref double source = ref MemoryMarshal.GetReference(a);
        ref double target = ref MemoryMarshal.GetReference(b);
        int i = 0;
        for (; i + 4 <= rows; i += 4)
        {
            Columns(ref Unsafe.Add(ref source, i * aRow), aRow, ref Unsafe.Add(ref target, i), bRow, columns);
        }

        for (; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                Unsafe.Add(ref target, (j * bRow) + i) = Unsafe.Add(ref source, (i * aRow) + j);
            }
        }
    }

    /// <summary>l = u' for an upper triangular u: entries of <paramref name="l"/> above the diagonal are kept or set to zero.</summary>
    /// <param name="u">n by n; what is below its diagonal may be anything finite, and is partly set to zero.</param>
    /// <param name="uRow">Distance between rows of <paramref name="u"/>.</param>
    /// <param name="l">Receives n by n.</param>
    /// <param name="lRow">Distance between rows of <paramref name="l"/>.</param>
    /// <param name="n">Size.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Upper(Span<double> u, int uRow, Span<double> l, int lRow, int n)
    {
        ref double source = ref MemoryMarshal.GetReference(u);
        ref double target = ref MemoryMarshal.GetReference(l);
        int i = 0;
        for (; i + 4 <= n; i += 4)
        {
            ref double block = ref Unsafe.Add(ref source, (i * uRow) + i);
            for (int row = 1; row < 4; row++)
            {
                for (int column = 0; column < row; column++)
                {
                    Unsafe.Add(ref block, (row * uRow) + column) = 0.0;
                }
            }

            Columns(ref block, uRow, ref Unsafe.Add(ref target, (i * lRow) + i), lRow, n - i);
        }

        for (; i < n; i++)
        {
            for (int j = i; j < n; j++)
            {
                Unsafe.Add(ref target, (j * lRow) + i) = Unsafe.Add(ref source, (i * uRow) + j);
            }
        }
    }

    /// <summary>Copies the upper triangle of a square matrix to the lower one.</summary>
    /// <param name="a">n by n.</param>
    /// <param name="stride">Distance between rows.</param>
    /// <param name="n">Size.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Mirror(Span<double> a, int stride, int n)
    {
        ref double first = ref MemoryMarshal.GetReference(a);
        for (int i = 0; i < n; i += 4)
        {
            int end = Math.Min(i + 4, n);
            for (int row = i; row < end; row++)
            {
                for (int column = row + 1; column < end; column++)
                {
                    Unsafe.Add(ref first, (column * stride) + row) = Unsafe.Add(ref first, (row * stride) + column);
                }
            }

            if (end < n) // so that all four rows are there
            {
                Columns(ref Unsafe.Add(ref first, (i * stride) + end), stride, ref Unsafe.Add(ref first, (end * stride) + i), stride, n - end);
            }
        }
    }

    // Four rows become four columns.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Columns(ref double a, nint aRow, ref double b, nint bRow, int columns)
    {
        int j = 0;
        for (; Avx.IsSupported && j + 4 <= columns; j += 4)
        {
            Four(ref Unsafe.Add(ref a, j), aRow, ref Unsafe.Add(ref b, j * bRow), bRow);
        }

        for (; j < columns; j++)
        {
            ref double row = ref Unsafe.Add(ref b, j * bRow);
            row = Unsafe.Add(ref a, j);
            Unsafe.Add(ref row, 1) = Unsafe.Add(ref a, aRow + j);
            Unsafe.Add(ref row, 2) = Unsafe.Add(ref a, (2 * aRow) + j);
            Unsafe.Add(ref row, 3) = Unsafe.Add(ref a, (3 * aRow) + j);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Four(ref double a, nint aRow, ref double b, nint bRow)
    {
        FourByFour.Rows turned = Turn(new FourByFour.Rows(ref a, aRow));
        turned.R0.StoreUnsafe(ref b);
        turned.R1.StoreUnsafe(ref Unsafe.Add(ref b, bRow));
        turned.R2.StoreUnsafe(ref Unsafe.Add(ref b, 2 * bRow));
        turned.R3.StoreUnsafe(ref Unsafe.Add(ref b, 3 * bRow));
    }

    /// <summary>Four columns as rows; only where <see cref="Avx"/> is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FourByFour.Rows Turn(FourByFour.Rows a)
    {
        Vector256<double> even01 = Avx.UnpackLow(a.R0, a.R1);
        Vector256<double> odd01 = Avx.UnpackHigh(a.R0, a.R1);
        Vector256<double> even23 = Avx.UnpackLow(a.R2, a.R3);
        Vector256<double> odd23 = Avx.UnpackHigh(a.R2, a.R3);
        return new FourByFour.Rows(
            Avx.Permute2x128(even01, even23, 0x20),
            Avx.Permute2x128(odd01, odd23, 0x20),
            Avx.Permute2x128(even01, even23, 0x31),
            Avx.Permute2x128(odd01, odd23, 0x31));
    }
}
