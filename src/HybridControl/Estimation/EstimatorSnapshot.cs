namespace HybridControl.Estimation;

/// <summary>A place that holds the state of one estimator; used again and again, so that it need not allocate.</summary>
public abstract class EstimatorSnapshot
{
    /// <summary>Copies the present state of the estimator.</summary>
    public abstract void Take();

    /// <summary>Sets the estimator back to the state that was taken.</summary>
    public abstract void Restore();
}
