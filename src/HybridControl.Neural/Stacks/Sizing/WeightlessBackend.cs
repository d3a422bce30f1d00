using HybridControl.Neural.Backends;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Stacks.Sizing;

/// <summary>A back-end that only takes note of sizes: stacks of any size can be built on it, none can run.</summary>
internal sealed class WeightlessBackend : ITensorBackend
{
    public string Name => "sizes only";

    public Precision Precision => Precision.Single;

    public TensorBuffer Allocate(long length) => new NoBuffer(length);

    public IndexBuffer LoadIndexes(ReadOnlySpan<int> indexes) => new NoIndexes(indexes.Length);

    public Weight LoadWeight(IMatrixSource source, WeightFormat format) => new NoWeight(source, format);

    public void Upload(ReadOnlySpan<float> values, TensorView target)
    {
    }

    public void Upload(ReadOnlySpan<double> values, TensorView target)
    {
    }

    public void Download(TensorView source, Span<float> values) => throw Refusal();

    public void Download(TensorView source, Span<double> values) => throw Refusal();

    public void Fill(TensorView target, double value) => throw Refusal();

    public void Copy(TensorView source, TensorView target) => throw Refusal();

    public void AddScaled(TensorView x, double factor, TensorView y) => throw Refusal();

    public void Multiply(TensorView x, TensorView y, TensorView z) => throw Refusal();

    public void Activate(Activation activation, TensorView x, TensorView y) => throw Refusal();

    public void Gate(TensorView x, Activation activation, TensorView gate, TensorView y) => throw Refusal();

    public void Normalize(in NormSettings settings, TensorView x, TensorView weight, TensorView bias, TensorView gate, TensorView y) => throw Refusal();

    public void MatMul(TensorView x, Weight weight, TensorView bias, double factor, double keep, TensorView y) => throw Refusal();

    public void GatherRows(Weight table, ReadOnlySpan<int> rows, double factor, TensorView y) => throw Refusal();

    public void GatherRows(TensorView x, ReadOnlySpan<int> rows, TensorView y) => throw Refusal();

    public void ScatterAddRows(TensorView x, ReadOnlySpan<int> rows, ReadOnlySpan<double> factors, TensorView y) => throw Refusal();

    public void GatherEntries(TensorView x, IndexBuffer indexes, TensorView y) => throw Refusal();

    public void Convolve(in ConvolutionSettings settings, SequenceShape shape, TensorView x, TensorView weight, TensorView bias, TensorView state, TensorView y) => throw Refusal();

    public void ConvolveImages(int height, int width, TensorView x, TensorView weight, TensorView bias, TensorView y) => throw Refusal();

    public void SelectiveScan(SequenceShape shape, in SelectiveScanOperands operands) => throw Refusal();

    public void Ssd(SequenceShape shape, in SsdOperands operands) => throw Refusal();

    public void DiagonalScan(SequenceShape shape, in DiagonalScanOperands operands) => throw Refusal();

    public void ModalScan(SequenceShape shape, in ModalScanOperands operands) => throw Refusal();

    public void Rotate(TensorView x, int heads, TensorView table) => throw Refusal();

    public void Attend(SequenceShape shape, ReadOnlySpan<KeySpan> spans, in AttentionOperands operands) => throw Refusal();

    public void Dispose()
    {
    }

    private static NotSupportedException Refusal() => new("A stack that was built for its sizes alone cannot run.");

    private sealed class NoBuffer(long length) : TensorBuffer(length, Precision.Single)
    {
        protected override void Dispose(bool disposing)
        {
        }
    }

    private sealed class NoIndexes(int length) : IndexBuffer(length)
    {
        protected override void Dispose(bool disposing)
        {
        }
    }

    private sealed class NoWeight(IMatrixSource source, WeightFormat format) : Weight(source.Name, source.Rows, source.Columns, format)
    {
        public override long Bytes => 0;

        protected override void Dispose(bool disposing)
        {
        }
    }
}
