namespace HybridControl.Gpu.Kernels;

/// <summary>Widens a float.</summary>
public readonly struct SingleWidening : IWidening<float>
{
    /// <inheritdoc/>
    public static double Widen(float value) => value;
}
