using System.Numerics;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Backends.Cpu;
using HybridControl.Neural.Tensors;
using HybridControl.Tests.TestKit;

namespace HybridControl.Neural.Tests.Backends;

/// <summary>The vector instructions of this processor agree with the plain loops, on the calling thread and on three that share every operation.</summary>
[TestFixture(typeof(float), 1)]
[TestFixture(typeof(float), 3)]
[TestFixture(typeof(double), 1)]
[TestFixture(typeof(double), 3)]
public class SimdBackendTests<T>(int workers) : BackendContract
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    protected override ITensorBackend Create() => Threaded(workers);

    [Test]
    public void Results_do_not_depend_on_the_number_of_workers()
    {
        using var alone = new SimdBackend<T>(1);
        using SimdBackend<T> shared = Threaded(workers + 1);
        using var first = new HybridStep(alone, tokens: 70);
        using var second = new HybridStep(shared, tokens: 70);
        first.Run();
        second.Run();
        Assert.That(second.Outputs(), Is.EqualTo(first.Outputs()));
    }

    [TestCase(1)]
    [TestCase(70)]
    public void Nothing_is_allocated_after_the_first_pass(int tokens)
    {
        using SimdBackend<T> backend = Threaded(workers);
        using var step = new HybridStep(backend, tokens);
        Allocations.None(step.Run);
    }

    [Test]
    public void A_back_end_without_threads_left_still_computes()
    {
        SimdBackend<T> backend = Threaded(workers);
        using var step = new HybridStep(backend, tokens: 30);
        step.Run();
        double[] before = step.Outputs();
        backend.Dispose();
        using var again = new HybridStep(backend, tokens: 30);
        again.Run();
        Assert.That(again.Outputs(), Is.EqualTo(before));
    }

    [Test]
    public void A_view_beyond_its_buffer_is_refused()
    {
        using SimdBackend<T> backend = Threaded(workers);
        using TensorBuffer buffer = backend.Allocate(10);
        var view = new TensorView(buffer, 4, 2, 4, 4);
        Assert.That(() => backend.Activate(Activation.Silu, view, view), Throws.ArgumentException);
    }

    [Test]
    public void A_weight_takes_the_bytes_of_its_format([Values] WeightFormat format)
    {
        using SimdBackend<T> backend = Threaded(workers);
        using var pair = new BackendPair(backend, seed: 1);
        (Weight _, Weight weight) = pair.Weight(128, 32, format);
        int entry = format switch
        {
            WeightFormat.BFloat16 => 2,
            WeightFormat.Int8 => 1,
            _ => System.Runtime.CompilerServices.Unsafe.SizeOf<T>(),
        };
        Assert.That(weight.Bytes, Is.EqualTo((128 * 32 * entry) + (format == WeightFormat.Int8 ? 128 * System.Runtime.CompilerServices.Unsafe.SizeOf<T>() : 0)));
    }

    private static SimdBackend<T> Threaded(int workers) => new(workers) { SmallestSharedJob = 0.0 };
}
