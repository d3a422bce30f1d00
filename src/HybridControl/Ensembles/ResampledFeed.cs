using HybridControl.Ensembles.Lanes;

namespace HybridControl.Ensembles;

/// <summary>Feeds lanes with the samples of another plan than the one that their code was compiled for.</summary>
/// <param name="feed">The feed of the compiled plan, whose blocks are as long as those of the other.</param>
/// <param name="sampler">The samples of the other.</param>
/// <remarks>Not thread-safe; one for each thread.</remarks>
internal sealed class ResampledFeed(ITrajectoryFeed feed, PlanSampler sampler) : ITrajectoryFeed
{
    private OpenBlock? _filled;

    /// <inheritdoc/>
    public bool TryNext(bool wait, out OpenBlock block, out int index)
    {
        if (!feed.TryNext(wait, out block, out index))
        {
            return false;
        }

        if (block != _filled)
        {
            sampler.Fill(block.Block);
            _filled = block;
        }

        return true;
    }

    /// <inheritdoc/>
    public double Noise(int noise, long trajectory, long draw) => sampler.Noise(noise, trajectory, draw);

    /// <inheritdoc/>
    public void Finished(OpenBlock block) => feed.Finished(block);
}
