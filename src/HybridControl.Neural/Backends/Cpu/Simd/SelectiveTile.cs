using System.Runtime.CompilerServices;

namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>The innermost part of a selective scan: up to eight states of a pack of channels, in registers over some tokens.</summary>
/// <typeparam name="V">Packs.</typeparam>
/// <typeparam name="T">Numbers.</typeparam>
/// <typeparam name="TCount">States, at most eight; states that a tile has not cost nothing.</typeparam>
internal static unsafe class SelectiveTile<V, T, TCount>
    where V : struct, IPack<V, T>
    where T : unmanaged
    where TCount : struct, ICount
{
    /// <summary>Carries states over tokens and adds what they give to the outputs.</summary>
    /// <param name="step">Step sizes and, behind each pack of them, step size times input and output: three packs for each token.</param>
    /// <param name="stepStride">Numbers from a token to the next.</param>
    /// <param name="tokens">How many tokens.</param>
    /// <param name="b">B of the first token and state.</param>
    /// <param name="bStride">Numbers from a token to the next.</param>
    /// <param name="c">C of the first token and state.</param>
    /// <param name="cStride">Numbers from a token to the next.</param>
    /// <param name="rates">A log2(e), a row for each state.</param>
    /// <param name="states">The states, before and after.</param>
    /// <param name="stride">Numbers from a state to the next, in rates and in states.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(
        T* step, nint stepStride, int tokens, T* b, nint bStride, T* c, nint cStride, T* rates, T* states, nint stride)
    {
        V a0 = Load(rates, stride, 0);
        V a1 = Load(rates, stride, 1);
        V a2 = Load(rates, stride, 2);
        V a3 = Load(rates, stride, 3);
        V a4 = Load(rates, stride, 4);
        V a5 = Load(rates, stride, 5);
        V a6 = Load(rates, stride, 6);
        V a7 = Load(rates, stride, 7);
        V h0 = Load(states, stride, 0);
        V h1 = Load(states, stride, 1);
        V h2 = Load(states, stride, 2);
        V h3 = Load(states, stride, 3);
        V h4 = Load(states, stride, 4);
        V h5 = Load(states, stride, 5);
        V h6 = Load(states, stride, 6);
        V h7 = Load(states, stride, 7);
        for (int t = 0; t < tokens; t++)
        {
            V delta = V.Load(step);
            V input = V.Load(step + V.Width);
            V y = V.Load(step + (2 * V.Width));
            h0 = V.MultiplyAdd(PackMath<V, T>.Exp2(delta * a0), h0, input * V.All(b[0]));
            y = V.MultiplyAdd(h0, V.All(c[0]), y);

            if (TCount.Value > 1)
            {
                h1 = V.MultiplyAdd(PackMath<V, T>.Exp2(delta * a1), h1, input * V.All(b[1]));
                y = V.MultiplyAdd(h1, V.All(c[1]), y);
            }

            if (TCount.Value > 2)
            {
                h2 = V.MultiplyAdd(PackMath<V, T>.Exp2(delta * a2), h2, input * V.All(b[2]));
                y = V.MultiplyAdd(h2, V.All(c[2]), y);
            }

            if (TCount.Value > 3)
            {
                h3 = V.MultiplyAdd(PackMath<V, T>.Exp2(delta * a3), h3, input * V.All(b[3]));
                y = V.MultiplyAdd(h3, V.All(c[3]), y);
            }

            if (TCount.Value > 4)
            {
                h4 = V.MultiplyAdd(PackMath<V, T>.Exp2(delta * a4), h4, input * V.All(b[4]));
                y = V.MultiplyAdd(h4, V.All(c[4]), y);
            }

            if (TCount.Value > 5)
            {
                h5 = V.MultiplyAdd(PackMath<V, T>.Exp2(delta * a5), h5, input * V.All(b[5]));
                y = V.MultiplyAdd(h5, V.All(c[5]), y);
            }

            if (TCount.Value > 6)
            {
                h6 = V.MultiplyAdd(PackMath<V, T>.Exp2(delta * a6), h6, input * V.All(b[6]));
                y = V.MultiplyAdd(h6, V.All(c[6]), y);
            }

            if (TCount.Value > 7)
            {
                h7 = V.MultiplyAdd(PackMath<V, T>.Exp2(delta * a7), h7, input * V.All(b[7]));
                y = V.MultiplyAdd(h7, V.All(c[7]), y);
            }

            y.Store(step + (2 * V.Width));
            step += stepStride;
            b += bStride;
            c += cStride;
        }

        Store(h0, states, stride, 0);
        Store(h1, states, stride, 1);
        Store(h2, states, stride, 2);
        Store(h3, states, stride, 3);
        Store(h4, states, stride, 4);
        Store(h5, states, stride, 5);
        Store(h6, states, stride, 6);
        Store(h7, states, stride, 7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Load(T* source, nint stride, int state) => TCount.Value > state ? V.Load(source + (state * stride)) : default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(V value, T* target, nint stride, int state)
    {
        if (TCount.Value > state)
        {
            value.Store(target + (state * stride));
        }
    }
}
