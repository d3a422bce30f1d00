using System.Numerics;
using System.Runtime.CompilerServices;

namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary><c>y = f(x)</c> or <c>y = factor f(x)</c>, entry by entry. A part is some rows.</summary>
internal unsafe struct ActivateRows<T> : IOperation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public Activation Activation;
    public RowParts Parts;
    public Block<T> X;

    /// <summary>What multiplies the function, entry by entry; empty for nothing.</summary>
    public Block<T> Factor;
    public Block<T> Y;

    public readonly void Run<V>(int part, int worker)
        where V : struct, IPack<V, T>
    {
        (int first, int end) = Parts.At(part);
        for (int r = first; r < end; r++)
        {
            T* factor = Factor.IsEmpty ? null : Factor.Row(r);
            Apply<V>(Activation, X.Row(r), factor, Y.Row(r), Y.Columns);
        }
    }

    /// <summary>One row.</summary>
    /// <param name="activation">The function.</param>
    /// <param name="x">Arguments.</param>
    /// <param name="factor">Factors, or null.</param>
    /// <param name="y">Values; may be x or factor.</param>
    /// <param name="count">How many.</param>
    public static void Apply<V>(Activation activation, T* x, T* factor, T* y, int count)
        where V : struct, IPack<V, T>
    {
        switch (activation)
        {
            case Activation.Silu:
                Apply<V, SiluFunction>(x, factor, y, count);
                break;
            case Activation.Gelu:
                Apply<V, GeluFunction>(x, factor, y, count);
                break;
            case Activation.GeluTanh:
                Apply<V, GeluTanhFunction>(x, factor, y, count);
                break;
            case Activation.Relu:
                Apply<V, ReluFunction>(x, factor, y, count);
                break;
            case Activation.SquaredRelu:
                Apply<V, SquaredReluFunction>(x, factor, y, count);
                break;
            case Activation.Sigmoid:
                Apply<V, SigmoidFunction>(x, factor, y, count);
                break;
            case Activation.Softplus:
                Apply<V, SoftplusFunction>(x, factor, y, count);
                break;
            case Activation.Tanh:
                Apply<V, TanhFunction>(x, factor, y, count);
                break;
            default:
                Apply<V, IdentityFunction>(x, factor, y, count);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Apply<V, TFunction>(T* x, T* factor, T* y, int count)
        where V : struct, IPack<V, T>
        where TFunction : struct, IFunction
    {
        int i = 0;
        if (factor == null)
        {
            for (; i + V.Width <= count; i += V.Width)
            {
                TFunction.Of<V, T>(V.Load(x + i)).Store(y + i);
            }
        }
        else
        {
            for (; i + V.Width <= count; i += V.Width)
            {
                (V.Load(factor + i) * TFunction.Of<V, T>(V.Load(x + i))).Store(y + i);
            }
        }

        if (i < count)
        {
            V value = TFunction.Of<V, T>(V.LoadPart(x + i, count - i));
            (factor == null ? value : value * V.LoadPart(factor + i, count - i)).StorePart(y + i, count - i);
        }
    }
}
