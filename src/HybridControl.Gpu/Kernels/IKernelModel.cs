namespace HybridControl.Gpu.Kernels;

/// <summary>A model as a kernel calls it: blittable states and data, no spans, no exceptions.</summary>
/// <typeparam name="TState">A struct of doubles, one field for each state.</typeparam>
/// <typeparam name="TData">A struct of doubles, one field for each entry of the data block.</typeparam>
public interface IKernelModel<TState, TData>
    where TState : unmanaged
    where TData : unmanaged
{
    /// <summary>Writes the right-hand side x' = f(t, x, data).</summary>
    void Derivatives(double time, in TState states, in TData data, ref TState derivatives);
}
