using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using HybridControl.Numerics;

namespace HybridControl.Solvers;

/// <summary>The loops over the states of a Radau step; the vectors of the stages, n numbers each, stand one behind the other.</summary>
/// <remarks>
/// Sums over stages with the coefficients of a matrix. Several states are treated at once where there are enough of them; of those that are
/// left, all stages of one at once.
/// </remarks>
internal static class RadauKernels
{
    private const int Stride = RadauScheme.Stride;

    /// <summary>Writes A f + B w: the right sides of the linear systems.</summary>
    /// <param name="scheme">Stages.</param>
    /// <param name="n">The number of states.</param>
    /// <param name="a">A, by columns.</param>
    /// <param name="f">f, n numbers for each stage.</param>
    /// <param name="b">B, by columns.</param>
    /// <param name="w">w, likewise.</param>
    /// <param name="sum">Written.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Sum(RadauScheme scheme, int n, double[] a, double[] f, double[] b, double[] w, double[] sum)
    {
        var place = new Place
        {
            N = n,
            Rows = scheme.Stages,
            Columns = scheme.Stages,
            A = ref MemoryMarshal.GetArrayDataReference(a),
            F = ref MemoryMarshal.GetArrayDataReference(f),
            B = ref MemoryMarshal.GetArrayDataReference(b),
            W = ref MemoryMarshal.GetArrayDataReference(w),
            Z = ref MemoryMarshal.GetArrayDataReference(sum),
        };
        int i = n < 4 ? 0 : Vector512.IsHardwareAccelerated ? Sum<Pack8>(place, 0) : Sum<Pack4>(place, 0);
        if (place.Rows == 3)
        {
            SumStages<Pack4>(place, i);
        }
        else
        {
            SumStages<Pack8>(place, i);
        }
    }

