namespace HybridControl.Ensembles.Lanes;

/// <summary>Feeds one thread: takes blocks from the schedule as its lanes become free, and returns them when they are finished.</summary>
/// <remarks>
/// A thread begins its next block while the last trajectories of the one before still run, so that lanes are idle at the very
/// end only. Not thread-safe.
/// </remarks>
internal sealed class BlockFeed(LanePlan plan, BlockSchedule schedule) : ITrajectoryFeed
{
    private OpenBlock? _current;

    /// <inheritdoc/>
    public bool TryNext(bool wait, out OpenBlock block, out int index)
    {
        while (_current is null || !_current.TryStart(out index))
        {
            if (!schedule.TryTake(wait, out long number))
            {
                block = null!;
                index = -1;
                return false;
            }

            _current = new OpenBlock(plan.Begin(number), 0, 1);
        }

        block = _current;
        return true;
    }

    /// <inheritdoc/>
    public double Noise(int noise, long trajectory, long draw) => plan.Sampler.Noise(noise, trajectory, draw);

    /// <inheritdoc/>
    public void Finished(OpenBlock block) => schedule.Complete(block.Block);
}
