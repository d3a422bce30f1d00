namespace HybridControl.Neural.Sequences.Channels;

/// <summary>How the logits of a router become experts and their weights.</summary>
public enum RouterKind
{
    /// <summary>Softmax over all experts; the greatest are chosen with the weights that they have there.</summary>
    SoftmaxAll,

    /// <summary>The greatest logits are chosen; softmax over these alone.</summary>
    SoftmaxChosen,

    /// <summary>A sigmoid for each expert; a learned bias helps to choose but is no part of the weight.</summary>
    Sigmoid,
}
