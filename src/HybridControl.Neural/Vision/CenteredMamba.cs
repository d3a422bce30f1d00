using HybridControl.Neural.Backends;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Vision;

/// <summary>The mixer of MambaVision: half the channels pass a centred convolution and a selective scan, the other half a centred convolution alone.</summary>
/// <remarks>
/// Parameters: <c>in_proj.weight</c> (d x d), <c>conv1d_x.weight</c>, <c>conv1d_z.weight</c> (d/2 x taps), <c>x_proj.weight</c>
/// ((rank + 2 n) x d/2), <c>dt_proj.weight</c>, <c>dt_proj.bias</c>, <c>A_log</c>, <c>D</c>, <c>out_proj.weight</c> (d x d). The halves stand side
/// by side before the last map; nothing gates; the bias of the steps counts twice. Not causal. Hatamizadeh and Kautz, "MambaVision", arXiv 2407.08083.
/// </remarks>
internal sealed class CenteredMamba : ISequenceLayer
{
    // The published code adds the bias in the projection and again in the scan, and weights were trained so.
    private const double BiasCount = 2.0;

    private readonly string _place;
    private readonly int _half;
    private readonly int _size;
    private readonly int _rank;
    private readonly int _taps;
    private readonly Linear _input;
    private readonly TensorView _scannedTaps;
    private readonly TensorView _plainTaps;
    private readonly Weight _projection;
    private readonly Linear _step;
    private readonly TensorView _rates;
    private readonly TensorView _direct;
    private readonly Linear _output;

    /// <summary>Builds it.</summary>
    /// <param name="context">Its place; its width is even.</param>
    /// <param name="stateSize">States of a channel.</param>
    /// <param name="taps">Taps of the convolutions, odd.</param>
    /// <param name="scale">Full name of factors of what it gives; null for none.</param>
    public CenteredMamba(LayerContext context, int stateSize, int taps, string? scale)
    {
        ParameterLoader parameters = context.Parameters;
        (_place, _size, _taps) = (context.Place, stateSize, taps);
        int width = context.Width;
        (_half, _rank) = (width / 2, (width + 15) / 16);
        _input = LinearMap.Build(context, "in_proj", width, width, false);
        _scannedTaps = parameters.Table(context.Named("conv1d_x.weight"), _half, taps);
        _plainTaps = parameters.Table(context.Named("conv1d_z.weight"), _half, taps);
        _projection = parameters.Matrix(context.Named("x_proj.weight"), _rank + (2 * stateSize), _half);
        _step = new(
            parameters.Matrix(context.Named("dt_proj.weight"), _half, _rank),
            parameters.Vector(context.Named("dt_proj.bias"), _half, bias => BiasCount * bias));
        _rates = parameters.Table(context.Named("A_log"), _half, stateSize, log => -Math.Exp(log), transpose: true);
        _direct = parameters.Vector(context.Named("D"), _half);
        _output = FoldedLinear.Build(context.Below("out_proj"), width, width, false, scale: scale);
    }

    /// <inheritdoc/>
    public int Inputs => 2 * _half;

    /// <inheritdoc/>
    public int Outputs => 2 * _half;

    /// <inheritdoc/>
    public void Scan(ForwardPass pass, TensorView x, TensorView y)
    {
        using Workspace.Scope scope = pass.Workspace.Open();
        ITensorBackend backend = pass.Backend;
        TensorView both = pass.Workspace.Rent(x.Rows, 2 * _half);
        _input.Scan(pass, x, both);
        TensorView u = pass.Workspace.Rent(x.Rows, _half);
        TensorView mixed = pass.Workspace.Rent(x.Rows, 2 * _half);
        var convolution = new ConvolutionSettings(_taps, Activation.Silu, Centered: true);
        backend.Convolve(convolution, pass.Shape, both.ColumnsAt(0, _half), _scannedTaps, default, default, u);
        backend.Convolve(convolution, pass.Shape, both.ColumnsAt(_half, _half), _plainTaps, default, default, mixed.ColumnsAt(_half, _half));
        TensorView projected = pass.Workspace.Rent(x.Rows, _rank + (2 * _size));
        TensorView delta = pass.Workspace.Rent(x.Rows, _half);
        backend.MatMul(u, _projection, default, 1.0, 0.0, projected);
        _step.Scan(pass, projected.ColumnsAt(0, _rank), delta);
        pass.Show(_place, "delta", delta);
        backend.SelectiveScan(pass.Shape, new()
        {
            X = u,
            Delta = delta,
            B = projected.ColumnsAt(_rank, _size),
            C = projected.ColumnsAt(_rank + _size, _size),
            A = _rates,
            D = _direct,
            Y = mixed.ColumnsAt(0, _half),
            Heads = 1,
        });
        _output.Scan(pass, mixed, y);
    }
}
