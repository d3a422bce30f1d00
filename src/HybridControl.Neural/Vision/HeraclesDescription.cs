using System.Collections.Immutable;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;

namespace HybridControl.Neural.Vision;

/// <summary>Heracles: two stages of spectral mixing, two of attention, and a class token that asks at last.</summary>
/// <remarks>
/// Spectral filters have a number for each frequency, so images have one size. As the published code, with the cosine transform; its
/// local convolution has half the channels of the stage, as it must to run. Patro et al., arXiv 2403.18063; badripatro/heracles
/// <c>heracles.py</c>.
/// </remarks>
public sealed record HeraclesDescription : VisionDescription
{
    private const int Stages = 4;
    private const int SpectralStages = 2;
    private const int StemConvolutions = 3;
    private const double EmbeddingEpsilon = 1e-5;

    /// <summary>Channels within the stem.</summary>
    public required int StemWidth { get; init; }

    /// <summary>Channels of each stage; of the first two, even.</summary>
    public required ImmutableArray<int> Widths { get; init; }

    /// <summary>Blocks of each stage.</summary>
    public required ImmutableArray<int> Depths { get; init; }

    /// <summary>Attention heads of each stage.</summary>
    public required ImmutableArray<int> Heads { get; init; }

    /// <summary>Numbers between the maps of channel mixers of each stage, as a multiple of the channels.</summary>
    public required ImmutableArray<int> HiddenRatios { get; init; }

    /// <summary>Whether half the greatest judgement of any pixel is added.</summary>
    public bool TokenLabels { get; init; }

    /// <summary>Epsilon of the norms of blocks and stages.</summary>
    public double NormEpsilon { get; init; } = 1e-6;

    /// <inheritdoc/>
    internal override void Check(Action<string, string> refuse)
    {
        base.Check(refuse);
        if (HasStages(refuse, Stages, ("widths", Widths), ("depths", Depths), ("heads", Heads), ("hidden ratios", HiddenRatios)))
        {
            for (int i = 0; i < Stages; i++)
            {
                int part = i < SpectralStages ? 2 : Heads[i];
                if (Widths[i] % part != 0)
                {
                    refuse($"{Widths[i]} channels in stage {i}", i < SpectralStages ? "Channels are even." : $"Channels are a multiple of the {part} heads.");
                }
            }
        }

        if (StemWidth < 1)
        {
            refuse($"a stem of {StemWidth} channels", "Give at least one.");
        }
    }

    /// <inheritdoc/>
    internal override (ImmutableArray<IImageLayer> Layers, IImageHead Head) BuildParts(LayerContext context)
    {
        var layers = ImmutableArray.CreateBuilder<IImageLayer>();
        ImageGrid grid = Image;
        for (int i = 0; i < Stages; i++)
        {
            LayerContext embedding = context with { Place = FormattableString.Invariant($"patch_embed{i + 1}"), Width = Widths[i] };
            if (i == 0)
            {
                AddStem(layers, embedding);
                grid = layers[^1].Output;
            }

            layers.Add(new ImageConvolution(embedding.Below("proj"), grid, Widths[i], ConvolutionKernel.Three(stride: 2), new() { Bias = true }));
            grid = layers[^1].Output;
            layers.Add(Norm(embedding.Below("norm"), EmbeddingEpsilon));
            LayerContext blocks = embedding with { Place = FormattableString.Invariant($"block{i + 1}") };
            int heads = i < SpectralStages ? 0 : Heads[i];
            layers.Add(new WholeBlocks(blocks, grid, [.. Enumerable.Range(0, Depths[i]).SelectMany(
                j => HeraclesParts.Block(blocks.Below(FormattableString.Invariant($"{j}")), grid, HiddenRatios[i] * Widths[i], heads, NormEpsilon))]));
            if (i < Stages - 1)
            {
                layers.Add(Norm(embedding with { Place = FormattableString.Invariant($"norm{i + 1}") }, NormEpsilon));
            }
        }

        var settings = new ClassHeadSettings(Classes, Heads[^1], HiddenRatios[^1] * Widths[^1], NormEpsilon, TokenLabels);
        return (layers.ToImmutable(), new ClassHead(context, grid, FormattableString.Invariant($"norm{Stages}"), settings));

        PixelNorm Norm(LayerContext place, double epsilon) => new(place.Place, grid, new NormDescription(NormKind.Layer, epsilon).Build(place));
    }

    private void AddStem(ImmutableArray<IImageLayer>.Builder layers, LayerContext embedding)
    {
        ImageGrid grid = Image;
        for (int j = 0; j < StemConvolutions; j++)
        {
            ConvolutionKernel kernel = j == 0 ? new(7, 2, 3) : ConvolutionKernel.Three();
            layers.Add(new ImageConvolution(embedding.Below(FormattableString.Invariant($"conv.{3 * j}")), grid, StemWidth, kernel, new()
            {
                Norm = new(embedding.Named(FormattableString.Invariant($"conv.{(3 * j) + 1}")), EmbeddingEpsilon),
                Activation = Activation.Relu,
                ChannelsFirst = j == 0,
            }));
            grid = layers[^1].Output;
        }
    }
}
