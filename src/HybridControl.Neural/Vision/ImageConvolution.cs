using HybridControl.Neural.Backends;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Vision;

/// <summary>A convolution over images as one matrix product over the patches under its kernel, then a function.</summary>
internal sealed class ImageConvolution : IImageLayer
{
    private readonly Linear _map;
    private readonly IndexBuffer _patches;
    private readonly Activation _activation;

    /// <summary>Builds it from <c>weight</c> (outputs x channels x side x side).</summary>
    /// <param name="context">Its place.</param>
    /// <param name="grid">The images that come in.</param>
    /// <param name="channels">Channels that go out.</param>
    /// <param name="kernel">The kernel.</param>
    /// <param name="settings">What else it does.</param>
    public ImageConvolution(LayerContext context, ImageGrid grid, int channels, ConvolutionKernel kernel, ImageConvolutionSettings settings)
    {
        (Name, Output, _activation) = (context.Place, kernel.PlacesIn(grid) with { Channels = channels }, settings.Activation);
        _patches = ImageIndexes.Patches(context, grid, kernel, settings.ChannelsFirst);
        _map = FoldedLinear.Build(context, channels, grid.Channels * kernel.Side * kernel.Side, settings.Bias, settings.Norm, settings.Scale);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public ImageGrid Output { get; }

    /// <inheritdoc/>
    public void Apply(ForwardPass pass, int images, TensorView x, TensorView y)
    {
        using Workspace.Scope scope = pass.Workspace.Open();
        TensorView patches = pass.Workspace.Rent(images, _patches.Length);
        pass.Backend.GatherEntries(x.Reshaped(images, (int)(x.Count / images)), _patches, patches);
        _map.Scan(pass, patches.Reshaped(images * Output.Pixels, _map.Inputs), y);
        if (_activation != Activation.Identity)
        {
            pass.Backend.Activate(_activation, y, y);
        }
    }
}
