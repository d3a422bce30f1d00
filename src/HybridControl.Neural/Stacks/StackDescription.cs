using System.Collections.Immutable;
using System.Globalization;
using HybridControl.Diagnostics;

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

    /// <summary>What cannot be, before anything is made of it.</summary>
    public ImmutableArray<Finding> Check()
    {
        var findings = new FindingList();
        var check = new DescriptionCheck("", Width, findings);
        check.Size("width", Width);
        check.Size("vocabulary", Vocabulary, least: 0);
        check.Size("signals", Signals, least: 0);
        check.Size("metaTokens", MetaTokens, least: 0, most: DescriptionCheck.Most);
        check.Number("encoderScale", EncoderScale);
        check.Size("outputs", Outputs, least: 0);
        check.Number("headScale", HeadScale);
        check.Size("layers", Layers.Length, least: 0, most: DescriptionCheck.Most);
        if (Vocabulary > 0 && Signals > 0)
        {
            check.Refuse("signals", "the stack takes either tokens or signals", "Leave out one of vocabulary and signals.");
        }

        if (TiedHead && Outputs != Vocabulary)
        {
            check.Refuse("tiedHead", $"a head that is the embedding has {Vocabulary} outputs, not {Outputs}", "Give as many outputs as kinds of tokens.");
        }

        for (int i = 0; i < Layers.Length; i++)
        {
            DescriptionCheck layer = check.Below(string.Create(CultureInfo.InvariantCulture, $"layers.{i}"));
            if (Layers[i].Blocks.Select(block => block.Name).Distinct(StringComparer.Ordinal).Count() < Layers[i].Blocks.Length)
            {
                layer.Refuse("blocks", "two of them have one name", "Give every block of a layer a name of its own.");
            }

            foreach (BlockDescription block in Layers[i].Blocks)
            {
                block.Check(layer.Below(block.Name));
            }
        }

        FinalNorm?.Check(check.Below("finalNorm"));
        return findings.ToImmutable();
    }
}
