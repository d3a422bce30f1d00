namespace HybridControl.Gpu.Neural.Kernels;

/// <summary>Four neighbouring numbers, in registers.</summary>
internal struct Quad<T>
    where T : unmanaged
{
    public T A;
    public T B;
    public T C;
    public T D;
}
