using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Sequences.Mixers;

/// <summary>Parameters of an <see cref="SsdMixer"/>.</summary>
internal sealed record SsdParts
{
    public required int Heads { get; init; }

    public required int HeadWidth { get; init; }

    public required int Groups { get; init; }

    public required int StateSize { get; init; }

    /// <summary>0 for no convolution.</summary>
    public required int Taps { get; init; }

    public required bool Gated { get; init; }

    /// <summary>To gate, inputs, B, C and steps, in this order.</summary>
    public required Linear Input { get; init; }

    public required Linear Output { get; init; }

    /// <summary>Channels of inputs, B and C x taps.</summary>
    public required TensorView Convolution { get; init; }

    public required TensorView ConvolutionBias { get; init; }

    /// <summary>1 x heads; empty for none.</summary>
    public required TensorView StepBias { get; init; }

    /// <summary>1 x heads, negative.</summary>
    public required TensorView Rates { get; init; }

    /// <summary>1 x heads; empty for none.</summary>
    public required TensorView Direct { get; init; }

    /// <summary>Turns B and C; null for no positions.</summary>
    public RotaryAngles? Rotary { get; init; }

    public double LeastStep { get; init; }

    /// <summary>0 for no bound.</summary>
    public double GreatestStep { get; init; }

    /// <summary>With the gate; null for a gate alone, or neither.</summary>
    public RowNorm? Norm { get; init; }

    public int Channels => Heads * HeadWidth;

    public int ConvolvedWidth => Channels + (2 * Groups * StateSize);
}
