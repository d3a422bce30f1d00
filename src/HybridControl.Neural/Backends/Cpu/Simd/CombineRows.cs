using System.Numerics;
using System.Runtime.CompilerServices;

namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary><c>z = y + factor x</c>, or <c>z = x y</c>, entry by entry. A part is some rows.</summary>
internal unsafe struct CombineRows<T> : IOperation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public bool IsProduct;
    public T Factor;
    public RowParts Parts;
    public Block<T> X;

    /// <summary>As X, or one row for all.</summary>
    public Block<T> Y;
    public Block<T> Z;

    public readonly void Run<V>(int part, int worker)
        where V : struct, IPack<V, T>
    {
        (int first, int end) = Parts.At(part);
        for (int r = first; r < end; r++)
        {
            T* y = Y.Row(Y.Rows == 1 ? 0 : r);
            if (IsProduct)
            {
                Multiply<V>(X.Row(r), y, Z.Row(r), Z.Columns);
            }
            else
            {
                Add<V>(X.Row(r), Factor, y, Z.Row(r), Z.Columns);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<V>(T* x, T factor, T* y, T* z, int count)
        where V : struct, IPack<V, T>
    {
        V by = V.All(factor);
        int i = 0;
        for (; i + V.Width <= count; i += V.Width)
        {
            V.MultiplyAdd(by, V.Load(x + i), V.Load(y + i)).Store(z + i);
        }

        if (i < count)
        {
            V.MultiplyAdd(by, V.LoadPart(x + i, count - i), V.LoadPart(y + i, count - i)).StorePart(z + i, count - i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply<V>(T* x, T* y, T* z, int count)
        where V : struct, IPack<V, T>
    {
        int i = 0;
        for (; i + V.Width <= count; i += V.Width)
        {
            (V.Load(x + i) * V.Load(y + i)).Store(z + i);
        }

        if (i < count)
        {
            (V.LoadPart(x + i, count - i) * V.LoadPart(y + i, count - i)).StorePart(z + i, count - i);
        }
    }
}
