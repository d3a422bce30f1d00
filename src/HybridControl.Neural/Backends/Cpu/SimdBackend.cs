using System.Numerics;
using HybridControl.Neural.Backends.Cpu.Simd;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Backends.Cpu;

/// <summary>Every operation on vector instructions (AVX-512, AVX2, or 128 bits) and on several threads.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>; sums are formed in it.</typeparam>
/// <remarks>
/// Results do not depend on the number of workers; they differ between vector widths by rounding. Threads sleep between operations;
/// small operations stay on the calling thread. Nothing is allocated once the largest size has been seen.
/// </remarks>
public sealed unsafe partial class SimdBackend<T> : CpuBackend<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Workers _workers;

    /// <summary>Starts a back-end.</summary>
    /// <param name="workers">Threads that share an operation, the caller included; 0 for one on each processor.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of workers is negative.</exception>
    public SimdBackend(int workers = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(workers);
        _workers = new Workers(workers == 0 ? Environment.ProcessorCount : workers);
        _tiles = new Scratch<T>(_workers.Count);
        _scratch = new Scratch<T>(_workers.Count);
    }

    /// <summary>Ends the threads of a back-end that was not disposed.</summary>
    ~SimdBackend() => Dispose(false);

    /// <inheritdoc/>
    public override string Name =>
        $"CPU, {(Pack512<T>.IsSupported ? "AVX-512" : Pack256<T>.IsSupported ? "AVX2" : "128-bit vectors")}, {(Precision == Precision.Single ? 32 : 64)} bits, {_workers.Count} {(_workers.Count == 1 ? "thread" : "threads")}";

    /// <summary>Nanoseconds of work from which on threads are woken, which takes some 20 microseconds.</summary>
    internal double SmallestSharedJob { get; init; } = 40_000.0;

    /// <summary>Numbers of a pack.</summary>
    internal static int PackWidth => Pack512<T>.IsSupported ? Pack512<T>.Width : Pack256<T>.IsSupported ? Pack256<T>.Width : Pack128<T>.Width;

    private static int PanelPacks => Pack512<T>.IsSupported ? Pack512<T>.PanelPacks : Pack256<T>.IsSupported ? Pack256<T>.PanelPacks : Pack128<T>.PanelPacks;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _workers?.Dispose(); // null where the constructor has thrown
        base.Dispose(disposing);
    }

    /// <summary>Does all parts of an operation, on all workers if it is worth waking them.</summary>
    /// <param name="job">Where the operation is kept; made at the first call.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="parts">How many parts.</param>
    /// <param name="nanoseconds">About how long all parts take together.</param>
    private void Run<TOperation>(ref Job<T, TOperation>? job, in TOperation operation, int parts, double nanoseconds)
        where TOperation : struct, IOperation<T>
    {
        job ??= new Job<T, TOperation>();
        job.Operation = operation;
        if (nanoseconds < SmallestSharedJob)
        {
            for (int part = 0; part < parts; part++)
            {
                job.Run(part, worker: 0);
            }
        }
        else
        {
            _workers.Run(job, parts);
        }

        job.Operation = default;
    }
}
