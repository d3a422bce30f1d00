namespace HybridControl.Estimation;

/// <summary>An estimator that also tells in which mode the system is.</summary>
public interface IModeEstimator : IEstimator
{
    /// <summary>The probability of each mode, given all measurements so far; a live view.</summary>
    ReadOnlySpan<double> ModeProbabilities { get; }
}
