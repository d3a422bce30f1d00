namespace HybridControl.Estimation;

/// <summary>How a fit ended.</summary>
public enum FitStatus
{
    /// <summary>At a maximum inside the bounds, with a definite curvature.</summary>
    Converged,

    /// <summary>At a maximum where at least one parameter sits at a bound; the others are at a maximum given that.</summary>
    AtBound,

    /// <summary>The likelihood does not tell some combination of the parameters: its curvature there is zero.</summary>
    Flat,

    /// <summary>The evaluations ran out before the search came to rest; values are the best so far.</summary>
    NotConverged,

    /// <summary>The measurements have no likelihood at the initial values: a prediction or an update failed, or a number is not finite.</summary>
    NoLikelihood,
}
