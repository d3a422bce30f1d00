using HybridControl.Neural.Backends;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Vision;

/// <summary>Two linear maps with a convolution of each channel and a function between.</summary>
/// <remarks>Parameters: <c>fc1</c>, <c>dwconv.dwconv</c>, <c>fc2</c>, each <c>weight</c> and <c>bias</c>.</remarks>
internal sealed class ConvolvedPerceptron(LayerContext context, ImageGrid grid, int hidden) : ISequenceLayer
{
    private readonly Linear _up = LinearMap.Build(context, "fc1", hidden, grid.Channels, true);
    private readonly DepthwiseConvolution _between = new(context.Below("dwconv.dwconv"), grid with { Channels = hidden });
    private readonly Linear _down = LinearMap.Build(context, "fc2", grid.Channels, hidden, true);

    /// <inheritdoc/>
    public int Inputs => _up.Inputs;

    /// <inheritdoc/>
    public int Outputs => _down.Outputs;

    /// <inheritdoc/>
    public void Scan(ForwardPass pass, TensorView x, TensorView y)
    {
        using Workspace.Scope scope = pass.Workspace.Open();
        TensorView up = pass.Workspace.Rent(x.Rows, _up.Outputs);
        TensorView between = pass.Workspace.Rent(x.Rows, _up.Outputs);
        _up.Scan(pass, x, up);
        _between.Scan(pass, up, between);
        pass.Backend.Activate(Activation.Gelu, between, between);
        _down.Scan(pass, between, y);
    }
}
