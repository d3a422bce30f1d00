using System.Diagnostics.CodeAnalysis;

namespace HybridControl.Ensembles.Simulated;

/// <summary>The blocks that are being run: a thread begins the next one, and helps others once there are no more. Thread-safe.</summary>
/// <param name="begin">Makes an empty block with its samples.</param>
internal sealed class SharedBlocks(Func<long, EnsembleBlock> begin)
{
    private readonly object _gate = new();
    private readonly List<SharedBlock> _open = [];
    private int _opening;

    /// <summary>A block to work on: the next of the schedule, or else one that another thread has begun.</summary>
    /// <returns>False if no trajectory is left to be begun, or the run is to end.</returns>
    public bool TryOpen(BlockSchedule schedule, [NotNullWhen(true)] out SharedBlock? block)
    {
        lock (_gate)
        {
            _opening++;
        }

        SharedBlock? own = null;
        try
        {
            own = schedule.TryTake(wait: true, out long number) ? new(begin(number)) : null;
        }
        finally
        {
            lock (_gate)
            {
                _opening--;
                _open.RemoveAll(static other => !other.HasMore);
                if (own is not null)
                {
                    _open.Add(own);
                }

                Monitor.PulseAll(_gate);
            }
        }

        block = own ?? Helped(schedule);
        return block is not null;
    }

    // Between taking a block and opening it a thread fills its samples: who would help it must wait for that.
    private SharedBlock? Helped(BlockSchedule schedule)
    {
        lock (_gate)
        {
            while (!schedule.Stop.IsCancellationRequested)
            {
                _open.RemoveAll(static other => !other.HasMore);
                if (_open.Count > 0 || _opening == 0)
                {
                    return _open.FirstOrDefault();
                }

                Monitor.Wait(_gate);
            }

            return null;
        }
    }
}
