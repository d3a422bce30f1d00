using HybridControl.Ensembles.Statistics;

namespace HybridControl.Ensembles;

/// <summary>What a sequential run found. Immutable.</summary>
/// <param name="Estimate">The probability or mean.</param>
/// <param name="Interval">Its interval.</param>
/// <param name="IsReached">Whether the interval is as narrow as asked; if not, the plan ended or the run was cancelled first.</param>
/// <param name="Result">The statistics of the trajectories that were run.</param>
public sealed record SequentialResult(double Estimate, ConfidenceInterval Interval, bool IsReached, EnsembleResult Result);
