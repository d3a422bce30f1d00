namespace HybridControl.Neural.Safetensors;

/// <summary>The bytes of a file that does not change its length while it is read, wherever they lie.</summary>
internal abstract class FileBytes : IDisposable
{
    /// <summary>How many there were when the file was opened.</summary>
    public abstract long Length { get; }

    /// <summary>How many there are now: fewer, if somebody has cut the file off since.</summary>
    public abstract long Present { get; }

    /// <summary>Some of them, without a look at <see cref="Present"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They do not lie within <see cref="Length"/>.</exception>
    public abstract ReadOnlySpan<byte> Slice(long begin, int count);

    /// <summary>Keeps the bytes in place, even if the file is disposed meanwhile, until <see cref="Release"/>.</summary>
    /// <exception cref="ObjectDisposedException">The file was disposed.</exception>
    public virtual void Acquire()
    {
    }

    /// <summary>Ends what <see cref="Acquire"/> began.</summary>
    public virtual void Release()
    {
    }

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <exception cref="ArgumentOutOfRangeException">The bytes do not lie within <see cref="Length"/>.</exception>
    protected void CheckRange(long begin, int count)
    {
        if (begin < 0 || count < 0 || begin > Length - count)
        {
            throw new ArgumentOutOfRangeException(nameof(begin), $"Bytes {begin} to {begin + count} do not lie in a file of {Length}.");
        }
    }
}
