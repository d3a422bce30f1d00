using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Sequences.Mixers;

/// <summary>Parameters of a <see cref="MambaMixer"/>.</summary>
internal sealed record MambaParts
{
    public required int Channels { get; init; }

    public required int StateSize { get; init; }

    public required int Taps { get; init; }

    public required int StepRank { get; init; }

    public required int Heads { get; init; }

    /// <summary>To inputs and gates, 2 channels outputs; null if the owner projects.</summary>
    public Linear? Input { get; init; }

    /// <summary>From the channels; null if the owner projects.</summary>
    public Linear? Output { get; init; }

    /// <summary>From the layer's inputs to what is added to the step sizes of the channels; null for none.</summary>
    public ISequenceLayer? StepAttention { get; init; }

    /// <summary>Channels x taps.</summary>
    public required TensorView Convolution { get; init; }

    public required TensorView ConvolutionBias { get; init; }

    /// <summary>For each head to step, B and C: (rank + 2 n) x (channels / heads).</summary>
    public required Weight[] Projection { get; init; }

    /// <summary>For each head from the rank to its channels.</summary>
    public required Weight[] Step { get; init; }

    /// <summary>1 x channels.</summary>
    public required TensorView StepBias { get; init; }

    /// <summary>n x channels, negative.</summary>
    public required TensorView Rates { get; init; }

    /// <summary>1 x channels.</summary>
    public required TensorView Direct { get; init; }

    public RowNorm? StepNorm { get; init; }

    public RowNorm? BNorm { get; init; }

    public RowNorm? CNorm { get; init; }
}
