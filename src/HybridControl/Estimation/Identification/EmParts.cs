namespace HybridControl.Estimation;

/// <summary>Which matrices <see cref="ExpectationMaximization"/> estimates.</summary>
[Flags]
public enum EmParts
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The covariance Q of the process noise.</summary>
    Q = 1,

    /// <summary>The covariance R of the sensor noise.</summary>
    R = 2,

    /// <summary>The transition F.</summary>
    F = 4,

    /// <summary>The sensor H.</summary>
    H = 8,

    /// <summary>Q and R.</summary>
    Noise = Q | R,
}
