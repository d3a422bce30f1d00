namespace HybridControl.Neural.Tensors;

/// <summary>Numbers in the memory of a back-end. Only the back-end that made it can read or write it.</summary>
public abstract class TensorBuffer : IDisposable
{
    /// <summary>Creates the handle.</summary>
    /// <param name="length">Numbers that it holds.</param>
    /// <param name="precision">Their format.</param>
    protected TensorBuffer(long length, Precision precision) => (Length, Precision) = (length, precision);

    /// <summary>Numbers that it holds.</summary>
    public long Length { get; }

    /// <summary>Their format.</summary>
    public Precision Precision { get; }

    /// <summary>Bytes that it takes.</summary>
    public long Bytes => Length * (Precision == Precision.Single ? sizeof(float) : sizeof(double));

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the memory back.</summary>
    protected abstract void Dispose(bool disposing);
}
