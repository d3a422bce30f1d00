using HybridControl.Neural.Backends;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Sequences.Channels;

/// <summary>Two linear maps with a function between: <c>down(f(up(x)))</c>.</summary>
public sealed class Perceptron(Activation activation, ISequenceLayer up, ISequenceLayer down) : ISequenceLayer
{
    /// <inheritdoc/>
    public int Inputs => up.Inputs;

    /// <inheritdoc/>
    public int Outputs => down.Outputs;

    /// <inheritdoc/>
    public void Scan(ForwardPass pass, TensorView x, TensorView y)
    {
        using Workspace.Scope scope = pass.Workspace.Open();
        TensorView u = pass.Workspace.Rent(x.Rows, up.Outputs);
        up.Scan(pass, x, u);
        pass.Backend.Activate(activation, u, u);
        down.Scan(pass, u, y);
    }
}
