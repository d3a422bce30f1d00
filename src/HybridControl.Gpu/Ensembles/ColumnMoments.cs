namespace HybridControl.Gpu.Ensembles;

/// <summary>What a device keeps of a column when its numbers stay there.</summary>
/// <param name="Count">Finite numbers.</param>
/// <param name="Missing">Numbers that are missing, such as those of failed trajectories.</param>
/// <param name="Mean">Mean; NaN without numbers.</param>
/// <param name="StandardDeviation">Unbiased standard deviation; NaN with fewer than two numbers.</param>
/// <param name="Min">The smallest number; NaN without numbers.</param>
/// <param name="Max">The largest number; NaN without numbers.</param>
public sealed record ColumnMoments(long Count, long Missing, double Mean, double StandardDeviation, double Min, double Max);
