using System.Runtime.ExceptionServices;

namespace HybridControl.Ensembles;

/// <summary>Shares the blocks of a run between threads and delivers the finished ones in ascending order on the calling thread.</summary>
/// <remarks>
/// Threads take the next block from one counter, so a thread whose trajectories are short simply takes more. A block is not
/// begun while it lies too far beyond the last one delivered, which bounds the memory. The calling thread works like the
/// others and delivers between its own blocks. A cancelled or failed run delivers the finished blocks before the first gap.
/// </remarks>
internal sealed class BlockSchedule
{
    private const int BlocksAheadOfEachThread = 8;

    private readonly object _gate = new();
    private readonly Dictionary<long, EnsembleBlock> _finished = [];
    private readonly CancellationTokenSource _stop;
    private readonly Action<EnsembleBlock> _completed;
    private readonly int _owner = Environment.CurrentManagedThreadId;
    private readonly long _end;
    private readonly int _lookAhead;
    private long _nextTaken;
    private long _nextDelivered;
    private bool _receiverFailed;
    private Exception? _fault;

    private BlockSchedule(
        long first, long count, int threads, Action<EnsembleBlock> completed, CancellationTokenSource stop)
    {
        _nextTaken = _nextDelivered = first;
        _end = first + count;
        _lookAhead = BlocksAheadOfEachThread * threads;
        _completed = completed;
        _stop = stop;
        Stop = stop.Token;
    }

    /// <summary>Signalled when the run is to end early: it was cancelled, or a thread failed.</summary>
    public CancellationToken Stop { get; }

    /// <summary>Runs blocks on threads.</summary>
    /// <param name="first">Number of the first block.</param>
    /// <param name="count">The number of blocks.</param>
    /// <param name="threads">The number of threads, the calling one included.</param>
    /// <param name="work">What each thread does: take blocks, finish them, return when there are no more.</param>
    /// <param name="completed">Receives the finished blocks.</param>
    /// <param name="cancellation">Ends the run early.</param>
    /// <exception cref="OperationCanceledException">The run was cancelled before its last block.</exception>
    public static void Run(
        long first,
        long count,
        int threads,
        Action<BlockSchedule> work,
        Action<EnsembleBlock> completed,
        CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (count <= 0)
        {
            return;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var schedule = new BlockSchedule(first, count, threads, completed, stop);
        using CancellationTokenRegistration wake = stop.Token.UnsafeRegister(
            static s => ((BlockSchedule)s!).Wake(), schedule);
        var helpers = new Thread[threads - 1];
        for (int i = 0; i < helpers.Length; i++)
        {
            helpers[i] = new Thread(() => schedule.Guard(work)) { IsBackground = true, Name = "ensemble" };
            helpers[i].Start();
        }

        schedule.Guard(work);
        schedule.Guard(static s => s.DeliverRest());
        foreach (Thread helper in helpers)
        {
            helper.Join();
        }

        schedule.Guard(static s => s.Deliver());
        if (schedule._fault is { } fault)
        {
            ExceptionDispatchInfo.Throw(fault);
        }

        if (schedule._nextDelivered < schedule._end)
        {
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Takes the next block.</summary>
    /// <param name="wait">Whether to wait while the next block is too far ahead; only a thread without open blocks may.</param>
    /// <param name="block">Its number.</param>
    /// <returns>False if there is none, or none yet, or the run is to end.</returns>
    public bool TryTake(bool wait, out long block)
    {
        block = -1;
        while (true)
        {
            lock (_gate)
            {
                if (Stop.IsCancellationRequested || _nextTaken >= _end)
                {
                    return false;
                }

                if (_nextTaken < _nextDelivered + _lookAhead)
                {
                    block = _nextTaken++;
                    return true;
                }

                if (!wait)
                {
                    return false;
                }

                if (!OwnerCanDeliver())
                {
                    Monitor.Wait(_gate);
                }
            }

            if (IsOwner)
            {
                Deliver();
            }
        }
    }

    /// <summary>Hands over a finished block.</summary>
    public void Complete(EnsembleBlock block)
    {
        lock (_gate)
        {
            _finished.Add(block.Number, block);
            Monitor.PulseAll(_gate);
        }

        if (IsOwner)
        {
            Deliver();
        }
    }

    private bool IsOwner => Environment.CurrentManagedThreadId == _owner;

    private bool OwnerCanDeliver() => IsOwner && _finished.ContainsKey(_nextDelivered);

    // Delivers until the last block, waiting for those of other threads.
    private void DeliverRest()
    {
        while (true)
        {
            Deliver();
            lock (_gate)
            {
                if (Stop.IsCancellationRequested || _nextDelivered >= _end)
                {
                    return;
                }

                if (!OwnerCanDeliver())
                {
                    Monitor.Wait(_gate);
                }
            }
        }
    }

    private void Deliver()
    {
        while (!_receiverFailed)
        {
            EnsembleBlock? block;
            lock (_gate)
            {
                if (!_finished.Remove(_nextDelivered, out block))
                {
                    return;
                }

                _nextDelivered++;
                Monitor.PulseAll(_gate);
            }

            _receiverFailed = true;
            _completed(block);
            _receiverFailed = false;
        }
    }

    private void Wake()
    {
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }
    }

    private void Guard(Action<BlockSchedule> work)
    {
        try
        {
            work(this);
        }
        catch (OperationCanceledException) when (Stop.IsCancellationRequested)
        {
            return; // asked for
        }
#pragma warning disable CA1031 // A failure of any thread ends the run and is thrown again on the calling thread.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref _fault, fault, null);
            _stop.Cancel();
        }
    }
}
