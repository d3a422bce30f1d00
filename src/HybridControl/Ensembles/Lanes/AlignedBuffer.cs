using System.Runtime.InteropServices;

namespace HybridControl.Ensembles.Lanes;

/// <summary>Zeroed native memory on a 64-byte boundary, so that a vector never straddles two cache lines.</summary>
internal sealed unsafe class AlignedBuffer : IDisposable
{
    private const int Alignment = 64;
    private double* _first;

    /// <summary>Allocates memory.</summary>
    /// <param name="count">The number of doubles.</param>
    public AlignedBuffer(int count)
    {
        nuint bytes = (nuint)Math.Max(1, count) * sizeof(double);
        _first = (double*)NativeMemory.AlignedAlloc(bytes, Alignment);
        NativeMemory.Clear(_first, bytes);
    }

    ~AlignedBuffer() => Free();

    /// <summary>The first entry.</summary>
    public double* First => _first;

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_first);
        _first = null;
    }
}
