using ILGPU;

namespace HybridControl.Gpu.Neural.Kernels;

/// <summary>A view of a matrix inside a kernel. Nothing checks a bound: the back-end has compared the shapes.</summary>
internal struct KernelMatrix<T>
    where T : unmanaged
{
    /// <summary>The numbers from the first on.</summary>
    public ArrayView<T> Data;

    /// <summary>Rows.</summary>
    public int Rows;

    /// <summary>Columns.</summary>
    public int Columns;

    /// <summary>Numbers from row to row.</summary>
    public int Stride;

    /// <summary>1 if the operand is there, 0 if it is left out.</summary>
    public int Exists;

    /// <summary>An entry.</summary>
    public readonly T this[int row, int column]
    {
        get => Data[((long)row * Stride) + column];
        set => Data[((long)row * Stride) + column] = value;
    }
}
