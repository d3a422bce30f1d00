using HybridControl.Neural.Backends;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Vision;

/// <summary>The mixer of Heracles: half the channels pass a small convolution, the other half a filter over the whole image, learned for each frequency.</summary>
/// <remarks>
/// Parameters: <c>local_ssm.conv.weight</c> (d/2 x 9), <c>local_ssm.conv.bias</c>, <c>weight</c> (d/2 x height x width). The halves take
/// turns in the channels that go out. Frequencies are those of the cosine transform, as in the published code. Not causal, and of a fixed
/// size. A series is an image of one row; its convolution has three taps, the middle row of the nine.
/// Patro et al., "Heracles", arXiv 2403.18063.
/// </remarks>
internal sealed class SpectralMixer : ISequenceLayer
{
    private readonly ImageGrid _grid;
    private readonly DepthwiseConvolution _local;
    private readonly CosineTransform _transform;
    private readonly TensorView _filter;
    private readonly IndexBuffer _planes;
    private readonly IndexBuffer _odd;
    private readonly IndexBuffer _even;

    public SpectralMixer(LayerContext context, ImageGrid grid)
    {
        int half = grid.Channels / 2;
        _grid = grid;
        _local = new(context.Below("local_ssm.conv"), grid with { Channels = half });
        _transform = new(context, grid.Height, grid.Width);
        _filter = Filter(context, half, grid.Height, grid.Width);
        _planes = ImageIndexes.Planes(context, grid, half, half);
        _odd = ImageIndexes.OddChannels(context, grid);
        _even = ImageIndexes.EvenChannels(context, grid.Channels);
    }

    /// <inheritdoc/>
    public int Inputs => _grid.Channels;

    /// <inheritdoc/>
    public int Outputs => _grid.Channels;

    /// <inheritdoc/>
    public void Scan(ForwardPass pass, TensorView x, TensorView y)
    {
        using Workspace.Scope scope = pass.Workspace.Open();
        (int images, int half) = (pass.Shape.Streams, _grid.Channels / 2);
        TensorView local = pass.Workspace.Rent(x.Rows, half);
        TensorView spread = pass.Workspace.Rent(x.Rows, _grid.Channels);
        TensorView planes = pass.Workspace.Rent(images * half, _grid.Pixels);
        TensorView spectra = pass.Workspace.Rent(images * half, _grid.Pixels);
        TensorView planesOfImages = planes.Reshaped(images, half * _grid.Pixels);
        TensorView spectraOfImages = spectra.Reshaped(images, half * _grid.Pixels);
        pass.Backend.GatherEntries(x.Reshaped(images, _grid.Numbers), _planes, planesOfImages);
        _transform.Forward(pass, planes, spectra);
        pass.Backend.Multiply(spectraOfImages, _filter, spectraOfImages);
        _transform.Back(pass, spectra, planes);
        pass.Backend.GatherEntries(planesOfImages, _odd, y.Reshaped(images, _grid.Numbers));
        _local.Scan(pass, x.ColumnsAt(0, half), local);
        pass.Backend.GatherEntries(local, _even, spread);
        pass.Backend.AddScaled(spread, 1.0, y);
    }

    /// <summary>Column after column, as spectra are.</summary>
    private static TensorView Filter(LayerContext context, int channels, int height, int width)
    {
        IMatrixSource source = context.Parameters.Find(context.Named("weight"), channels, height * width);
        var row = new double[height * width];
        var filter = new double[channels * row.Length];
        for (int c = 0; c < channels; c++)
        {
            source.ReadRow(c, row);
            for (int i = 0; i < row.Length; i++)
            {
                filter[(c * row.Length) + (i % width * height) + (i / width)] = row[i];
            }
        }

        return context.Parameters.Constant(filter, 1, filter.Length);
    }
}
