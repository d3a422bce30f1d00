using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using HybridControl.Numerics;
using static HybridControl.Solvers.RadauTransformation;

namespace HybridControl.Solvers;

/// <summary>The loops over the states of a Radau step; three vectors of n numbers stand one behind the other.</summary>
internal static class RadauKernels
{
    /// <summary>
    /// Turns the right-hand sides of the stages into the right sides of the linear systems: T^-1 f minus the eigenvalues of
    /// A^-1 / h times M w.
    /// </summary>
    /// <param name="n">The number of states.</param>
    /// <param name="rate">1 / h.</param>
    /// <param name="w">M w, 3 n.</param>
    /// <param name="f">f, 3 n; then the right sides.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Residual(int n, double rate, ReadOnlySpan<double> w, Span<double> f)
    {
        ref double from = ref MemoryMarshal.GetReference(w[..(3 * n)]);
        ref double to = ref MemoryMarshal.GetReference(f[..(3 * n)]);
        int i = Vector512.IsHardwareAccelerated ? Residual<Pack8>(n, 0, rate, ref from, ref to) : Residual<Pack4>(n, 0, rate, ref from, ref to);
        Residual<Pack1>(n, i, rate, ref from, ref to);
    }

    /// <summary>Adds an increment to w and takes the stages along.</summary>
    /// <param name="n">The number of states.</param>
    /// <param name="increments">The solutions of the linear systems, 3 n.</param>
    /// <param name="weights">1 / tolerance of each state.</param>
    /// <param name="states">The states at the start.</param>
    /// <param name="w">The transformed stages, 3 n.</param>
    /// <param name="z">The stages less the states, 3 n; written.</param>
    /// <param name="points">The stages, 3 n; written.</param>
    /// <returns>The sum of the squares of the weighted increments.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Update(
        int n, ReadOnlySpan<double> increments, ReadOnlySpan<double> weights, ReadOnlySpan<double> states, Span<double> w, Span<double> z,
        Span<double> points)
    {
        var place = new Place
        {
            N = n,
            Increments = ref MemoryMarshal.GetReference(increments[..(3 * n)]),
            Weights = ref MemoryMarshal.GetReference(weights[..n]),
            States = ref MemoryMarshal.GetReference(states[..n]),
            W = ref MemoryMarshal.GetReference(w[..(3 * n)]),
            Z = ref MemoryMarshal.GetReference(z[..(3 * n)]),
            Points = ref MemoryMarshal.GetReference(points[..(3 * n)]),
        };
        double sum = 0.0;
        int i = Vector512.IsHardwareAccelerated ? Update<Pack8>(place, 0, ref sum) : Update<Pack4>(place, 0, ref sum);
        Update<Pack1>(place, i, ref sum);
        return sum;
    }

    /// <summary>Starts the stages on the polynomial of the step before.</summary>
    /// <param name="n">The number of states.</param>
    /// <param name="ratio">This step size over that one.</param>
    /// <param name="newton">The polynomial in Newton's form around its end, 3 n.</param>
    /// <param name="states">The states at the start.</param>
    /// <param name="w">The transformed stages, 3 n; written.</param>
    /// <param name="z">The stages less the states, 3 n; written.</param>
    /// <param name="points">The stages, 3 n; written.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Extrapolate(
        int n, double ratio, ReadOnlySpan<double> newton, ReadOnlySpan<double> states, Span<double> w, Span<double> z, Span<double> points)
    {
        var place = new Place
        {
            N = n,
            Increments = ref MemoryMarshal.GetReference(newton[..(3 * n)]),
            States = ref MemoryMarshal.GetReference(states[..n]),
            W = ref MemoryMarshal.GetReference(w[..(3 * n)]),
            Z = ref MemoryMarshal.GetReference(z[..(3 * n)]),
            Points = ref MemoryMarshal.GetReference(points[..(3 * n)]),
        };
        int i = Vector512.IsHardwareAccelerated ? Extrapolate<Pack8>(place, 0, ratio) : Extrapolate<Pack4>(place, 0, ratio);
        Extrapolate<Pack1>(place, i, ratio);
    }

    /// <summary>Writes (e1 z1 + e2 z2 + e3 z3) / h.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Estimate(int n, double rate, ReadOnlySpan<double> z, Span<double> estimate)
    {
        ref double from = ref MemoryMarshal.GetReference(z[..(3 * n)]);
        ref double to = ref MemoryMarshal.GetReference(estimate[..n]);
        int i = Vector512.IsHardwareAccelerated ? Estimate<Pack8>(n, 0, rate, ref from, ref to) : Estimate<Pack4>(n, 0, rate, ref from, ref to);
        Estimate<Pack1>(n, i, rate, ref from, ref to);
    }

    /// <summary>The sum of the squares of weighted numbers.</summary>
    public static double SumOfSquares(ReadOnlySpan<double> values, ReadOnlySpan<double> weights)
    {
        double sum = 0.0;
        weights = weights[..values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            double scaled = values[i] * weights[i];
            sum = double.MultiplyAddEstimate(scaled, scaled, sum);
        }

        return sum;
    }

    private ref struct Place
    {
        public int N;
        public ref double Increments;
        public ref double Weights;
        public ref double States;
        public ref double W;
        public ref double Z;
        public ref double Points;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Three<T>(double a, double b, double c, T x, T y, T z) where T : struct, IPack<T> =>
        T.MultiplyAdd(T.All(c), z, T.MultiplyAdd(T.All(b), y, T.Multiply(T.All(a), x)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Residual<T>(int n, int i, double rate, ref double w, ref double f) where T : struct, IPack<T>
    {
        (double gamma, double alpha, double beta) = (-Gamma * rate, -Alpha * rate, Beta * rate);
        for (; i + T.Count <= n; i += T.Count)
        {
            ref double at = ref Unsafe.Add(ref f, i);
            var f1 = T.Load(ref at);
            var f2 = T.Load(ref Unsafe.Add(ref at, n));
            var f3 = T.Load(ref Unsafe.Add(ref at, 2 * n));
            ref double old = ref Unsafe.Add(ref w, i);
            var w2 = T.Load(ref Unsafe.Add(ref old, n));
            var w3 = T.Load(ref Unsafe.Add(ref old, 2 * n));
            T.MultiplyAdd(T.All(gamma), T.Load(ref old), Three(I11, I12, I13, f1, f2, f3)).Store(ref at);
            T.MultiplyAdd(T.All(alpha), w2, T.MultiplyAdd(T.All(beta), w3, Three(I21, I22, I23, f1, f2, f3))).Store(ref Unsafe.Add(ref at, n));
            T.MultiplyAdd(T.All(alpha), w3, T.MultiplyAdd(T.All(-beta), w2, Three(I31, I32, I33, f1, f2, f3))).Store(ref Unsafe.Add(ref at, 2 * n));
        }

        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Update<T>(in Place place, int i, ref double sum) where T : struct, IPack<T>
    {
        int n = place.N;
        T total = T.All(0.0);
        for (; i + T.Count <= n; i += T.Count)
        {
            ref double increment = ref Unsafe.Add(ref place.Increments, i);
            var d1 = T.Load(ref increment);
            var d2 = T.Load(ref Unsafe.Add(ref increment, n));
            var d3 = T.Load(ref Unsafe.Add(ref increment, 2 * n));
            var weight = T.Load(ref Unsafe.Add(ref place.Weights, i));
            T e1 = T.Multiply(d1, weight);
            T e2 = T.Multiply(d2, weight);
            T e3 = T.Multiply(d3, weight);
            total = T.MultiplyAdd(e1, e1, T.MultiplyAdd(e2, e2, T.MultiplyAdd(e3, e3, total)));
            ref double old = ref Unsafe.Add(ref place.W, i);
            T w1 = T.Add(T.Load(ref old), d1);
            T w2 = T.Add(T.Load(ref Unsafe.Add(ref old, n)), d2);
            T w3 = T.Add(T.Load(ref Unsafe.Add(ref old, 2 * n)), d3);
            Write(place, i, w1, w2, w3);
            Write(place, i, T.Load(ref Unsafe.Add(ref place.States, i)), Three(T11, T12, T13, w1, w2, w3), Three(T21, T22, T23, w1, w2, w3), T.MultiplyAdd(T.All(T31), w1, w2));
        }

        sum += T.Sum(total);
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Extrapolate<T>(in Place place, int i, double ratio) where T : struct, IPack<T>
    {
        int n = place.N;
        for (; i + T.Count <= n; i += T.Count)
        {
            ref double at = ref Unsafe.Add(ref place.Increments, i);
            var p = T.Load(ref at);
            var q = T.Load(ref Unsafe.Add(ref at, n));
            var r = T.Load(ref Unsafe.Add(ref at, 2 * n));
            T z1 = At(ratio * C1, p, q, r);
            T z2 = At(ratio * C2, p, q, r);
            T z3 = At(ratio, p, q, r);
            Write(place, i, T.Load(ref Unsafe.Add(ref place.States, i)), z1, z2, z3);
            Write(place, i, Three(I11, I12, I13, z1, z2, z3), Three(I21, I22, I23, z1, z2, z3), Three(I31, I32, I33, z1, z2, z3));
        }

        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T At<T>(double s, T p, T q, T r) where T : struct, IPack<T> =>
        T.Multiply(T.All(s), T.MultiplyAdd(T.All(s + (1.0 - C2)), T.MultiplyAdd(T.All(s + (1.0 - C1)), r, q), p));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Estimate<T>(int n, int i, double rate, ref double z, ref double estimate) where T : struct, IPack<T>
    {
        for (; i + T.Count <= n; i += T.Count)
        {
            ref double at = ref Unsafe.Add(ref z, i);
            Three(E1 * rate, E2 * rate, E3 * rate, T.Load(ref at), T.Load(ref Unsafe.Add(ref at, n)), T.Load(ref Unsafe.Add(ref at, 2 * n)))
                .Store(ref Unsafe.Add(ref estimate, i));
        }

        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write<T>(in Place place, int i, T w1, T w2, T w3) where T : struct, IPack<T>
    {
        ref double w = ref Unsafe.Add(ref place.W, i);
        w1.Store(ref w);
        w2.Store(ref Unsafe.Add(ref w, place.N));
        w3.Store(ref Unsafe.Add(ref w, 2 * place.N));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write<T>(in Place place, int i, T state, T z1, T z2, T z3) where T : struct, IPack<T>
    {
        ref double z = ref Unsafe.Add(ref place.Z, i);
        z1.Store(ref z);
        z2.Store(ref Unsafe.Add(ref z, place.N));
        z3.Store(ref Unsafe.Add(ref z, 2 * place.N));
        ref double point = ref Unsafe.Add(ref place.Points, i);
        T.Add(state, z1).Store(ref point);
        T.Add(state, z2).Store(ref Unsafe.Add(ref point, place.N));
        T.Add(state, z3).Store(ref Unsafe.Add(ref point, 2 * place.N));
    }
}
