using System.Collections.Immutable;

namespace HybridControl.Neural.Stacks;

/// <summary>A whole stack as data: encoder, layers, final norm, head.</summary>
/// <remarks>
/// Parameters: <c>embedding</c> (tokens) or <c>encoder.weight</c> and <c>encoder.bias</c> (signals), <c>meta</c>, the layers'
/// <c>layers.i...</c>, <c>norm.weight</c>, and <c>head.weight</c>, <c>head.bias</c>.
/// </remarks>
public sealed record StackDescription
{
    /// <summary>Numbers of a token between layers.</summary>
    public required int Width { get; init; }

    /// <summary>Kinds of tokens; 0 for a stack that is fed with signals.</summary>
    public int Vocabulary { get; init; }

    /// <summary>Numbers of a sample of the signal; 0 for a stack that is fed with tokens.</summary>
    public int Signals { get; init; }

    /// <summary>Factor of what the encoder gives.</summary>
    public double EncoderScale { get; init; } = 1.0;

    /// <summary>Learned tokens that stand before every sequence.</summary>
    public int MetaTokens { get; init; }

    /// <summary>The layers.</summary>
    public required ImmutableArray<LayerDescription> Layers { get; init; }

    /// <summary>After the last layer; null for none.</summary>
    public NormDescription? FinalNorm { get; init; }

    /// <summary>Numbers that come out for each token; 0 for no head: the stream itself comes out.</summary>
    public int Outputs { get; init; }

    /// <summary>Whether the head is the embedding.</summary>
    public bool TiedHead { get; init; }

    /// <summary>Whether the head adds a bias.</summary>
    public bool HeadBias { get; init; }

    /// <summary>Factor of what the head gives.</summary>
    public double HeadScale { get; init; } = 1.0;
}
