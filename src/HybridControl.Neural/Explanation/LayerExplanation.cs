using HybridControl.Neural.Sequences;

namespace HybridControl.Neural.Explanation;

/// <summary>What can be said of one part of a stack.</summary>
/// <param name="Place">Its name, such as <c>layers.0.mixer</c>.</param>
/// <param name="Kind">How much can be said.</param>
/// <param name="Text">In words, with the numbers that matter.</param>
/// <param name="Layer">The layer, for those that have a law of their own; else null.</param>
public sealed record LayerExplanation(string Place, Explainability Kind, string Text, ISequenceLayer? Layer)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Place}: {Text}";
}
