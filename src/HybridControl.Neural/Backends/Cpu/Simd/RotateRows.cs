using System.Numerics;
using System.Runtime.CompilerServices;

namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>Rotary positions. A part is some rows.</summary>
internal unsafe struct RotateRows<T> : IOperation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public RowParts Parts;
    public Block<T> X;
    public Block<T> Table;
    public int Heads;

    public readonly void Run<V>(int part, int worker)
        where V : struct, IPack<V, T>
    {
        int width = X.Columns / Heads;
        (int first, int end) = Parts.At(part);
        for (int r = first; r < end; r++)
        {
            for (int h = 0; h < Heads; h++)
            {
                Turn<V>(X.Row(r) + (h * width), Table.Row(r), Table.Columns / 2);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Turn<V>(T* head, T* table, int half)
        where V : struct, IPack<V, T>
    {
        int i = 0;
        for (; i + V.Width <= half; i += V.Width)
        {
            (V a, V b, V cosine, V sine) = (V.Load(head + i), V.Load(head + half + i), V.Load(table + i), V.Load(table + half + i));
            ((a * cosine) - (b * sine)).Store(head + i);
            V.MultiplyAdd(b, cosine, a * sine).Store(head + half + i);
        }

        for (; i < half; i++)
        {
            (T a, T b) = (head[i], head[half + i]);
            head[i] = (a * table[i]) - (b * table[half + i]);
            head[half + i] = (b * table[i]) + (a * table[half + i]);
        }
    }
}
