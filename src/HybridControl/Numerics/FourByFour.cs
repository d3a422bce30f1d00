using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace HybridControl.Numerics;

/// <summary>What covariances of up to four states go through, all in registers: for them the calls of general kernels cost more than their work.</summary>
/// <remarks>Work matrices of width <see cref="Width"/>, with zeros after rows and after the last row. Thread-safe.</remarks>
internal static class FourByFour
{
    /// <summary>The width of the matrices.</summary>
    public const int Width = 4;

    /// <summary>Whether the processor can.</summary>
    public static bool IsSupported => Avx.IsSupported;

    /// <summary>C = A P A' + B for symmetric P and B, the same bits on both sides of the diagonal.</summary>
    /// <param name="transposed">A'.</param>
    /// <param name="p">P.</param>
    /// <param name="added">B, of which the upper triangle is read.</param>
    /// <param name="result">Receives C.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Congruence(WorkMatrix transposed, WorkMatrix p, WorkMatrix added, WorkMatrix result)
    {
        ref double a = ref First(transposed);
        ref double b = ref First(added);
        ref double c = ref First(result);
        Rows moved = Product(ref First(p), new Rows(ref a, Width));
        var sum = new Rows(
            Combine(ref a, Width, moved, Row(ref b, 0)),
            Combine(ref Unsafe.Add(ref a, 1), Width, moved, Row(ref b, 1)),
            Combine(ref Unsafe.Add(ref a, 2), Width, moved, Row(ref b, 2)),
            Combine(ref Unsafe.Add(ref a, 3), Width, moved, Row(ref b, 3)));
        Rows turned = BlockTranspose.Turn(sum);
        sum.R0.StoreUnsafe(ref c);
        Vector256.ConditionalSelect(Vector256.Create(-1L, 0L, 0L, 0L).AsDouble(), turned.R1, sum.R1).StoreUnsafe(ref c, Width);
        Vector256.ConditionalSelect(Vector256.Create(-1L, -1L, 0L, 0L).AsDouble(), turned.R2, sum.R2).StoreUnsafe(ref c, 2 * Width);
        Vector256.ConditionalSelect(Vector256.Create(-1L, -1L, -1L, 0L).AsDouble(), turned.R3, sum.R3).StoreUnsafe(ref c, 3 * Width);
    }

    /// <summary>Writes [A P A' + B, A P], rows of m.</summary>
    /// <param name="transposed">A'.</param>
    /// <param name="p">P, symmetric.</param>
    /// <param name="added">B.</param>
    /// <param name="result">Receives m rows of twice the width.</param>
    /// <param name="stride">Distance between rows of <paramref name="result"/>.</param>
    /// <param name="m">Rows of A.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Sight(WorkMatrix transposed, WorkMatrix p, WorkMatrix added, Span<double> result, int stride, int m)
    {
        ref double a = ref First(transposed);
        ref double b = ref First(added);
        ref double c = ref MemoryMarshal.GetReference(result);
        Rows moved = Product(ref First(p), new Rows(ref a, Width));
        Rows turned = BlockTranspose.Turn(moved);
        for (int i = 0; i < m; i++)
        {
            ref double row = ref Unsafe.Add(ref c, i * stride);
            Combine(ref Unsafe.Add(ref a, i), Width, moved, Row(ref b, i)).StoreUnsafe(ref row);
            (i switch { 0 => turned.R0, 1 => turned.R1, 2 => turned.R2, _ => turned.R3 }).StoreUnsafe(ref row, Width);
        }
    }

    /// <summary>C = P - V V' and y = V w; C has the same bits on both sides of the diagonal if P has.</summary>
    /// <param name="p">P.</param>
    /// <param name="v">[V', w], m rows; w comes after the width.</param>
    /// <param name="stride">Distance between rows of <paramref name="v"/>.</param>
    /// <param name="m">Columns of V.</param>
    /// <param name="result">Receives C.</param>
    /// <param name="y">Receives y, as many numbers as the width.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Reduce(WorkMatrix p, ReadOnlySpan<double> v, int stride, int m, WorkMatrix result, Span<double> y)
    {
        ref double first = ref MemoryMarshal.GetReference(v);
        ref double c = ref First(result);
        var rows = new Rows(ref First(p), Width);
        (Vector256<double> c0, Vector256<double> c1, Vector256<double> c2, Vector256<double> c3) = (rows.R0, rows.R1, rows.R2, rows.R3);
        Vector256<double> sum = Vector256<double>.Zero;
        for (int k = 0; k < m; k++)
        {
            ref double row = ref Unsafe.Add(ref first, k * stride);
            Vector256<double> added = Vector256.LoadUnsafe(ref row);
            Vector256<double> taken = -added;
            sum = Add(Unsafe.Add(ref row, Width), added, sum);
            c0 = Add(row, taken, c0);
            c1 = Add(Unsafe.Add(ref row, 1), taken, c1);
            c2 = Add(Unsafe.Add(ref row, 2), taken, c2);
            c3 = Add(Unsafe.Add(ref row, 3), taken, c3);
        }

        sum.StoreUnsafe(ref MemoryMarshal.GetReference(y[..Width]));
        c0.StoreUnsafe(ref c);
        c1.StoreUnsafe(ref c, Width);
        c2.StoreUnsafe(ref c, 2 * Width);
        c3.StoreUnsafe(ref c, 3 * Width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Rows Product(ref double a, Rows b) => new(
        Combine(ref a, 1, b, Vector256<double>.Zero),
        Combine(ref Unsafe.Add(ref a, Width), 1, b, Vector256<double>.Zero),
        Combine(ref Unsafe.Add(ref a, 2 * Width), 1, b, Vector256<double>.Zero),
        Combine(ref Unsafe.Add(ref a, 3 * Width), 1, b, Vector256<double>.Zero));

    // The rows with four weights, added up in their order.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Combine(ref double weights, nint step, Rows rows, Vector256<double> sum)
    {
        sum = Add(weights, rows.R0, sum);
        sum = Add(Unsafe.Add(ref weights, step), rows.R1, sum);
        sum = Add(Unsafe.Add(ref weights, 2 * step), rows.R2, sum);
        return Add(Unsafe.Add(ref weights, 3 * step), rows.R3, sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Add(double weight, Vector256<double> row, Vector256<double> sum) =>
        Vector256.MultiplyAddEstimate(Vector256.Create(weight), row, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Row(ref double a, int i) => Vector256.LoadUnsafe(ref a, (nuint)(i * Width));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref double First(WorkMatrix matrix) => ref MemoryMarshal.GetReference(matrix.Span);

    /// <summary>Four rows of four numbers.</summary>
    internal readonly struct Rows
    {
        public readonly Vector256<double> R0;
        public readonly Vector256<double> R1;
        public readonly Vector256<double> R2;
        public readonly Vector256<double> R3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Rows(Vector256<double> r0, Vector256<double> r1, Vector256<double> r2, Vector256<double> r3) =>
            (R0, R1, R2, R3) = (r0, r1, r2, r3);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Rows(ref double first, nint stride)
            : this(
                Vector256.LoadUnsafe(ref first),
                Vector256.LoadUnsafe(ref Unsafe.Add(ref first, stride)),
                Vector256.LoadUnsafe(ref Unsafe.Add(ref first, 2 * stride)),
                Vector256.LoadUnsafe(ref Unsafe.Add(ref first, 3 * stride)))
        {
        }
    }
}
