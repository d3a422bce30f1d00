using ILGPU;

namespace HybridControl.Gpu.Neural.Kernels;

/// <summary>Which keys a stream has, in the memory of the device.</summary>
internal record struct DeviceSpan(int FirstRow, int Count, long Dropped, long FirstQuery);

/// <summary>Operands and sizes of attention.</summary>
internal struct AttentionArguments<T>
    where T : unmanaged
{
    public KernelMatrix<T> Queries;
    public KernelMatrix<T> Keys;
    public KernelMatrix<T> Values;
    public KernelMatrix<T> Y;
    public KernelMatrix<T> Map;
    public ArrayView<DeviceSpan> Spans;

    /// <summary>For each row, head and split the greatest score.</summary>
    public ArrayView<T> Greatest;

    /// <summary>For each row, head and split the sum of the exponentials.</summary>
    public ArrayView<T> Totals;

    /// <summary>For each row, head and split the outputs before the division.</summary>
    public ArrayView<T> Parts;

    public T Scale;
    public int Causal;
    public int Window;
    public int Sinks;
    public int Spacing;
    public int Length;
    public int Heads;
    public int KeyHeads;
    public int KeyWidth;
    public int ValueWidth;
    public AttentionTile Tile;

    /// <summary>Parts into which the keys are divided among groups.</summary>
    public int Splits;

    /// <summary>Place in its sequence of a key.</summary>
    public readonly long PositionOf(DeviceSpan span, int key)
    {
        long position = key < Sinks ? key : key + span.Dropped;
        return Spacing <= 1 ? position : ((position + 1) * Spacing) - 1;
    }

    /// <summary>Whether the query at a position sees a key.</summary>
    public readonly bool Sees(DeviceSpan span, long query, int key)
    {
        long position = PositionOf(span, key);
        return Causal == 0 || (position <= query && (Window == 0 || query - position <= Window || key < Sinks));
    }
}
