using System.Numerics;

namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>Copies inputs of a product so that each slice of a block of rows is one run of memory. A part is a block.</summary>
internal unsafe struct PackRows<T> : IOperation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public Block<T> X;
    public RowBlocks Blocks;
    public T* Packed;

    public readonly void Run<V>(int part, int worker)
        where V : struct, IPack<V, T>
    {
        int end = Blocks.FirstRow(part + 1);
        for (int k = 0; k < Blocks.Inputs; k += Blocks.Slice)
        {
            int count = Math.Min(Blocks.Slice, Blocks.Inputs - k);
            for (int r = Blocks.FirstRow(part); r < end; r++)
            {
                new ReadOnlySpan<T>(X.Row(r) + k, count).CopyTo(new Span<T>(Packed + ((nint)k * Blocks.Rows) + ((nint)r * count), count));
            }
        }
    }
}
