namespace HybridControl.Neural.Safetensors;

/// <summary>A file that is in memory.</summary>
internal sealed class HeldBytes(ReadOnlyMemory<byte> bytes) : FileBytes
{
    /// <inheritdoc/>
    public override long Length => bytes.Length;

    /// <inheritdoc/>
    public override long Present => bytes.Length;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Slice(long begin, int count)
    {
        CheckRange(begin, count);
        return bytes.Span.Slice((int)begin, count);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        // Memory is not ours to give back.
    }
}
