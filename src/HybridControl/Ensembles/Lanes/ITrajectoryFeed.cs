namespace HybridControl.Ensembles.Lanes;

/// <summary>Where an executor gets trajectories from and hands finished blocks to. Used by one thread.</summary>
internal interface ITrajectoryFeed
{
    /// <summary>The next trajectory to be started.</summary>
    /// <param name="wait">Whether the executor has nothing else to do and can wait.</param>
    /// <param name="block">The block it belongs to.</param>
    /// <param name="index">Its number in the block.</param>
    /// <returns>False if there is none, or none yet.</returns>
    bool TryNext(bool wait, out OpenBlock block, out int index);

    /// <summary>A draw of noise.</summary>
    double Noise(int noise, long trajectory, long draw);

    /// <summary>All trajectories of a block have ended.</summary>
    void Finished(OpenBlock block);
}
