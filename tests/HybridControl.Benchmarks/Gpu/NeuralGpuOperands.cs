using System.Globalization;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Tensors;
using HybridControl.Numerics;

namespace HybridControl.Benchmarks.Gpu;

/// <summary>Operands of the sizes that layers of a few billion weights have, random, in the memory of a device.</summary>
/// <param name="backend">The device's back-end.</param>
/// <param name="divisor">Divides the larger sizes: 1 for a device.</param>
internal sealed class NeuralGpuOperands(ITensorBackend backend, int divisor) : IDisposable
{
    private const int Number = sizeof(float);
    private const int StateSize = 16;
    private const int WideState = 128;
    private const int HeadWidth = 64;

    private readonly List<IDisposable> _owned = [];
    private ulong _seed;

    /// <summary>One number that can be read to wait for all that was queued.</summary>
    public TensorView Probe => _probe ??= Random(1, 1, 0.0, 1.0);

    private TensorView? _probe;

    private int Width => Math.Max(HeadWidth, 4096 / divisor);

    private int Length => Math.Max(32, 2048 / divisor);

    /// <summary>What is measured.</summary>
    public IEnumerable<NeuralGpuCase> Cases()
    {
        yield return Copy();
        yield return Scan(16);
        yield return Scan(1);
        yield return Dual(8, Length);
        yield return Dual(64, 1);
        yield return Convolution();
        yield return Norm();
        foreach (int rows in new[] { 1, 8, Length })
        {
            foreach (WeightFormat format in Enum.GetValues<WeightFormat>())
            {
                yield return Product(rows, format);
            }
        }

        yield return Attention(1, Length, Length);
        yield return Attention(8, 1, 8 * Length);
    }

    public void Dispose() => _owned.ForEach(item => item.Dispose());

    private NeuralGpuCase Copy()
    {
        TensorView x = Random(8 * Length, Width, -1.0, 1.0);
        TensorView y = Random(8 * Length, Width, -1.0, 1.0);
        return new(Named($"copy {x.Rows} x {x.Columns}"), 2.0 * Number * x.Count, 0.0, () => backend.Copy(x, y));
    }

    private NeuralGpuCase Scan(int streams)
    {
        var shape = new SequenceShape(streams, Length);
        SelectiveScanOperands operands = new()
        {
            X = Random(shape.Rows, Width, -1.0, 1.0),
            Delta = Random(shape.Rows, Width, -3.0, 0.0),
            B = Random(shape.Rows, StateSize, -1.0, 1.0),
            C = Random(shape.Rows, StateSize, -1.0, 1.0),
            A = Random(StateSize, Width, -2.0, -0.5),
            D = Random(1, Width, -1.0, 1.0),
            Gate = Random(shape.Rows, Width, -1.0, 1.0),
            State = Random(streams, StateSize * Width, 0.0, 0.0),
            Y = Random(shape.Rows, Width, 0.0, 0.0),
            Heads = 1,
        };
        double entries = (double)shape.Rows * Width;
        double bytes = Number * ((4.0 * entries) + (2.0 * shape.Rows * StateSize) + (2.0 * streams * StateSize * Width));
        return new(Named($"scan {streams} x {Length}, {Width} channels, n = {StateSize}"), bytes, 7.0 * entries * StateSize, () => backend.SelectiveScan(shape, operands));
    }

    private NeuralGpuCase Dual(int streams, int length)
    {
        var shape = new SequenceShape(streams, length);
        int heads = Width / HeadWidth;
        SsdOperands operands = new()
        {
            X = Random(shape.Rows, Width, -1.0, 1.0),
            Delta = Random(shape.Rows, heads, -3.0, 0.0),
            Softplus = true,
            A = Random(1, heads, -2.0, -0.5),
            B = Random(shape.Rows, WideState, -1.0, 1.0),
            C = Random(shape.Rows, WideState, -1.0, 1.0),
            State = Random(streams, Width * WideState, 0.0, 0.0),
            Y = Random(shape.Rows, Width, 0.0, 0.0),
            Heads = heads,
            Groups = 1,
        };
        double entries = (double)shape.Rows * Width;
        double bytes = Number * ((2.0 * entries) + (2.0 * shape.Rows * WideState) + (2.0 * streams * Width * WideState));
        return new(Named($"dual scan {streams} x {length}, {heads} heads of {HeadWidth}, n = {WideState}"), bytes, 4.0 * entries * WideState, () => backend.Ssd(shape, operands));
    }

