namespace HybridControl.Neural.Sequences.Mixers;

/// <summary>How a time-invariant layer steps its continuous modes from token to token.</summary>
public enum LinearRule
{
    /// <summary>The input is held over a step: factor <c>exp(a)</c>, gain <c>(exp(a) - 1) / a</c>.</summary>
    ZeroOrderHold,

    /// <summary>Trapezoidal rule (Tustin): factor <c>(1 + a/2) / (1 - a/2)</c>, gain <c>1 / (1 - a/2)</c>.</summary>
    Bilinear,
}
