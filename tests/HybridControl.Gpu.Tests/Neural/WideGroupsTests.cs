using HybridControl.Gpu.Devices;
using HybridControl.Gpu.Neural;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Tensors;
using HybridControl.Neural.Tests.Backends;

namespace HybridControl.Gpu.Tests.Neural;

/// <summary>The launches that a graphics processor gets, with groups of up to 256 threads, on a device emulated by as many.</summary>
public sealed class WideGroupsTests
{
    private readonly GpuDevice _device = GpuDevice.Emulated(groupThreads: 256);
    private ITensorBackend _backend = null!;
    private BackendPair _pair = null!;

    [OneTimeSetUp]
    public void Open() => _backend = GpuTensorBackend.Create(_device);

    [OneTimeTearDown]
    public void Close()
    {
        _backend.Dispose();
        _device.Dispose();
    }

    [SetUp]
    public void CreatePair() => _pair = new BackendPair(_backend, seed: 23);

    [TearDown]
    public void DisposePair() => _pair.Dispose();

    [TestCase(130, 140, 21, WeightFormat.Native)] // parts of 128 x 128
    [TestCase(33, 70, 37, WeightFormat.BFloat16)] // parts of 64 x 64
    [TestCase(3, 21, 300, WeightFormat.Int8)] // rows
    public void Products_agree(int rows, int outputs, int inputs, WeightFormat format)
    {
        (Weight oracle, Weight subject) = _pair.Weight(outputs, inputs, format);
        Operand x = _pair.Random(rows, inputs, gap: 1);
        Operand bias = _pair.Random(1, outputs);
        Operand y = _pair.Random(rows, outputs);
        _pair.Run((b, of) => b.MatMul(of(x), ReferenceEquals(b, _backend) ? subject : oracle, of(bias), 0.5, 1.0, of(y)));
        _pair.Check(y);
    }

    [TestCase(70, 2, 80, 36)]
    [TestCase(1, 2, 20, 140)]
    public void Dual_scans_agree_in_place(int length, int heads, int width, int size)
    {
        var shape = new SequenceShape(1, length);
        Operand x = _pair.Random(length, heads * width);
        Operand delta = _pair.Random(length, heads, -3.0, 1.0);
        Operand a = _pair.Random(1, heads, -2.0, -0.5);
        Operand b = _pair.Random(length, size);
        Operand c = _pair.Random(length, size);
        Operand d = _pair.Random(1, heads);
        Operand state = _pair.Random(1, heads * width * size);
        _pair.Run((backend, of) => backend.Ssd(shape, new()
        {
            X = of(x),
            Delta = of(delta),
            Softplus = true,
            A = of(a),
            B = of(b),
            C = of(c),
            D = of(d),
            State = of(state),
            Y = of(x),
            Heads = heads,
            Groups = 1,
        }));
        _pair.Check(x);
        _pair.Check(state);
    }

    [TestCase(2, 19, 150, 16)]
    [TestCase(1, 130, 40, 6)] // cut along time
    public void Selective_scans_agree(int streams, int length, int channels, int size)
    {
        var shape = new SequenceShape(streams, length);
        Operand x = _pair.Random(shape.Rows, channels);
        Operand delta = _pair.Random(shape.Rows, channels, -3.0, 1.0);
        Operand b = _pair.Random(shape.Rows, size);
        Operand c = _pair.Random(shape.Rows, size);
        Operand a = _pair.Random(size, channels, -2.0, -0.1);
        Operand gate = _pair.Random(shape.Rows, channels);
        Operand state = _pair.Random(streams, size * channels);
        _pair.Run((backend, of) => backend.SelectiveScan(shape, new()
        {
            X = of(x),
            Delta = of(delta),
            B = of(b),
            C = of(c),
            A = of(a),
            Gate = of(gate),
            State = of(state),
            Y = of(x),
            Heads = 1,
        }));
        _pair.Check(x);
        _pair.Check(state);
    }

    [TestCase(40, 0)]
    [TestCase(1, 150)]
    public void Attention_agrees(int length, int past)
    {
        Operand q = _pair.Random(length, 4 * 68);
        Operand k = _pair.Random(length + past, 2 * 68);
        Operand v = _pair.Random(length + past, 2 * 36);
        Operand y = _pair.Random(length, 4 * 36);
        KeySpan[] spans = [new(0, length + past, 0, past)];
        _pair.Run((b, of) => b.Attend(new SequenceShape(1, length), spans, new()
        {
            Queries = of(q),
            Keys = of(k),
            Values = of(v),
            Y = of(y),
            Heads = 4,
            KeyHeads = 2,
            Scale = 0.2,
            Causal = true,
        }));
        _pair.Check(y);
    }

    [Test]
    public void Norms_and_filters_of_modes_agree()
    {
        Operand x = _pair.Random(2, 300);
        Operand y = _pair.Random(2, 300);
        _pair.Run((b, of) => b.Normalize(new NormSettings(NormKind.Layer, 1e-5), of(x), default, default, default, of(y)));
        _pair.Check(y);
        Operand u = _pair.Random(20, 3);
        Operand lambda = _pair.Random(2, 3 * 40, -0.7, 0.7);
        Operand c = _pair.Random(2, 3 * 40, -0.3, 0.3);
        Operand z = _pair.Random(20, 3);
        _pair.Run((b, of) => b.ModalScan(new SequenceShape(1, 20), new() { U = of(u), Lambda = of(lambda), B = of(c), C = of(c), Y = of(z), Modes = 40 }));
        _pair.Check(z);
    }
}
