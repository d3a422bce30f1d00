using HybridControl.Gpu.Neural.Kernels;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Tensors;

namespace HybridControl.Gpu.Neural;

internal sealed partial class GpuTensorBackend<T, TNumbers>
{
    /// <summary>Whether groups are large enough for the tiles of a graphics processor.</summary>
    private bool IsWide => _mostThreads >= LargeTile.Threads;

    /// <inheritdoc/>
    public void MatMul(TensorView x, Weight weight, TensorView bias, double factor, double keep, TensorView y)
    {
        OperandCheck.Shape(x, y.Rows, weight.Columns);
        OperandCheck.Shape(y, x.Rows, weight.Rows);
        OperandCheck.OptionalShape(bias, 1, weight.Rows);
        var matrix = (DeviceWeight<T, TNumbers>)weight;
        switch (weight.Format)
        {
            case WeightFormat.Native:
                MatMul(x, matrix.Native, bias, factor, keep, y);
                break;
            case WeightFormat.BFloat16:
                MatMul(x, matrix.Halves, bias, factor, keep, y);
                break;
            default:
                MatMul(x, matrix.Bytewise, bias, factor, keep, y);
                break;
        }
    }

    /// <inheritdoc/>
    public void Convolve(
        in ConvolutionSettings settings, SequenceShape shape, TensorView x, TensorView weight, TensorView bias, TensorView state, TensorView y)
    {
        int taps = settings.Width;
        OperandCheck.Operands(settings, shape, x, weight, bias, state, y);
        int blocks = (shape.Length + ConvolutionKernels.Steps - 1) / ConvolutionKernels.Steps;
        var arguments = new ConvolutionArguments<T>
        {
            X = Of(x),
            Weight = Of(weight),
            Bias = Of(bias),
            State = Of(state),
            Y = Of(y),
            Activation = (int)settings.Activation,
            Length = shape.Length,
            Ahead = settings.Centered ? taps / 2 : 0,
            Blocks = blocks,
        };
        long threads = (long)shape.Streams * blocks * x.Columns;
        if (taps <= ConvolutionKernels.NarrowTaps)
        {
            _kernels.Each(ConvolutionKernels.Narrow<T, TNumbers>, threads, arguments);
        }
        else
        {
            _kernels.Each(ConvolutionKernels.Wide<T, TNumbers>, threads, arguments);
        }

        if (blocks > 1 && !state.IsEmpty)
        {
            _kernels.Each(ConvolutionKernels.KeepState<T>, (long)shape.Streams * x.Columns, arguments);
        }
    }

    /// <inheritdoc/>
    public void ConvolveImages(int height, int width, TensorView x, TensorView weight, TensorView bias, TensorView y)
    {
        OperandCheck.Operands(height, width, x, weight, bias, y);
        _kernels.Each(ConvolutionKernels.Images<T>, x.Count, new ConvolutionArguments<T>
        {
            X = Of(x),
            Weight = Of(weight),
            Bias = Of(bias),
            State = Of(default),
            Y = Of(y),
            Height = height,
            Width = width,
        });
    }

    private void MatMul<TWeight>(TensorView x, TWeight weight, TensorView bias, double factor, double keep, TensorView y)
        where TWeight : struct, IKernelWeight<T>
    {
        var product = new WeightProduct<T, TWeight>
        {
            X = Of(x),
            Weight = weight,
            Bias = Of(bias),
            Y = Of(y),
            Factor = T.CreateTruncating(factor),
            Keep = T.CreateTruncating(keep),
            KeepsAny = keep == 0.0 ? 0 : 1,
        };
        if (x.Rows <= _tuning.MostRowsWithoutTiles)
        {
            long strips = (y.Columns + RowProductKernels.Outputs - 1) / RowProductKernels.Outputs;
            long passes = (y.Rows + RowProductKernels.Rows - 1) / RowProductKernels.Rows;
            int threads = Math.Min(RowProductKernels.Outputs * RowProductKernels.Widest, _mostThreads);
            _kernels.Groups(RowProductKernels.Run<T, TWeight>, strips * passes, threads, product);
        }
        else
        {
            Multiply(product, 1);
        }
    }

    /// <summary>Computes products in tiles.</summary>
    private void Multiply<TProduct>(TProduct product, long count)
        where TProduct : struct, IProduct<T, TProduct>
    {
        if (!IsWide)
        {
            Multiply<TProduct, SmallTile, LargeMicroTile<T>>(product, count);
        }
        else if (count * Tiles<LargeTile>(product.Rows, product.Columns) >= _multiprocessors && product.Rows > MediumTile.Rows)
        {
            Multiply<TProduct, LargeTile, LargeMicroTile<T>>(product, count);
        }
        else
        {
            Multiply<TProduct, MediumTile, MicroTile<T>>(product, count);
        }
    }

    private void Multiply<TProduct, TTile, TMicro>(TProduct product, long count)
        where TProduct : struct, IProduct<T, TProduct>
        where TTile : struct, IProductTile
        where TMicro : struct, IMicroTile<T, TMicro> =>
        _kernels.Groups(TiledProduct.Run<T, TProduct, TTile, TMicro>, count * Tiles<TTile>(product.Rows, product.Columns), TTile.Threads, product);

    private static long Tiles<TTile>(int rows, int columns)
        where TTile : struct, IProductTile =>
        (long)((rows + TTile.Rows - 1) / TTile.Rows) * ((columns + TTile.Columns - 1) / TTile.Columns);
}
