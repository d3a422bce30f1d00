using System.Numerics;
using HybridControl.Neural.Backends;

namespace HybridControl.Gpu.Neural.Kernels;

/// <summary>Activations inside kernels. Which one is the same for all threads, so that the choice costs a branch that never parts them.</summary>
internal static class KernelActivations
{
    public static T Of<T, TNumbers>(int activation, T x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TNumbers : struct, IKernelNumbers<T>
    {
        T positive = x < T.Zero ? T.Zero : x;
        switch (activation)
        {
            case (int)Activation.Silu:
                return x * Sigmoid<T, TNumbers>(x);
            case (int)Activation.Gelu:
                return x * TNumbers.NormalCdf(x);
            case (int)Activation.GeluTanh:
                T inner = TNumbers.Of(0.7978845608028654) * (x + (TNumbers.Of(0.044715) * x * x * x));
                return TNumbers.Of(0.5) * x * (T.One + TNumbers.Tanh(inner));
            case (int)Activation.Relu:
                return positive;
            case (int)Activation.SquaredRelu:
                return positive * positive;
            case (int)Activation.Sigmoid:
                return Sigmoid<T, TNumbers>(x);
            case (int)Activation.Softplus:
                return Softplus<T, TNumbers>(x);
            case (int)Activation.Tanh:
                return TNumbers.Tanh(x);
            default:
                return x;
        }
    }

    public static T Silu<T, TNumbers>(T x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TNumbers : struct, IKernelNumbers<T> => x * Sigmoid<T, TNumbers>(x);

    public static T Softplus<T, TNumbers>(T x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TNumbers : struct, IKernelNumbers<T>
    {
        T negative = x < T.Zero ? x : -x;
        T positive = x < T.Zero ? T.Zero : x;
        return positive + TNumbers.LogOnePlus(TNumbers.Exp(negative));
    }

    private static T Sigmoid<T, TNumbers>(T x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TNumbers : struct, IKernelNumbers<T> => T.One / (T.One + TNumbers.Exp(-x));
}
