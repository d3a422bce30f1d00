using HybridControl.Neural.Sequences;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Vision;

/// <summary>A norm of each pixel.</summary>
internal sealed class PixelNorm(string name, ImageGrid grid, RowNorm norm) : IImageLayer
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public ImageGrid Output => grid;

    /// <inheritdoc/>
    public void Apply(ForwardPass pass, int images, TensorView x, TensorView y) => norm.Apply(pass.Backend, x, y);
}
