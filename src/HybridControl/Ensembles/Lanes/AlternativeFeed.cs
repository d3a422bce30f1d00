namespace HybridControl.Ensembles.Lanes;

/// <summary>Feeds the trajectories of one block that belong to one alternative.</summary>
internal sealed class AlternativeFeed(LanePlan plan, EnsembleBlock block, int alternative) : ITrajectoryFeed
{
    private readonly OpenBlock _open = new(
        block,
        (int)(((alternative - block.First) % plan.AlternativeCount + plan.AlternativeCount) % plan.AlternativeCount),
        plan.AlternativeCount);

    /// <inheritdoc/>
    public bool TryNext(bool wait, out OpenBlock block, out int index)
    {
        block = _open;
        return _open.TryStart(out index);
    }

    /// <inheritdoc/>
    public double Noise(int noise, long trajectory, long draw) => plan.Sampler.Noise(noise, trajectory, draw);

    /// <inheritdoc/>
    public void Finished(OpenBlock block)
    {
        // The block is finished when all of its alternatives are.
    }
}
