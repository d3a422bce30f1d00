using HybridControl.Diagnostics;
using HybridControl.Gpu.Devices;
using HybridControl.Gpu.Neural;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Tensors;
using HybridControl.Neural.Tests.Backends;

namespace HybridControl.Gpu.Tests.Neural;

/// <summary>The contract of all back-ends on the emulated device, in single precision and with work left whole.</summary>
public sealed class GpuTensorBackendTests : BackendContract
{
    private readonly GpuDevice _device = GpuDevice.Emulated();

    /// <inheritdoc/>
    protected override ITensorBackend Create() => GpuTensorBackend.Create(_device);

    [OneTimeTearDown]
    public void Close() => _device.Dispose();

    [Test]
    public void More_memory_than_there_is_is_refused_with_both_numbers()
    {
        using ITensorBackend backend = GpuTensorBackend.Create(_device);
        using TensorBuffer held = backend.Allocate(1000);
        Assert.That(
            () => backend.Allocate(1L << 50),
            Throws.TypeOf<ModelException>().With.Message.Contains($"{1L << 52}").And.Message.Contains($"{_device.MemoryBytes}").And.Message.Contains("4000"));
        Assert.That(() => backend.Allocate(long.MaxValue / 2), Throws.TypeOf<ModelException>());
    }

    [Test]
    public void A_view_beyond_its_buffer_is_refused()
    {
        using ITensorBackend backend = GpuTensorBackend.Create(_device);
        using TensorBuffer buffer = backend.Allocate(10);
        Assert.That(() => backend.Fill(new TensorView(buffer, 1, 2, 5, 5), 1.0), Throws.ArgumentException);
        using TensorBuffer other = backend.Allocate(15);
        int[] rows = [0, 2];
        Assert.That(
            () => backend.GatherRows(new TensorView(buffer, 0, 2, 5, 5), rows, new TensorView(other, 0, 2, 5, 5)), Throws.InstanceOf<ArgumentException>());
    }

    [Test]
    public void A_channel_with_more_states_than_registers_is_refused()
    {
        using ITensorBackend backend = GpuTensorBackend.Create(_device);
        using TensorBuffer buffer = backend.Allocate(1000);
        TensorView channel = new(buffer, 0, 1, 1, 1);
        TensorView states = new(buffer, 0, 1, 100, 100);
        Assert.That(
            () => backend.SelectiveScan(new SequenceShape(1, 1), new()
            {
                X = channel,
                Delta = channel,
                B = states,
                C = states,
                A = new(buffer, 0, 100, 1, 1),
                Y = channel,
                Heads = 1,
            }),
            Throws.TypeOf<ModelException>().With.Message.Contains("100 states"));
    }

    [Test]
    public void What_a_cache_has_dropped_does_not_change_a_digit([Values(256, 4)] int leastKeys)
    {
        using ITensorBackend backend = GpuTensorBackend.Create(_device, Precision.Single, new GpuTuning { Multiprocessors = 64, LeastKeys = leastKeys });
        using var pair = new BackendPair(backend, seed: 11);
        TensorView queries = pair.Random(3, 16).Subject;
        TensorView keys = pair.Random(40, 8).Subject;
        TensorView kept = pair.Random(21, 8).Subject;
        backend.Copy(keys.RowsAt(0, 2), kept.RowsAt(0, 2));
        backend.Copy(keys.RowsAt(21, 19), kept.RowsAt(2, 19));
        double[] whole = Attend(keys, new KeySpan(0, 40, Dropped: 0, FirstQuery: 37));
        Assert.That(whole, Has.None.Zero);
        Assert.That(Attend(kept, new KeySpan(0, 21, Dropped: 19, FirstQuery: 37)), Is.EqualTo(whole));

        double[] Attend(TensorView cache, KeySpan span)
        {
            TensorView y = pair.Random(3, 16).Subject;
            KeySpan[] spans = [span];
            backend.Attend(new SequenceShape(1, 3), spans, new()
            {
                Queries = queries,
                Keys = cache,
                Values = cache,
                Y = y,
                Heads = 2,
                KeyHeads = 1,
                Scale = 0.5,
                Causal = true,
                Window = 9,
                Sinks = 2,
            });
            var values = new double[48];
            backend.Download(y, values);
            return values;
        }
    }

    [Test]
    public void A_pass_of_a_known_size_takes_no_more_memory()
    {
        using var backend = (GpuTensorBackend<float, Gpu.Neural.Kernels.SingleNumbers>)GpuTensorBackend.Create(_device);
        using var pair = new BackendPair(backend, seed: 3);
        var shape = new SequenceShape(2, 9);
        Operand x = pair.Random(shape.Rows, 8);
        Operand delta = pair.Random(shape.Rows, 2);
        Operand a = pair.Random(1, 2, -2.0, -1.0);
        Operand b = pair.Random(shape.Rows, 5);
        Operand y = pair.Random(shape.Rows, 8, gap: 1);
        double[] values = new double[shape.Rows * 8];
        int before = 0;
        for (int pass = 0; pass < 3; pass++)
        {
            before = pass == 1 ? backend.Memory.Allocations : before;
            backend.Ssd(shape, new()
            {
                X = x.Subject,
                Delta = delta.Subject,
                A = a.Subject,
                B = b.Subject,
                C = b.Subject,
                Y = y.Subject,
                Heads = 2,
                Groups = 1,
            });
            KeySpan[] spans = [new(0, 9, 0, 0), new(9, 9, 0, pass)];
            backend.Attend(shape, spans, new()
            {
                Queries = x.Subject,
                Keys = x.Subject,
                Values = x.Subject,
                Y = y.Subject,
                Heads = 2,
                KeyHeads = 2,
                Scale = 1.0,
            });
            int[] rows = [pass, 1];
            backend.GatherRows(x.Subject, rows, y.Subject.RowsAt(0, 2));
            backend.Download(y.Subject, values);
        }

        Assert.That(backend.Memory.Allocations, Is.EqualTo(before));
    }
}
