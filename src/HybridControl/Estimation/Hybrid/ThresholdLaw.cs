namespace HybridControl.Estimation;

/// <summary>How the threshold of a guard scatters about its mean.</summary>
public enum ThresholdLaw
{
    /// <summary>Normally; with no deviation the guard is sharp.</summary>
    Normal,

    /// <summary>Logistically: a guard that is passed with a probability that is a sigmoid of the distance, of slope pi / (sqrt(3) s) for a deviation s.</summary>
    Logistic,
}
