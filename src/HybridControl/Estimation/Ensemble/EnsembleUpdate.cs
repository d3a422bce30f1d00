namespace HybridControl.Estimation;

/// <summary>How an ensemble is updated.</summary>
public enum EnsembleUpdate
{
    /// <summary>Each member sees the measurement with noise of its own. P. L. Houtekamer and H. L. Mitchell; G. Burgers et al., Mon. Weather Rev. 126 (1998).</summary>
    Stochastic,

    /// <summary>The mean sees the measurement, the anomalies half of the gain: no random numbers. P. Sakov and P. R. Oke, Tellus A 60 (2008), 361-371.</summary>
    Deterministic,

    /// <summary>
    /// The symmetric square root in the space of the ensemble; with a localisation, one for each state (LETKF). C. H. Bishop et al.,
    /// Mon. Weather Rev. 129 (2001); B. R. Hunt, E. J. Kostelich and I. Szunyogh, Physica D 230 (2007), 112-126.
    /// </summary>
    SquareRoot,
}
