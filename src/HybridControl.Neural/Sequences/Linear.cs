using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Sequences;

/// <summary><c>y = x W' + b</c> for each token.</summary>
/// <param name="Weight">Outputs x inputs.</param>
/// <param name="Bias">1 x outputs; empty for none.</param>
public sealed record Linear(Weight Weight, TensorView Bias) : ISequenceLayer
{
    /// <inheritdoc/>
    public int Inputs => Weight.Columns;

    /// <inheritdoc/>
    public int Outputs => Weight.Rows;

    /// <inheritdoc/>
    public void Scan(ForwardPass pass, TensorView x, TensorView y) => pass.Backend.MatMul(x, Weight, Bias, 1.0, 0.0, y);
}
