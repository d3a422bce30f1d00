using System.Collections.Immutable;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Vision;

/// <summary>Residual blocks that see each window of an image as a sequence of its own, in raster order.</summary>
internal sealed class WindowedBlocks : IImageLayer
{
    private readonly IndexBuffer _windows;
    private readonly IndexBuffer _back;
    private readonly ImmutableArray<ResidualBlock> _blocks;
    private readonly int _length;
    private readonly int _count;

    public WindowedBlocks(LayerContext context, ImageGrid grid, int side, ImmutableArray<ResidualBlock> blocks)
    {
        (Name, Output, _blocks) = (context.Place, grid, blocks);
        (_windows, _back) = (ImageIndexes.Windows(context, grid, side), ImageIndexes.FromWindows(context, grid, side));
        _length = side * side;
        _count = _windows.Length / (_length * grid.Channels);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public ImageGrid Output { get; }

    /// <inheritdoc/>
    public void Apply(ForwardPass pass, int images, TensorView x, TensorView y)
    {
        using Workspace.Scope scope = pass.Workspace.Open();
        TensorView windows = pass.Workspace.Rent(images * _count * _length, x.Columns);
        TensorView flat = windows.Reshaped(images, _windows.Length);
        pass.Backend.GatherEntries(x.Reshaped(images, Output.Numbers), _windows, flat);
        pass.Take(new SequenceShape(images * _count, _length));
        foreach (ResidualBlock block in _blocks)
        {
            block.Apply(pass, windows);
        }

        pass.Backend.GatherEntries(flat, _back, y.Reshaped(images, Output.Numbers));
    }
}
