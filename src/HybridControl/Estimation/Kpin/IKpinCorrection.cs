namespace HybridControl.Estimation;

/// <summary>The learned part of a <see cref="KpinEstimator"/>.</summary>
/// <remarks>One thread at a time; <see cref="Fork"/> makes one for another thread.</remarks>
public interface IKpinCorrection
{
    /// <summary>Says what to correct in one step.</summary>
    /// <param name="features">What <see cref="KpinFeatures"/> has written; the first n are the standardised states.</param>
    /// <param name="output">Receives what the level of the design asks for. What it leaves is zero.</param>
    void Evaluate(ReadOnlySpan<double> features, KpinOutput output);

    /// <summary>The same correction with work space of its own.</summary>
    IKpinCorrection Fork();
}
