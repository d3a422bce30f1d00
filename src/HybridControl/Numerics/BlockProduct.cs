using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace HybridControl.Numerics;

/// <summary>What happens with the old entries of the result of a product.</summary>
internal enum Accumulation
{
    /// <summary>c = a b.</summary>
    Set,

    /// <summary>c = c + a b.</summary>
    Add,

    /// <summary>c = c - a b.</summary>
    Subtract,
}

/// <summary>Which entries of a product are known to be zero or not wanted, so that they need no work.</summary>
[Flags]
internal enum Zeros
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>a (i, k) for k below i: a is upper triangular.</summary>
    LeftBelow = 1,

    /// <summary>a (i, k) for k above i: a is lower triangular.</summary>
    LeftAbove = 2,

    /// <summary>b (k, j) for k below j: b is lower triangular.</summary>
    RightAbove = 4,

    /// <summary>c (i, j) for i above j is not wanted: it is left as it is, or computed all the same.</summary>
    ResultBelow = 8,

    /// <summary>c (i, j) for i below j is not wanted: it is left as it is, or computed all the same.</summary>
    ResultAbove = 16,

    /// <summary>The product of two lower triangular matrices.</summary>
    Lower = LeftAbove | RightAbove | ResultAbove,
}

/// <summary>Products of small dense matrices, a block of four rows by up to three packs at a time, held in registers.</summary>
/// <remarks>
/// Every entry of the result is summed in the order of the inner index, whatever the width of the packs. Operands have
/// strides of their own, so that transposed and embedded matrices need no copy. Compiled at once with all optimisations: the
/// first, slow versions of generic kernels would be ten times slower. Triangular operands are read in whole
/// blocks: their zeros must be stored. Sizes are the caller's to check; nothing is allocated; thread-safe. The blocking is
/// for matrices that fit the first cache, some hundred rows at most.
/// K. Goto and R. A. van de Geijn, ACM Trans. Math. Softw. 34 (2008), 12, for the idea of the inner kernel.
/// </remarks>
internal static class BlockProduct
{
    /// <summary>c = a b, and what <paramref name="accumulation"/> says.</summary>
    /// <param name="a">m by k; entry (i, p) is element i * <paramref name="aRow"/> + p * <paramref name="aColumn"/>.</param>
    /// <param name="aRow">Distance between rows of <paramref name="a"/>.</param>
    /// <param name="aColumn">Distance between its columns.</param>
    /// <param name="b">k by n, rows <paramref name="bRow"/> apart.</param>
    /// <param name="bRow">Distance between rows of <paramref name="b"/>.</param>
    /// <param name="c">m by n, rows <paramref name="cRow"/> apart.</param>
    /// <param name="cRow">Distance between rows of <paramref name="c"/>.</param>
    /// <param name="m">Rows of the result.</param>
    /// <param name="k">Inner size.</param>
    /// <param name="n">Columns of the result.</param>
    /// <param name="accumulation">What happens with the old entries of <paramref name="c"/>.</param>
    /// <param name="zeros">What needs no work.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(
        ReadOnlySpan<double> a, int aRow, int aColumn, ReadOnlySpan<double> b, int bRow, Span<double> c, int cRow,
        int m, int k, int n, Accumulation accumulation = Accumulation.Set, Zeros zeros = Zeros.None)
    {
        if (n == Pack4.Count && Vector256.IsHardwareAccelerated)
        {
            OnePack(ref MemoryMarshal.GetReference(a), aRow, aColumn, ref MemoryMarshal.GetReference(b), bRow,
                ref MemoryMarshal.GetReference(c), cRow, m, k, accumulation);
            return;
        }

        var block = new Block
        {
            A = ref MemoryMarshal.GetReference(a),
            ARow = aRow,
            AColumn = aColumn,
            B = ref MemoryMarshal.GetReference(b),
            BRow = bRow,
            C = ref MemoryMarshal.GetReference(c),
            CRow = cRow,
            M = m,
            K = k,
            Accumulation = accumulation,
            Zeros = zeros,
        };
        int j = 0;
        if (Vector512.IsHardwareAccelerated && n >= 8)
        {
            j = Strips<Pack8>(block, n);
        }

        if (Vector256.IsHardwareAccelerated && n - j >= 4)
        {
            j = Strips<Pack4>(block, n, j);
        }

        if (n - j >= 2)
        {
            j = Strips<Pack2>(block, n, j);
        }

        if (j < n)
        {
            Strip<Pack1>(block, j);
        }
    }

    // A result of four columns, where looking for zeros costs more than it saves; a triangle of more rows is the caller's loss.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OnePack(
        ref double a, nint aRow, nint aColumn, ref double b, nint bRow, ref double c, nint cRow, int m, int k, Accumulation accumulation)
    {
        int i = 0;
        for (; i + 4 <= m; i += 4)
        {
            Four<Pack4>(ref Unsafe.Add(ref a, i * aRow), aRow, aColumn, ref b, bRow, ref Unsafe.Add(ref c, i * cRow), cRow, k, accumulation);
        }

        if (i + 2 <= m)
        {
            Two<Pack4>(ref Unsafe.Add(ref a, i * aRow), aRow, aColumn, ref b, bRow, ref Unsafe.Add(ref c, i * cRow), cRow, k, accumulation);
            i += 2;
        }

        if (i < m)
        {
            One<Pack4>(ref Unsafe.Add(ref a, i * aRow), aColumn, ref b, bRow, ref Unsafe.Add(ref c, i * cRow), k, accumulation);
        }
    }

    private ref struct Block
    {
        public ref double A;
        public ref double B;
        public ref double C;
        public nint ARow;
        public nint AColumn;
        public nint BRow;
        public nint CRow;
        public int M;
        public int K;
        public Accumulation Accumulation;
        public Zeros Zeros;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Strips<T>(in Block block, int n, int j = 0) where T : struct, IPack<T>
    {
        for (; n - j >= 3 * T.Count; j += 3 * T.Count)
        {
            Strip<PackTriple<T>>(block, j);
        }

        if (n - j >= 2 * T.Count)
        {
            Strip<PackPair<T>>(block, j);
            j += 2 * T.Count;
        }

        if (n - j >= T.Count)
        {
            Strip<T>(block, j);
            j += T.Count;
        }

        return j;
    }

    // The columns of the result from j on, as many as a pack has.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Strip<T>(in Block block, int j) where T : struct, IPack<T>
    {
        int m = Has(block, Zeros.ResultBelow) ? Math.Min(block.M, j + T.Count) : block.M;
        int begin = Has(block, Zeros.RightAbove) ? Math.Min(j, block.K) : 0;
        int i = Has(block, Zeros.ResultAbove) ? j & ~3 : 0;
        for (; i + 4 <= m; i += 4)
        {
            (int from, int to) = Range(block, i, 4, begin);
            Four<T>(
                ref Unsafe.Add(ref block.A, (i * block.ARow) + (from * block.AColumn)), block.ARow, block.AColumn,
                ref Unsafe.Add(ref block.B, (from * block.BRow) + j), block.BRow,
                ref Unsafe.Add(ref block.C, (i * block.CRow) + j), block.CRow, to - from, block.Accumulation);
        }

        if (i + 2 <= m)
        {
            (int from, int to) = Range(block, i, 2, begin);
            Two<T>(
                ref Unsafe.Add(ref block.A, (i * block.ARow) + (from * block.AColumn)), block.ARow, block.AColumn,
                ref Unsafe.Add(ref block.B, (from * block.BRow) + j), block.BRow,
                ref Unsafe.Add(ref block.C, (i * block.CRow) + j), block.CRow, to - from, block.Accumulation);
            i += 2;
        }

        if (i < m)
        {
            (int from, int to) = Range(block, i, 1, begin);
            One<T>(
                ref Unsafe.Add(ref block.A, (i * block.ARow) + (from * block.AColumn)), block.AColumn,
                ref Unsafe.Add(ref block.B, (from * block.BRow) + j), block.BRow,
                ref Unsafe.Add(ref block.C, (i * block.CRow) + j), to - from, block.Accumulation);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Has(in Block block, Zeros zeros) => (block.Zeros & zeros) != 0;

    // The inner indices that a block of rows needs.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (int From, int To) Range(in Block block, int i, int rows, int begin)
    {
        int to = Has(block, Zeros.LeftAbove) ? Math.Min(i + rows, block.K) : block.K;
        int from = Has(block, Zeros.LeftBelow) ? Math.Max(i, begin) : begin;
        return (Math.Min(from, to), to);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four<T>(
        ref double a, nint aRow, nint aColumn, ref double b, nint bRow, ref double c, nint cRow, int count, Accumulation accumulation)
        where T : struct, IPack<T>
    {
        T c0 = T.All(0.0);
        T c1 = c0;
        T c2 = c0;
        T c3 = c0;
        ref double a2 = ref Unsafe.Add(ref a, 2 * aRow);
        for (; count > 0; count--)
        {
            T row = T.Load(ref b);
            c0 = T.MultiplyAdd(T.All(a), row, c0);
            c1 = T.MultiplyAdd(T.All(Unsafe.Add(ref a, aRow)), row, c1);
            c2 = T.MultiplyAdd(T.All(a2), row, c2);
            c3 = T.MultiplyAdd(T.All(Unsafe.Add(ref a2, aRow)), row, c3);
            a = ref Unsafe.Add(ref a, aColumn);
            a2 = ref Unsafe.Add(ref a2, aColumn);
            b = ref Unsafe.Add(ref b, bRow);
        }

        Finish(ref c, c0, accumulation);
        Finish(ref Unsafe.Add(ref c, cRow), c1, accumulation);
        Finish(ref Unsafe.Add(ref c, 2 * cRow), c2, accumulation);
        Finish(ref Unsafe.Add(ref c, 3 * cRow), c3, accumulation);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Two<T>(
        ref double a, nint aRow, nint aColumn, ref double b, nint bRow, ref double c, nint cRow, int count, Accumulation accumulation)
        where T : struct, IPack<T>
    {
        T c0 = T.All(0.0);
        T c1 = c0;
        for (; count > 0; count--)
        {
            T row = T.Load(ref b);
            c0 = T.MultiplyAdd(T.All(a), row, c0);
            c1 = T.MultiplyAdd(T.All(Unsafe.Add(ref a, aRow)), row, c1);
            a = ref Unsafe.Add(ref a, aColumn);
            b = ref Unsafe.Add(ref b, bRow);
        }

        Finish(ref c, c0, accumulation);
        Finish(ref Unsafe.Add(ref c, cRow), c1, accumulation);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One<T>(
        ref double a, nint aColumn, ref double b, nint bRow, ref double c, int count, Accumulation accumulation)
        where T : struct, IPack<T>
    {
        T c0 = T.All(0.0);
        for (; count > 0; count--)
        {
            c0 = T.MultiplyAdd(T.All(a), T.Load(ref b), c0);
            a = ref Unsafe.Add(ref a, aColumn);
            b = ref Unsafe.Add(ref b, bRow);
        }

        Finish(ref c, c0, accumulation);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish<T>(ref double target, T value, Accumulation accumulation) where T : struct, IPack<T>
    {
        if (accumulation == Accumulation.Add)
        {
            value = T.Add(T.Load(ref target), value);
        }
        else if (accumulation == Accumulation.Subtract)
        {
            value = T.Subtract(T.Load(ref target), value);
        }

        value.Store(ref target);
    }
}
