using HybridControl.Neural.Backends;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Vision;

/// <summary>Two convolutions beside the identity: <c>y = x + norm(conv(f(norm(conv(x)))))</c>.</summary>
/// <remarks>Parameters: <c>conv1</c>, <c>conv2</c> (weight and bias), <c>norm1</c>, <c>norm2</c>, and with a scale <c>gamma</c>.</remarks>
internal sealed class ResidualConvolution : IImageLayer
{
    private const double NormEpsilon = 1e-5;

    private readonly ImageConvolution _first;
    private readonly ImageConvolution _second;

    public ResidualConvolution(LayerContext context, ImageGrid grid, bool scaled)
    {
        (Name, Output) = (context.Place, grid);
        _first = new(context.Below("conv1"), grid, grid.Channels, ConvolutionKernel.Three(), new()
        {
            Bias = true,
            Norm = new(context.Named("norm1"), NormEpsilon),
            Activation = Activation.GeluTanh,
        });
        _second = new(context.Below("conv2"), grid, grid.Channels, ConvolutionKernel.Three(), new()
        {
            Bias = true,
            Norm = new(context.Named("norm2"), NormEpsilon),
            Scale = scaled ? context.Named("gamma") : null,
        });
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public ImageGrid Output { get; }

    /// <inheritdoc/>
    public void Apply(ForwardPass pass, int images, TensorView x, TensorView y)
    {
        using Workspace.Scope scope = pass.Workspace.Open();
        TensorView inner = pass.Workspace.Rent(x.Rows, x.Columns);
        _first.Apply(pass, images, x, inner);
        _second.Apply(pass, images, inner, y);
        pass.Backend.AddScaled(x, 1.0, y);
    }
}
