namespace HybridControl.Estimation.Diagnostics;

/// <summary>Why a filter is taken to have lost the system.</summary>
public enum DivergenceReason
{
    /// <summary>An innovation, a mean or a covariance is not a finite number.</summary>
    NonFinite,

    /// <summary>NIS stays beyond its gate, with a covariance of ordinary size.</summary>
    InnovationsBeyondGate,

    /// <summary>NIS stays beyond its gate while a state has become almost certain: the filter no longer listens.</summary>
    CovarianceCollapse,

    /// <summary>A state has become vastly less certain than it was at the start.</summary>
    CovarianceExplosion,
}
