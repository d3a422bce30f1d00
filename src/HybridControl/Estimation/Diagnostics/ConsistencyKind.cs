namespace HybridControl.Estimation.Diagnostics;

/// <summary>What a filter does wrong.</summary>
public enum ConsistencyKind
{
    /// <summary>Residuals are larger than the covariance says: the filter is too sure.</summary>
    Optimistic,

    /// <summary>Residuals are smaller than the covariance says: the filter knows more than it admits.</summary>
    Pessimistic,

    /// <summary>Residuals are off to one side.</summary>
    Biased,

    /// <summary>Innovations remember earlier ones: the past has not been used up.</summary>
    Colored,

    /// <summary>Mean and spread are right but the shape is not normal.</summary>
    NotNormal,

    /// <summary>A component was off that the covariance takes for known exactly.</summary>
    Contradicted,

    /// <summary>The filter lost the system, or its numbers are not finite.</summary>
    Diverged,

    /// <summary>No measurement depends on some combination of states.</summary>
    Unobservable,

    /// <summary>Some combination of states is observable on paper only.</summary>
    BarelyObservable,

    /// <summary>There are too few samples to judge.</summary>
    Inconclusive,
}
