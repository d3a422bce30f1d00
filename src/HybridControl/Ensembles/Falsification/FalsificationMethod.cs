namespace HybridControl.Ensembles.Falsification;

/// <summary>How the worst run is searched for.</summary>
public enum FalsificationMethod
{
    /// <summary>Covariance matrix adaptation, restarted with twice as many points when it has settled.</summary>
    CmaEs,

    /// <summary>The simplex of Nelder and Mead from many places.</summary>
    NelderMead,
}
