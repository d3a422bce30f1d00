using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Vision;

/// <summary>A convolution of each channel of an image with nine taps of its own; of a series, an image of one row, with three.</summary>
/// <remarks>Parameters: <c>weight</c> (channels x 9, or x 3), <c>bias</c>.</remarks>
internal sealed class DepthwiseConvolution : ISequenceLayer
{
    private const int Side = 3;

    private readonly ImageGrid _grid;
    private readonly TensorView _taps;
    private readonly TensorView _bias;

    public DepthwiseConvolution(LayerContext context, ImageGrid grid)
    {
        _grid = grid;
        _taps = grid.Height == 1 ? MiddleRow(context, grid.Channels) : context.Parameters.Table(context.Named("weight"), grid.Channels, Side * Side);
        _bias = context.Parameters.Vector(context.Named("bias"), grid.Channels);
    }

    /// <inheritdoc/>
    public int Inputs => _grid.Channels;

    /// <inheritdoc/>
    public int Outputs => _grid.Channels;

    /// <inheritdoc/>
    public void Scan(ForwardPass pass, TensorView x, TensorView y) => pass.Backend.ConvolveImages(_grid.Height, _grid.Width, x, _taps, _bias, y);

    private static TensorView MiddleRow(LayerContext context, int channels)
    {
        IMatrixSource source = context.Parameters.Find(context.Named("weight"), channels, Side);
        var taps = new double[channels * Side * Side];
        for (int c = 0; c < channels; c++)
        {
            source.ReadRow(c, taps.AsSpan(((c * Side) + 1) * Side, Side));
        }

        return context.Parameters.Constant(taps, channels, Side * Side);
    }
}
