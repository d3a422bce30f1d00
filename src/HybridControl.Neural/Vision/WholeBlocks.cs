using System.Collections.Immutable;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Vision;

/// <summary>Residual blocks that see each image as one sequence, in raster order.</summary>
internal sealed class WholeBlocks(LayerContext context, ImageGrid grid, ImmutableArray<ResidualBlock> blocks) : IImageLayer
{
    /// <inheritdoc/>
    public string Name { get; } = context.Place;

    /// <inheritdoc/>
    public ImageGrid Output => grid;

    /// <inheritdoc/>
    public void Apply(ForwardPass pass, int images, TensorView x, TensorView y)
    {
        pass.Backend.Copy(x, y);
        pass.Take(new SequenceShape(images, grid.Pixels));
        foreach (ResidualBlock block in blocks)
        {
            block.Apply(pass, y);
        }
    }
}
