namespace HybridControl.Gpu.Kernels;

/// <summary>Turns a number of a kernel into a double.</summary>
/// <typeparam name="T">The number type: double or float.</typeparam>
public interface IWidening<T>
    where T : unmanaged
{
    /// <summary>The number as a double; exact.</summary>
    static abstract double Widen(T value);
}
