namespace HybridControl.Estimation;

/// <summary>An estimator that can be set back to an earlier moment of its own, so that late measurements can be used.</summary>
/// <remarks>See <see cref="BufferedEstimator"/>.</remarks>
public interface IRewindable : IEstimator
{
    /// <summary>Whether a prediction may be made in two parts, with a measurement in between.</summary>
    bool CanDivideSteps { get; }

    /// <summary>A place that can hold the state of this estimator: belief, time, likelihood, and whatever else its future depends on.</summary>
    EstimatorSnapshot Snapshot();
}
