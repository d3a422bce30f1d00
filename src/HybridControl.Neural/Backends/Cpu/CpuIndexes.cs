namespace HybridControl.Neural.Backends.Cpu;

/// <summary>Whole numbers in an array.</summary>
internal sealed class CpuIndexes(ReadOnlySpan<int> values) : IndexBuffer(values.Length)
{
    public int[] Data { get; private set; } = values.ToArray();

    protected override void Dispose(bool disposing) => Data = [];
}
