using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Backends;

/// <summary>Where the arithmetic of sequence layers is done: plain loops, vector instructions, or a device.</summary>
/// <remarks>
/// Layers are written once against this. Operands belong to the back-end; shapes that do not fit throw <see cref="ArgumentException"/>.
/// Operations on a device may still be under way when a call returns; <see cref="Download(TensorView, Span{double})"/> waits. After the
/// first pass of a size no operation allocates. One back-end serves one thread at a time. Operands do not overlap unless said so.
/// </remarks>
public interface ITensorBackend : IDisposable
{
    /// <summary>What it is, for messages and tables.</summary>
    string Name { get; }

    /// <summary>The numbers that it computes with.</summary>
    Precision Precision { get; }

    /// <summary>New memory, all zeros.</summary>
    /// <exception cref="Diagnostics.ModelException">There is not so much memory.</exception>
    TensorBuffer Allocate(long length);

    /// <summary>Keeps whole numbers for <see cref="GatherEntries"/>.</summary>
    IndexBuffer LoadIndexes(ReadOnlySpan<int> indexes);

    /// <summary>Reads a matrix into the arrangement in which it multiplies fastest.</summary>
    Weight LoadWeight(IMatrixSource source, WeightFormat format);

    /// <summary>Writes numbers, row after row.</summary>
    void Upload(ReadOnlySpan<float> values, TensorView target);

    /// <summary>Writes numbers, row after row.</summary>
    void Upload(ReadOnlySpan<double> values, TensorView target);

    /// <summary>Reads numbers, row after row, when all that writes them is done.</summary>
    void Download(TensorView source, Span<float> values);

    /// <summary>Reads numbers, row after row, when all that writes them is done.</summary>
    void Download(TensorView source, Span<double> values);

    /// <summary>Sets every entry.</summary>
    void Fill(TensorView target, double value);

    /// <summary>Copies entries between views of one shape.</summary>
    void Copy(TensorView source, TensorView target);

    /// <summary><c>y += factor x</c>.</summary>
    void AddScaled(TensorView x, double factor, TensorView y);

    /// <summary><c>z = x y</c>, entry by entry; a y of one row serves every row. z may be x or y.</summary>
    void Multiply(TensorView x, TensorView y, TensorView z);

    /// <summary><c>y = f(x)</c>; y may be x.</summary>
    void Activate(Activation activation, TensorView x, TensorView y);

    /// <summary><c>y = x f(gate)</c>; y may be x or gate.</summary>
    void Gate(TensorView x, Activation activation, TensorView gate, TensorView y);

    /// <summary>Norm of each row, or of each group of its columns, times a weight, plus a bias; y may be x.</summary>
    /// <param name="settings">Which norm.</param>
    /// <param name="x">R x d.</param>
    /// <param name="weight">1 x d; empty for ones.</param>
    /// <param name="bias">1 x d; empty for zeros.</param>
    /// <param name="gate">R x d, before its silu; empty if <see cref="NormSettings.Order"/> is <see cref="GateOrder.None"/>.</param>
    /// <param name="y">R x d.</param>
    void Normalize(in NormSettings settings, TensorView x, TensorView weight, TensorView bias, TensorView gate, TensorView y);

    /// <summary><c>y = factor (x W' + bias) + keep y</c>.</summary>
    /// <param name="x">R x inputs.</param>
    /// <param name="weight">Outputs x inputs.</param>
    /// <param name="bias">1 x outputs; empty for none.</param>
    /// <param name="factor">Factor of the product.</param>
    /// <param name="keep">Factor of what y held; 0 ignores it, whatever it is.</param>
    /// <param name="y">R x outputs.</param>
    void MatMul(TensorView x, Weight weight, TensorView bias, double factor, double keep, TensorView y);

    /// <summary>Rows of a weight: <c>y[i] = factor W[rows[i]]</c>. Rows are within the weight.</summary>
    void GatherRows(Weight table, ReadOnlySpan<int> rows, double factor, TensorView y);

    /// <summary><c>y[i] = x[rows[i]]</c>. Rows are within x.</summary>
    void GatherRows(TensorView x, ReadOnlySpan<int> rows, TensorView y);

    /// <summary><c>y[rows[i]] += factors[i] x[i]</c>, in order of i.</summary>
    void ScatterAddRows(TensorView x, ReadOnlySpan<int> rows, ReadOnlySpan<double> factors, TensorView y);

    /// <summary><c>y[r, i] = x[r, indexes[i]]</c> for every row; a negative index gives 0.</summary>
    void GatherEntries(TensorView x, IndexBuffer indexes, TensorView y);

    /// <summary>Depthwise convolution along time, then an activation.</summary>
    /// <param name="settings">Taps, activation, alignment.</param>
    /// <param name="shape">How rows are tokens.</param>
    /// <param name="x">R x channels.</param>
    /// <param name="weight">Channels x taps.</param>
    /// <param name="bias">1 x channels; empty for none.</param>
    /// <param name="state">
    /// Streams x (channels taps): the last inputs of each channel, newest last, entry <c>channel * taps + tap</c>, before and after.
    /// Empty: zeros before, nothing kept.
    /// </param>
    /// <param name="y">R x channels; not x.</param>
    void Convolve(in ConvolutionSettings settings, SequenceShape shape, TensorView x, TensorView weight, TensorView bias, TensorView state, TensorView y);

    /// <summary>Depthwise 3 x 3 convolution of images with zeros beyond the edges. Rows are pixels, image after image, row after row.</summary>
    /// <param name="height">Rows of an image.</param>
    /// <param name="width">Columns of an image.</param>
    /// <param name="x">(Images height width) x channels.</param>
    /// <param name="weight">Channels x 9.</param>
    /// <param name="bias">1 x channels; empty for none.</param>
    /// <param name="y">As x; not x.</param>
    void ConvolveImages(int height, int width, TensorView x, TensorView weight, TensorView bias, TensorView y);

    /// <summary>Selective scan.</summary>
    void SelectiveScan(SequenceShape shape, in SelectiveScanOperands operands);

    /// <summary>State-space-duality scan.</summary>
    void Ssd(SequenceShape shape, in SsdOperands operands);

    /// <summary>Complex diagonal recurrence.</summary>
    void DiagonalScan(SequenceShape shape, in DiagonalScanOperands operands);

    /// <summary>Filter with complex modes for each channel.</summary>
    void ModalScan(SequenceShape shape, in ModalScanOperands operands);

    /// <summary>Rotary positions: turns entries i and i + half of each head, in place.</summary>
    /// <param name="x">R x (heads width).</param>
    /// <param name="heads">Heads.</param>
    /// <param name="table">R x 2 half: cosines, then sines, of the row's angles. Entries of a head from 2 half on stay.</param>
    void Rotate(TensorView x, int heads, TensorView table);

    /// <summary>Attention.</summary>
    /// <param name="shape">How rows of queries are tokens.</param>
    /// <param name="spans">Keys of each stream.</param>
    /// <param name="operands">What is read and written.</param>
    void Attend(SequenceShape shape, ReadOnlySpan<KeySpan> spans, in AttentionOperands operands);
}
