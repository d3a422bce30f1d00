using HybridControl.Neural.Backends.Cpu.Simd;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Backends.Cpu;

public sealed unsafe partial class SimdBackend<T>
{
    private Job<T, ConvolveRows<T>>? _convolve;
    private Job<T, ConvolvePixels<T>>? _convolveImages;

    /// <inheritdoc/>
    public override void Convolve(
        in ConvolutionSettings settings, SequenceShape shape, TensorView x, TensorView weight, TensorView bias, TensorView state, TensorView y)
    {
        OperandCheck.Operands(settings, shape, x, weight, bias, state, y);
        var operation = new ConvolveRows<T>
        {
            Settings = settings,
            Shape = shape,
            X = new(x),
            Weight = new(weight),
            Bias = new(bias),
            State = new(state),
            Y = new(y),
            Scratch = _scratch,
        };
        Run(ref _convolve, operation, shape.Streams * operation.PartsOfStream, 0.5 * x.Count);
    }

    /// <inheritdoc/>
    public override void ConvolveImages(int height, int width, TensorView x, TensorView weight, TensorView bias, TensorView y)
    {
        OperandCheck.Operands(height, width, x, weight, bias, y);
        var taps = new Block<T>(weight);
        T* byTap = _inputs.Of(0, checked(taps.Rows * taps.Columns));
        for (int c = 0; c < taps.Rows; c++)
        {
            for (int k = 0; k < taps.Columns; k++)
            {
                byTap[(k * taps.Rows) + c] = taps.Row(c)[k];
            }
        }

        var operation = new ConvolvePixels<T> { Height = height, Width = width, X = new(x), Bias = new(bias), Y = new(y), Weights = byTap };
        Run(ref _convolveImages, operation, x.Rows / width, 1.0 * x.Count);
        GC.KeepAlive(weight.Buffer);
    }
}
