namespace HybridControl.Gpu.Kernels;

/// <summary>Leaves a double as it is.</summary>
public readonly struct DoubleWidening : IWidening<double>
{
    /// <inheritdoc/>
    public static double Widen(double value) => value;
}
