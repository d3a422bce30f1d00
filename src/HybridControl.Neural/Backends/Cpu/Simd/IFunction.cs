using System.Runtime.CompilerServices;

namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>A function of one number, on packs.</summary>
internal interface IFunction
{
    /// <summary>Its value.</summary>
    static abstract V Of<V, T>(V x)
        where V : struct, IPack<V, T>
        where T : unmanaged;
}

internal readonly struct IdentityFunction : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<V, T>(V x)
        where V : struct, IPack<V, T>
        where T : unmanaged => x;
}

internal readonly struct SiluFunction : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<V, T>(V x)
        where V : struct, IPack<V, T>
        where T : unmanaged => x * PackMath<V, T>.Sigmoid(x);
}

internal readonly struct GeluFunction : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<V, T>(V x)
        where V : struct, IPack<V, T>
        where T : unmanaged => x * PackMath<V, T>.NormalCdf(x);
}

/// <summary>(1 + tanh y) / 2 = sigmoid(2 y).</summary>
internal readonly struct GeluTanhFunction : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<V, T>(V x)
        where V : struct, IPack<V, T>
        where T : unmanaged
    {
        V cubic = V.MultiplyAdd(V.Constant(0.044715 * 1.5957691216057308) * x, x, V.Constant(1.5957691216057308));
        return x * PackMath<V, T>.Sigmoid(x * cubic);
    }
}

internal readonly struct ReluFunction : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<V, T>(V x)
        where V : struct, IPack<V, T>
        where T : unmanaged => V.Max(V.Constant(0.0), x);
}

internal readonly struct SquaredReluFunction : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<V, T>(V x)
        where V : struct, IPack<V, T>
        where T : unmanaged => V.Max(V.Constant(0.0), x) * V.Max(V.Constant(0.0), x);
}

internal readonly struct SigmoidFunction : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<V, T>(V x)
        where V : struct, IPack<V, T>
        where T : unmanaged => PackMath<V, T>.Sigmoid(x);
}

internal readonly struct SoftplusFunction : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<V, T>(V x)
        where V : struct, IPack<V, T>
        where T : unmanaged => PackMath<V, T>.Softplus(x);
}

internal readonly struct TanhFunction : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<V, T>(V x)
        where V : struct, IPack<V, T>
        where T : unmanaged => PackMath<V, T>.Tanh(x);
}
