namespace HybridControl.Ensembles.Lanes;

/// <summary>Runs the trajectories of a feed on one thread.</summary>
internal interface ILaneExecutor : IDisposable
{
    /// <summary>Runs until the feed has no more trajectories and all that were started have ended.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; trajectories of open blocks are lost.</exception>
    void Run(ITrajectoryFeed feed, CancellationToken cancellation);
}
