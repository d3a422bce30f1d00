using HybridControl.Neural.Backends;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Sequences;

/// <summary>A norm with its weights.</summary>
/// <param name="Settings">Which norm.</param>
/// <param name="Weight">1 x d; empty for ones.</param>
/// <param name="Bias">1 x d; empty for zeros.</param>
public sealed record RowNorm(NormSettings Settings, TensorView Weight, TensorView Bias)
{
    /// <summary>The norm of each row; y may be x.</summary>
    public void Apply(ITensorBackend backend, TensorView x, TensorView y) =>
        backend.Normalize(Settings, x, Weight, Bias, default, y);

    /// <summary>The norm of each row with a gate; y may be x.</summary>
    public void Apply(ITensorBackend backend, TensorView x, TensorView gate, TensorView y) =>
        backend.Normalize(Settings, x, Weight, Bias, gate, y);
}
