using ILGPU;

namespace HybridControl.Gpu.Neural.Kernels;

/// <summary>Operands and sizes of a state-space-duality scan, the same for all its kernels.</summary>
internal struct SsdArguments<T>
    where T : unmanaged
{
    public KernelMatrix<T> X;
    public KernelMatrix<T> Delta;
    public KernelMatrix<T> DeltaBias;
    public KernelMatrix<T> A;
    public KernelMatrix<T> B;
    public KernelMatrix<T> C;
    public KernelMatrix<T> D;
    public KernelMatrix<T> State;
    public KernelMatrix<T> Y;

    /// <summary>Step sizes as they count, R x H.</summary>
    public ArrayView<T> Steps;

    /// <summary>Sums of step size times rate from the start of the chunk to each token, R x H; in double precision, because differences of them are wanted.</summary>
    public ArrayView<double> Exponents;

    /// <summary>C B' of each chunk and group, chunk x chunk.</summary>
    public ArrayView<T> Couplings;

    /// <summary>For each chunk and head the state that it adds, then the state before it, P x n.</summary>
    public ArrayView<T> States;

    public T LeastDelta;
    public T GreatestDelta;
    public int Softplus;
    public int Length;
    public int Chunk;
    public int Chunks;
    public int Heads;
    public int Groups;

    /// <summary>Channels of a head, P.</summary>
    public int Width;

    /// <summary>State size, n.</summary>
    public int Size;
}