    /// <summary>Adds an increment to w, and writes z = T w and the stages x + z.</summary>
    /// <param name="scheme">Stages.</param>
    /// <param name="n">The number of states.</param>
    /// <param name="increments">n numbers for each stage.</param>
    /// <param name="weights">1 / tolerance of each state.</param>
    /// <param name="w">What the increments are added to.</param>
    /// <param name="states">x.</param>
    /// <param name="z">Written.</param>
    /// <param name="points">x + z; written.</param>
    /// <returns>The sum of the squares of the weighted increments.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Update(
        RadauScheme scheme, int n, double[] increments, double[] weights, double[] w, double[] states, double[] z, double[] points)
    {
        var place = new Place
        {
            N = n,
            Rows = scheme.Stages,
            Columns = scheme.Stages,
            A = ref MemoryMarshal.GetArrayDataReference(scheme.Transform),
            F = ref MemoryMarshal.GetArrayDataReference(w),
            B = ref MemoryMarshal.GetArrayDataReference(states),
            W = ref MemoryMarshal.GetArrayDataReference(points),
            Z = ref MemoryMarshal.GetArrayDataReference(z),
            D = ref MemoryMarshal.GetArrayDataReference(increments),
            Weights = ref MemoryMarshal.GetArrayDataReference(weights),
        };
        double sum = 0.0;
        int i = n < 4 ? 0 : Vector512.IsHardwareAccelerated ? Update<Pack8>(place, 0, ref sum) : Update<Pack4>(place, 0, ref sum);
        for (; i < n; i++)
        {
            Advance<Pack1>(place, i, ref sum);
            if (place.Rows == 3)
            {
                WriteStages<Pack4>(place, i);
            }
            else
            {
                WriteStages<Pack8>(place, i);
            }
        }

        return sum;
    }

    /// <summary>Writes z = A f, and x + z.</summary>
    /// <param name="scheme">Stages of z.</param>
    /// <param name="columns">Stages of f.</param>
    /// <param name="n">The number of states.</param>
    /// <param name="a">A, by columns.</param>
    /// <param name="f">f, n numbers for each column.</param>
    /// <param name="states">x.</param>
    /// <param name="z">z, n numbers for each stage; written.</param>
    /// <param name="points">x + z; written.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Map(RadauScheme scheme, int columns, int n, double[] a, double[] f, double[] states, double[] z, double[] points)
    {
        var place = new Place
        {
            N = n,
            Rows = scheme.Stages,
            Columns = columns,
            A = ref MemoryMarshal.GetArrayDataReference(a),
            F = ref MemoryMarshal.GetArrayDataReference(f),
            B = ref MemoryMarshal.GetArrayDataReference(states),
            W = ref MemoryMarshal.GetArrayDataReference(points),
            Z = ref MemoryMarshal.GetArrayDataReference(z),
        };
        int i = n < 4 ? 0 : Vector512.IsHardwareAccelerated ? Map<Pack8>(place, 0) : Map<Pack4>(place, 0);
        for (; i < n; i++)
        {
            if (place.Rows == 3)
            {
                WriteStages<Pack4>(place, i);
            }
            else
            {
                WriteStages<Pack8>(place, i);
            }
        }
    }

    /// <summary>Writes a matrix that takes the stages of a step to where its polynomial puts those of the next one.</summary>
    /// <param name="last">The scheme of that step.</param>
    /// <param name="next">The scheme of the next step.</param>
    /// <param name="ratio">Size of the next step over that of the last one.</param>
    /// <param name="matrix">By columns; written.</param>
    public static void Extrapolation(RadauScheme last, RadauScheme next, double ratio, Span<double> matrix)
    {
        if (next.Stages == 3)
        {
            Extrapolation<Pack4>(last, next, ratio, matrix);
        }
        else
        {
            Extrapolation<Pack8>(last, next, ratio, matrix);
        }
    }

    /// <summary>Writes what the polynomial of a step lacks of the slope at its start: (f - M p') with p' as the powers of the stages give it.</summary>
    /// <param name="scheme">Stages.</param>
    /// <param name="n">The number of states.</param>
    /// <param name="rate">1 / h.</param>
    /// <param name="z">The stages less the start.</param>
    /// <param name="slopes">Written: -p'.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void StartSlopes(RadauScheme scheme, int n, double rate, ReadOnlySpan<double> z, Span<double> slopes)
    {
        ref double from = ref MemoryMarshal.GetReference(z[..(scheme.Stages * n)]);
        ref double to = ref MemoryMarshal.GetReference(slopes[..n]);
        ref double powers = ref MemoryMarshal.GetReference(scheme.Powers.AsSpan(0, scheme.Stages * Stride));
        int i = n < 4 ? 0 : Vector512.IsHardwareAccelerated
            ? StartSlopes<Pack8>(scheme.Stages, n, 0, -rate, ref powers, ref from, ref to)
            : StartSlopes<Pack4>(scheme.Stages, n, 0, -rate, ref powers, ref from, ref to);
        StartSlopes<Pack1>(scheme.Stages, n, i, -rate, ref powers, ref from, ref to);
    }

    private ref struct Place
    {
        public int N;
        public int Rows;
        public int Columns;
        public ref double A;
        public ref double F;
        public ref double B;
        public ref double W;
        public ref double Z;
        public ref double D;
        public ref double Weights;
    }

    [InlineArray(Stride)]
    private struct Eight
    {
        private double _first;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Sum<T>(in Place place, int i) where T : struct, IPack<T>
    {
        int n = place.N;
        for (; i + T.Count <= n; i += T.Count)
        {
            for (int j = 0; j < place.Rows; j++)
            {
                T sum = T.All(0.0);
                for (int k = 0; k < place.Columns; k++)
                {
                    int at = (k * Stride) + j;
                    sum = T.MultiplyAdd(T.All(Unsafe.Add(ref place.A, at)), T.Load(ref Unsafe.Add(ref place.F, (k * n) + i)), sum);
                    sum = T.MultiplyAdd(T.All(Unsafe.Add(ref place.B, at)), T.Load(ref Unsafe.Add(ref place.W, (k * n) + i)), sum);
                }

                sum.Store(ref Unsafe.Add(ref place.Z, (j * n) + i));
            }
        }

        return i;
    }

    // The first three columns and rows are written out: more there are not at order 5.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SumStages<T>(in Place place, int i) where T : struct, IPack<T>
    {
        Unsafe.SkipInit(out Eight stages);
        int n = place.N;
        for (; i < n; i++)
        {
            T sum = Columns<T>(ref place.A, ref Unsafe.Add(ref place.F, i), n, place.Columns);
            T.Add(sum, Columns<T>(ref place.B, ref Unsafe.Add(ref place.W, i), n, place.Columns)).Store(ref stages[0]);
            ref double to = ref Unsafe.Add(ref place.Z, i);
            to = stages[0];
            Unsafe.Add(ref to, n) = stages[1];
            Unsafe.Add(ref to, 2 * n) = stages[2];
            for (int j = 3; j < place.Rows; j++)
            {
                Unsafe.Add(ref to, j * n) = stages[j];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Columns<T>(ref double matrix, ref double vector, int n, int columns) where T : struct, IPack<T>
    {
        T sum = T.Multiply(T.Load(ref matrix), T.All(vector));
        sum = T.MultiplyAdd(T.Load(ref Unsafe.Add(ref matrix, Stride)), T.All(Unsafe.Add(ref vector, n)), sum);
        sum = T.MultiplyAdd(T.Load(ref Unsafe.Add(ref matrix, 2 * Stride)), T.All(Unsafe.Add(ref vector, 2 * n)), sum);
        for (int k = 3; k < columns; k++)
        {
            sum = T.MultiplyAdd(T.Load(ref Unsafe.Add(ref matrix, k * Stride)), T.All(Unsafe.Add(ref vector, k * n)), sum);
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Map<T>(in Place place, int i) where T : struct, IPack<T>
    {
        for (; i + T.Count <= place.N; i += T.Count)
        {
            Write<T>(place, i);
        }

        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Update<T>(in Place place, int i, ref double sum) where T : struct, IPack<T>
    {
        for (; i + T.Count <= place.N; i += T.Count)
        {
            Advance<T>(place, i, ref sum);
            Write<T>(place, i);
        }

        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Advance<T>(in Place place, int i, ref double sum) where T : struct, IPack<T>
    {
        var weight = T.Load(ref Unsafe.Add(ref place.Weights, i));
        ref double increments = ref Unsafe.Add(ref place.D, i);
        ref double w = ref Unsafe.Add(ref place.F, i);
        int n = place.N;
        T total = Advance(ref increments, ref w, weight, T.All(0.0));
        total = Advance(ref Unsafe.Add(ref increments, n), ref Unsafe.Add(ref w, n), weight, total);
        total = Advance(ref Unsafe.Add(ref increments, 2 * n), ref Unsafe.Add(ref w, 2 * n), weight, total);
        for (int k = 3; k < place.Columns; k++)
        {
            total = Advance(ref Unsafe.Add(ref increments, k * n), ref Unsafe.Add(ref w, k * n), weight, total);
        }

        sum += T.Sum(total);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Advance<T>(ref double increments, ref double w, T weight, T total) where T : struct, IPack<T>
    {
        var increment = T.Load(ref increments);
        T scaled = T.Multiply(increment, weight);
        T.Add(T.Load(ref w), increment).Store(ref w);
        return T.MultiplyAdd(scaled, scaled, total);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write<T>(in Place place, int i) where T : struct, IPack<T>
    {
        int n = place.N;
        var state = T.Load(ref Unsafe.Add(ref place.B, i));
        for (int j = 0; j < place.Rows; j++)
        {
            T sum = T.Multiply(T.All(Unsafe.Add(ref place.A, j)), T.Load(ref Unsafe.Add(ref place.F, i)));
            for (int k = 1; k < place.Columns; k++)
            {
                sum = T.MultiplyAdd(T.All(Unsafe.Add(ref place.A, (k * Stride) + j)), T.Load(ref Unsafe.Add(ref place.F, (k * n) + i)), sum);
            }

            sum.Store(ref Unsafe.Add(ref place.Z, (j * n) + i));
            T.Add(state, sum).Store(ref Unsafe.Add(ref place.W, (j * n) + i));
        }
    }

    // All stages of one state.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WriteStages<T>(in Place place, int i) where T : struct, IPack<T>
    {
        Unsafe.SkipInit(out Eight stages);
        int n = place.N;
        Columns<T>(ref place.A, ref Unsafe.Add(ref place.F, i), n, place.Columns).Store(ref stages[0]);
        double state = Unsafe.Add(ref place.B, i);
        ref double z = ref Unsafe.Add(ref place.Z, i);
        ref double point = ref Unsafe.Add(ref place.W, i);
        (z, point) = (stages[0], state + stages[0]);
        (Unsafe.Add(ref z, n), Unsafe.Add(ref point, n)) = (stages[1], state + stages[1]);
        (Unsafe.Add(ref z, 2 * n), Unsafe.Add(ref point, 2 * n)) = (stages[2], state + stages[2]);
        for (int j = 3; j < place.Rows; j++)
        {
            Unsafe.Add(ref z, j * n) = stages[j];
            Unsafe.Add(ref point, j * n) = state + stages[j];
        }
    }

    // Lagrange's polynomials on zero and the nodes, at 1 + ratio c; s is the distance from the end, where rounding is small.
    private static void Extrapolation<T>(RadauScheme last, RadauScheme next, double ratio, Span<double> matrix) where T : struct, IPack<T>
    {
        ref double column = ref MemoryMarshal.GetReference(matrix[..(last.Stages * Stride)]);
        T s = T.Multiply(T.All(ratio), T.Load(ref next.Nodes[0]));
        T product = T.Add(s, T.All(1.0));
        for (int k = 0; k < last.Stages; k++)
        {
            product.Store(ref Unsafe.Add(ref column, k * Stride));
            product = T.Multiply(product, T.Add(s, T.All(last.Ahead[k])));
        }

        product = T.All(1.0);
        for (int k = last.Stages - 1; k >= 0; k--)
        {
            ref double to = ref Unsafe.Add(ref column, k * Stride);
            T whole = T.Multiply(T.Load(ref to), T.Multiply(product, T.All(last.Scales[k])));
            (k == last.Stages - 1 ? T.Subtract(whole, T.All(1.0)) : whole).Store(ref to);
            product = T.Multiply(product, T.Add(s, T.All(last.Ahead[k])));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int StartSlopes<T>(int stages, int n, int i, double rate, ref double powers, ref double z, ref double slopes)
        where T : struct, IPack<T>
    {
        for (; i + T.Count <= n; i += T.Count)
        {
            T sum = T.All(0.0);
            for (int k = 0; k < stages; k++)
            {
                sum = T.MultiplyAdd(T.All(rate * Unsafe.Add(ref powers, k * Stride)), T.Load(ref Unsafe.Add(ref z, (k * n) + i)), sum);
            }

            sum.Store(ref Unsafe.Add(ref slopes, i));
        }

        return i;
    }
}
