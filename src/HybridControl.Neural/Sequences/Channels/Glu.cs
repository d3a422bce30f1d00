using HybridControl.Neural.Backends;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Sequences.Channels;

/// <summary>Gated linear unit: <c>down(up(x) f(gate(x)))</c>.</summary>
/// <remarks>Shazeer, "GLU Variants Improve Transformer", arXiv 2002.05202.</remarks>
public sealed class Glu(Activation activation, ISequenceLayer gate, ISequenceLayer up, ISequenceLayer down) : ISequenceLayer
{
    /// <inheritdoc/>
    public int Inputs => gate.Inputs;

    /// <inheritdoc/>
    public int Outputs => down.Outputs;

    /// <inheritdoc/>
    public void Scan(ForwardPass pass, TensorView x, TensorView y)
    {
        using Workspace.Scope scope = pass.Workspace.Open();
        TensorView g = pass.Workspace.Rent(x.Rows, gate.Outputs);
        TensorView u = pass.Workspace.Rent(x.Rows, up.Outputs);
        gate.Scan(pass, x, g);
        up.Scan(pass, x, u);
        pass.Backend.Gate(u, activation, g, u);
        down.Scan(pass, u, y);
    }
}
