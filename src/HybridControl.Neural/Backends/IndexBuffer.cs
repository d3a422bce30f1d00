namespace HybridControl.Neural.Backends;

/// <summary>Whole numbers in the memory of a back-end.</summary>
public abstract class IndexBuffer : IDisposable
{
    /// <summary>Creates the handle.</summary>
    /// <param name="length">Numbers that it holds.</param>
    protected IndexBuffer(int length) => Length = length;

    /// <summary>Numbers that it holds.</summary>
    public int Length { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the memory back.</summary>
    protected abstract void Dispose(bool disposing);
}
