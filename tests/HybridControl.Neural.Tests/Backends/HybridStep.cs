using HybridControl.Neural.Backends;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Tests.Backends;

/// <summary>What a hybrid stack asks of a back-end in one pass: every hot operation once, on random operands.</summary>
internal sealed class HybridStep : IDisposable
{
    private const int Channels = 96;
    private const int Size = 16;
    private const int Heads = 6;
    private readonly ITensorBackend _backend;
    private readonly BackendPair _pair;
    private readonly SequenceShape _shape;
    private readonly List<TensorView> _written = [];
    private readonly Weight _weight;
    private readonly Weight _bytes;
    private readonly KeySpan[] _spans;
    private readonly int[] _rows;
    private readonly TensorView _x;
    private readonly TensorView _y;
    private readonly TensorView _row;
    private readonly TensorView _taps;
    private readonly TensorView _past;
    private readonly SelectiveScanOperands _selective;
    private readonly SsdOperands _ssd;
    private readonly DiagonalScanOperands _diagonal;
    private readonly ModalScanOperands _modal;
    private readonly AttentionOperands _attention;
    private readonly TensorView _table;

    public HybridStep(ITensorBackend backend, int tokens)
    {
        _backend = backend;
        _pair = new BackendPair(backend, seed: 9);
        _shape = new SequenceShape(2, tokens);
        int rows = _shape.Rows;
        _spans = [new(0, tokens, 0, 0), new(tokens, tokens, 0, 0)];
        _rows = [.. Enumerable.Range(0, rows).Select(r => r % Channels)];
        (_, _weight) = _pair.Weight(Channels, Channels, WeightFormat.Native);
        (_, _bytes) = _pair.Weight(Channels, Channels, WeightFormat.Int8);
        _x = Random(rows, Channels);
        _y = Random(rows, Channels);
        _row = Random(1, Channels);
        _taps = Random(Channels, 4);
        _past = Random(2, 4 * Channels);
        _table = Random(rows, Channels / Heads);
        _selective = new()
        {
            X = _x,
            Delta = Random(rows, Channels),
            B = Random(rows, Size),
            C = Random(rows, Size),
            A = Random(Size, Channels, -2.0, -0.1),
            D = _row,
            Gate = _y,
            State = Random(2, Size * Channels),
            Y = Random(rows, Channels),
            Heads = 1,
        };
        _ssd = new()
        {
            X = _x,
            Delta = Random(rows, Heads),
            Softplus = true,
            A = Random(1, Heads, -2.0, -0.1),
            B = Random(rows, 2 * Size),
            C = Random(rows, 2 * Size),
            State = Random(2, Size * Channels),
            Y = Random(rows, Channels),
            Heads = Heads,
            Groups = 2,
        };
        _diagonal = new()
        {
            Lambda = Random(2, Channels / 2, -0.7, 0.7),
            U = _x,
            State = Random(2, Channels),
            Y = Random(rows, Channels),
        };
        _modal = new()
        {
            U = _x,
            Lambda = Random(2, 4 * Channels, -0.7, 0.7),
            B = Random(2, 4 * Channels),
            C = Random(2, 4 * Channels),
            State = Random(2, 8 * Channels),
            Y = Random(rows, Channels),
            Modes = 4,
        };
        _attention = new()
        {
            Queries = _x,
            Keys = Random(rows, Channels / 3),
            Values = Random(rows, Channels / 3),
            Y = Random(rows, Channels),
            Heads = Heads,
            KeyHeads = 2,
            Scale = 0.3,
            Causal = true,
        };
    }

    public void Run()
    {
        _backend.GatherRows(_bytes, _rows, 1.0, _x);
        _backend.Normalize(new NormSettings(NormKind.RootMeanSquare, 1e-5, 0, GateOrder.GateThenNorm), _x, _row, default, _y, _x);
        _backend.MatMul(_x, _weight, _row, 0.1, 0.0, _y);
        _backend.MatMul(_x, _bytes, default, 0.1, 1.0, _y);
        _backend.Convolve(new ConvolutionSettings(4, Activation.Silu), _shape, _y, _taps, _row, _past, _x);
        _backend.Rotate(_x, Heads, _table);
        _backend.SelectiveScan(_shape, _selective);
        _backend.Ssd(_shape, _ssd);
        _backend.DiagonalScan(_shape, _diagonal);
        _backend.ModalScan(_shape, _modal);
        _backend.Attend(_shape, _spans, _attention);
        _backend.Gate(_selective.Y, Activation.Gelu, _y, _y);
        _backend.AddScaled(_ssd.Y, 0.5, _y);
        _backend.Multiply(_y, _row, _y);
        _backend.Activate(Activation.Tanh, _y, _y);
    }

    /// <summary>All that was written.</summary>
    public double[] Outputs() => [.. _written.SelectMany(view =>
    {
        var values = new double[view.Count];
        _backend.Download(view, values);
        return values;
    })];

    public void Dispose() => _pair.Dispose();

    private TensorView Random(int rows, int columns, double low = -1.0, double high = 1.0)
    {
        TensorView view = _pair.Random(rows, columns, low, high).Subject;
        _written.Add(view);
        return view;
    }
}
