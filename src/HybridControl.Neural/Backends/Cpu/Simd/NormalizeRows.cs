using System.Numerics;
using System.Runtime.CompilerServices;

namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>Norms of rows or of groups of their columns, with or without a gate. A part is some rows.</summary>
internal unsafe struct NormalizeRows<T> : IOperation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public NormSettings Settings;
    public RowParts Parts;
    public Block<T> X;
    public Block<T> Weight;
    public Block<T> Bias;
    public Block<T> Gate;
    public Block<T> Y;
    public Scratch<T> Scratch;

    public readonly void Run<V>(int part, int worker)
        where V : struct, IPack<V, T>
    {
        int columns = X.Columns;
        int width = Settings.GroupWidth == 0 ? columns : Settings.GroupWidth;
        T* gated = Scratch.Of(worker, columns);
        (int first, int end) = Parts.At(part);
        for (int r = first; r < end; r++)
        {
            T* x = X.Row(r);
            if (Settings.Order == GateOrder.GateThenNorm)
            {
                ActivateRows<T>.Apply<V>(Activation.Silu, Gate.Row(r), x, gated, columns);
                x = gated;
            }

            for (int start = 0; start < columns; start += width)
            {
                int count = Math.Min(width, columns - start);
                T mean = Settings.Kind == NormKind.Layer ? Sum<V>(x + start, count) / T.CreateTruncating(count) : T.Zero;
                T square = SumOfSquares<V>(x + start, mean, count) / T.CreateTruncating(count);
                T scale = T.One / T.Sqrt(square + T.CreateTruncating(Settings.Epsilon));
                T* weight = Weight.IsEmpty ? null : Weight.Start + start;
                T* bias = Bias.IsEmpty ? null : Bias.Start + start;
                Finish<V>(x + start, mean, scale, weight, bias, Y.Row(r) + start, count);
            }

            if (Settings.Order == GateOrder.NormThenGate)
            {
                ActivateRows<T>.Apply<V>(Activation.Silu, Gate.Row(r), Y.Row(r), Y.Row(r), columns);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T Sum<V>(T* x, int count)
        where V : struct, IPack<V, T>
    {
        (V s0, V s1) = (default, default);
        int i = 0;
        for (; i + (2 * V.Width) <= count; i += 2 * V.Width)
        {
            s0 += V.Load(x + i);
            s1 += V.Load(x + i + V.Width);
        }

        for (; i < count; i += V.Width)
        {
            s0 += V.LoadPart(x + i, Math.Min(V.Width, count - i));
        }

        return V.Sum(s0 + s1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T SumOfSquares<V>(T* x, T mean, int count)
        where V : struct, IPack<V, T>
    {
        V middle = V.All(mean);
        (V s0, V s1) = (default, default);
        int i = 0;
        for (; i + (2 * V.Width) <= count; i += 2 * V.Width)
        {
            V a = V.Load(x + i) - middle;
            V b = V.Load(x + i + V.Width) - middle;
            s0 = V.MultiplyAdd(a, a, s0);
            s1 = V.MultiplyAdd(b, b, s1);
        }

        for (; i + V.Width <= count; i += V.Width)
        {
            V a = V.Load(x + i) - middle;
            s0 = V.MultiplyAdd(a, a, s0);
        }

        T sum = V.Sum(s0 + s1);
        for (; i < count; i++)
        {
            T a = x[i] - mean;
            sum += a * a;
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Finish<V>(T* x, T mean, T scale, T* weight, T* bias, T* y, int count)
        where V : struct, IPack<V, T>
    {
        (V middle, V by) = (V.All(mean), V.All(scale));
        int i = 0;
        for (; i + V.Width <= count; i += V.Width)
        {
            V value = (V.Load(x + i) - middle) * by;
            value = weight == null ? value : value * V.Load(weight + i);
            value = bias == null ? value : value + V.Load(bias + i);
            value.Store(y + i);
        }

        if (i < count)
        {
            int left = count - i;
            V value = (V.LoadPart(x + i, left) - middle) * by;
            value = weight == null ? value : value * V.LoadPart(weight + i, left);
            value = bias == null ? value : value + V.LoadPart(bias + i, left);
            value.StorePart(y + i, left);
        }
    }
}
