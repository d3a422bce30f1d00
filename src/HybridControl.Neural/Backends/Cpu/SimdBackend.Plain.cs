using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Backends.Cpu;

public sealed unsafe partial class SimdBackend<T>
{
    private readonly ScalarBackend<T> _plain = new();

    /// <inheritdoc/>
    public override void AddScaled(TensorView x, double factor, TensorView y) => _plain.AddScaled(x, factor, y);

    /// <inheritdoc/>
    public override void Multiply(TensorView x, TensorView y, TensorView z) => _plain.Multiply(x, y, z);

    /// <inheritdoc/>
    public override void Activate(Activation activation, TensorView x, TensorView y) => _plain.Activate(activation, x, y);

    /// <inheritdoc/>
    public override void Gate(TensorView x, Activation activation, TensorView gate, TensorView y) => _plain.Gate(x, activation, gate, y);

    /// <inheritdoc/>
    public override void Normalize(in NormSettings settings, TensorView x, TensorView weight, TensorView bias, TensorView gate, TensorView y) =>
        _plain.Normalize(settings, x, weight, bias, gate, y);

    /// <inheritdoc/>
    public override void Convolve(
        in ConvolutionSettings settings, SequenceShape shape, TensorView x, TensorView weight, TensorView bias, TensorView state, TensorView y) =>
        _plain.Convolve(settings, shape, x, weight, bias, state, y);

    /// <inheritdoc/>
    public override void ConvolveImages(int height, int width, TensorView x, TensorView weight, TensorView bias, TensorView y) =>
        _plain.ConvolveImages(height, width, x, weight, bias, y);

    /// <inheritdoc/>
    public override void DiagonalScan(SequenceShape shape, in DiagonalScanOperands operands) => _plain.DiagonalScan(shape, operands);

    /// <inheritdoc/>
    public override void ModalScan(SequenceShape shape, in ModalScanOperands operands) => _plain.ModalScan(shape, operands);

    /// <inheritdoc/>
    public override void Attend(SequenceShape shape, ReadOnlySpan<KeySpan> spans, in AttentionOperands operands) => _plain.Attend(shape, spans, operands);
}
