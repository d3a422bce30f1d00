using HybridControl.Neural.Backends;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Vision;

/// <summary>The mean of each channel over the pixels of an image.</summary>
internal sealed class PixelMean
{
    private readonly ImageGrid _grid;
    private readonly IndexBuffer _planes;
    private readonly Weight _mean;

    public PixelMean(LayerContext context, ImageGrid grid)
    {
        (_grid, _planes) = (grid, ImageIndexes.Planes(context, grid, 0, grid.Channels));
        double[] shares = [.. Enumerable.Repeat(1.0 / grid.Pixels, grid.Pixels)];
        _mean = context.Parameters.Fixed(MatrixSources.Of("mean", shares, 1, grid.Pixels));
    }

    /// <summary>From a row for each pixel to a row for each image.</summary>
    public void Apply(ForwardPass pass, int images, TensorView x, TensorView y)
    {
        using Workspace.Scope scope = pass.Workspace.Open();
        TensorView planes = pass.Workspace.Rent(images, _grid.Numbers);
        pass.Backend.GatherEntries(x.Reshaped(images, _grid.Numbers), _planes, planes);
        pass.Backend.MatMul(planes.Reshaped(images * _grid.Channels, _grid.Pixels), _mean, default, 1.0, 0.0, y.Reshaped(images * _grid.Channels, 1));
    }
}
