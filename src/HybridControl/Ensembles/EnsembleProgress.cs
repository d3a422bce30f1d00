namespace HybridControl.Ensembles;

/// <summary>How far an ensemble is.</summary>
/// <param name="Done">Finished trajectories, those of all alternatives together.</param>
/// <param name="Total">Trajectories to run; for a sequential run the most there can be.</param>
/// <param name="Rate">Trajectories per second of wall time so far; zero before the first.</param>
/// <param name="Remaining">Estimated wall time to the end; null before the first trajectory.</param>
public readonly record struct EnsembleProgress(long Done, long Total, double Rate, TimeSpan? Remaining);
