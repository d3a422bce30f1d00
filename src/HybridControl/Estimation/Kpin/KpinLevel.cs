namespace HybridControl.Estimation;

/// <summary>How much of a filter a learned correction may touch.</summary>
public enum KpinLevel
{
    /// <summary>A bounded residual of the dynamics.</summary>
    Residual,

    /// <summary>The residual, and factors of the process and the measurement noise.</summary>
    ResidualAndNoise,

    /// <summary>All that, and a bounded, gated correction of the gain.</summary>
    Gain,
}