    private NeuralGpuCase Convolution()
    {
        var shape = new SequenceShape(8, Length);
        TensorView x = Random(shape.Rows, Width, -1.0, 1.0);
        TensorView y = Random(shape.Rows, Width, 0.0, 0.0);
        TensorView weight = Random(Width, 4, -1.0, 1.0);
        var settings = new ConvolutionSettings(4, Activation.Silu);
        return new(
            Named($"convolution 8 x {Length}, {Width} channels, 4 taps"), 2.0 * Number * x.Count, 8.0 * x.Count,
            () => backend.Convolve(settings, shape, x, weight, default, default, y));
    }

    private NeuralGpuCase Norm()
    {
        TensorView x = Random(8 * Length, Width, -1.0, 1.0);
        TensorView y = Random(8 * Length, Width, 0.0, 0.0);
        var settings = new NormSettings(NormKind.RootMeanSquare, 1e-5);
        return new(Named($"norm {x.Rows} x {Width}"), 2.0 * Number * x.Count, 3.0 * x.Count, () => backend.Normalize(settings, x, default, default, default, y));
    }

    private NeuralGpuCase Product(int rows, WeightFormat format)
    {
        Weight weight = backend.LoadWeight(new RandomMatrix(Width, Width, ++_seed), format);
        _owned.Add(weight);
        TensorView x = Random(rows, Width, -1.0, 1.0);
        TensorView y = Random(rows, Width, 0.0, 0.0);
        return new(
            Named($"product {rows} x {Width} x {Width}, {format}"), weight.Bytes + (2.0 * Number * x.Count), 2.0 * x.Count * Width,
            () => backend.MatMul(x, weight, default, 1.0, 0.0, y));
    }

    private NeuralGpuCase Attention(int streams, int length, int keys)
    {
        const int KeyWidth = 128;
        var shape = new SequenceShape(streams, length);
        int heads = Math.Max(4, Width / KeyWidth);
        int keyHeads = heads / 4;
        AttentionOperands operands = new()
        {
            Queries = Random(shape.Rows, heads * KeyWidth, -1.0, 1.0),
            Keys = Random(streams * keys, keyHeads * KeyWidth, -1.0, 1.0),
            Values = Random(streams * keys, keyHeads * KeyWidth, -1.0, 1.0),
            Y = Random(shape.Rows, heads * KeyWidth, 0.0, 0.0),
            Heads = heads,
            KeyHeads = keyHeads,
            Scale = 0.1,
            Causal = true,
            Spacing = 1,
        };
        KeySpan[] spans = [.. Enumerable.Range(0, streams).Select(s => new KeySpan(s * keys, keys, 0, keys - length))];
        double pairs = (double)heads * streams * length * (keys - ((length - 1) / 2.0));
        double bytes = Number * ((2.0 * operands.Queries.Count) + (2.0 * operands.Keys.Count));
        return new(
            Named($"attention {streams} x {length} over {keys}, {heads}/{keyHeads} heads"), bytes, 4.0 * KeyWidth * pairs,
            () => backend.Attend(shape, spans, operands));
    }

    private TensorView Random(int rows, int columns, double low, double high)
    {
        TensorBuffer buffer = backend.Allocate((long)rows * columns);
        _owned.Add(buffer);
        var view = new TensorView(buffer, 0, rows, columns, columns);
        var matrix = new RandomMatrix(1, columns, ++_seed);
        float[] row = new float[columns];
        matrix.ReadRow(0, row);
        for (int i = 0; i < columns; i++)
        {
            row[i] = (float)(low + (0.5 * (high - low) * (row[i] + 1.0)));
        }

        backend.Upload(row, view.RowsAt(0, 1));
        for (int known = 1; known < rows; known *= 2)
        {
            int count = Math.Min(known, rows - known);
            backend.Copy(view.RowsAt(0, count), view.RowsAt(known, count));
        }

        return view;
    }

    private static string Named(FormattableString name) => name.ToString(CultureInfo.InvariantCulture);

    /// <summary>A matrix of equal rows between -1 and 1.</summary>
    private sealed class RandomMatrix : IMatrixSource
    {
        private readonly float[] _row;

        public RandomMatrix(int rows, int columns, ulong seed)
        {
            (Rows, Columns) = (rows, columns);
            _row = [.. Enumerable.Range(0, columns).Select(i => (float)((2.0 * Philox4x32.Uniform(seed, 0, 0, i)) - 1.0))];
        }

        public string Name => "random";

        public int Rows { get; }

        public int Columns { get; }

        public void ReadRow(int row, Span<float> target) => _row.CopyTo(target);

        public void ReadRow(int row, Span<double> target)
        {
            for (int i = 0; i < target.Length; i++)
            {
                target[i] = _row[i];
            }
        }
    }
}
