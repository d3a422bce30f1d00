using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Vision;

/// <summary>A linear map of the mean pixel; a batch norm before it is multiplied into its weights.</summary>
internal sealed class MeanHead(LayerContext context, ImageGrid grid, int classes, BatchNorm norm) : IImageHead
{
    private readonly PixelMean _mean = new(context, grid);
    private readonly Linear _map = FoldedLinear.BuildAfter(context with { Place = "head" }, classes, grid.Channels, norm);

    /// <inheritdoc/>
    public int Outputs => _map.Outputs;

    /// <inheritdoc/>
    public void Apply(ForwardPass pass, int images, TensorView x, TensorView y)
    {
        using Workspace.Scope scope = pass.Workspace.Open();
        TensorView mean = pass.Workspace.Rent(images, _map.Inputs);
        _mean.Apply(pass, images, x, mean);
        _map.Scan(pass, mean, y);
    }
}
