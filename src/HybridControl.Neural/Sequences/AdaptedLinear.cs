using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Sequences;

/// <summary>A linear map that is shared, plus a map of low rank that is not: <c>y = x W' + b + (x D') U'</c>.</summary>
/// <remarks>Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", arXiv 2106.09685.</remarks>
/// <param name="Shared">The map W, b.</param>
/// <param name="Down">Rank x inputs.</param>
/// <param name="Up">Outputs x rank.</param>
public sealed record AdaptedLinear(Linear Shared, Weight Down, Weight Up) : ISequenceLayer
{
    /// <inheritdoc/>
    public int Inputs => Shared.Inputs;

    /// <inheritdoc/>
    public int Outputs => Shared.Outputs;

    /// <inheritdoc/>
    public void Scan(ForwardPass pass, TensorView x, TensorView y)
    {
        using Workspace.Scope scope = pass.Workspace.Open();
        TensorView low = pass.Workspace.Rent(x.Rows, Down.Rows);
        pass.Backend.MatMul(x, Down, default, 1.0, 0.0, low);
        Shared.Scan(pass, x, y);
        pass.Backend.MatMul(low, Up, default, 1.0, 1.0, y);
    }
}
