using System.Runtime.ExceptionServices;

namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>A few threads that help the caller with the parts of a job and sleep between jobs.</summary>
/// <remarks>
/// Parts are handed out in order, one at a time; which thread does which does not change what a part computes. Threads start with
/// the first job that has several parts. The caller works too and never waits for a thread that has not woken up. Once the threads
/// are sent home the caller does all parts by itself.
/// </remarks>
internal sealed class Workers : IDisposable
{
    private readonly SemaphoreSlim _wake = new(0);
    private readonly ManualResetEventSlim _done = new(false, spinCount: 200);
    private Thread[]? _threads;
    private Job? _job;
    private int _parts;
    private int _next;
    private int _active;
    private Exception? _fault;
    private volatile bool _isDisposed;

    /// <summary>Prepares so many workers, the caller being the first.</summary>
    public Workers(int count) => Count = count;

    /// <summary>Workers, the caller included.</summary>
    public int Count { get; }

    /// <summary>Does all parts of a job, each once.</summary>
    public void Run(Job job, int parts)
    {
        int helpers = Math.Min(parts, Count) - 1;
        if (helpers <= 0 || _isDisposed)
        {
            for (int part = 0; part < parts; part++)
            {
                job.Run(part, worker: 0);
            }

            return;
        }

        Start();
        (_job, _parts, _next, _fault) = (job, parts, 0, null);
        _done.Reset();
        Volatile.Write(ref _active, helpers + 1);
        _wake.Release(helpers);
        Work(worker: 0);

        // Whoever still sleeps is no longer needed.
        int idle = 0;
        while (_wake.Wait(0))
        {
            idle++;
        }

        if (Interlocked.Add(ref _active, -(idle + 1)) > 0)
        {
            _done.Wait();
        }

        _job = null;
        if (_fault is { } fault)
        {
            ExceptionDispatchInfo.Throw(fault);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _wake.Release(Count);
        }
    }

    private void Start()
    {
        if (_threads is null)
        {
            _threads = new Thread[Count - 1];
            for (int i = 0; i < _threads.Length; i++)
            {
                int worker = i + 1;
                _threads[i] = new Thread(() => Serve(worker)) { IsBackground = true, Name = $"tensor worker {worker}" };
                _threads[i].Start();
            }
        }
    }

    private void Serve(int worker)
    {
        while (true)
        {
            _wake.Wait();
            if (_isDisposed)
            {
                return;
            }

            Work(worker);
            if (Interlocked.Decrement(ref _active) == 0)
            {
                _done.Set();
            }
        }
    }

    private void Work(int worker)
    {
        try
        {
            Job job = _job!;
            for (int part = Interlocked.Increment(ref _next) - 1; part < _parts; part = Interlocked.Increment(ref _next) - 1)
            {
                job.Run(part, worker);
            }
        }
        catch (Exception fault)
        {
            _fault = fault;
        }
    }
}
