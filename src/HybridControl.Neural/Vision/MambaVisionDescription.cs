using System.Collections.Immutable;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Sequences.Channels;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Vision;

/// <summary>MambaVision: two stages of convolutions, two of selective scans and then attention in windows.</summary>
/// <remarks>
/// Each stage but the last ends by halving the image and doubling the channels; half of a windowed stage's blocks, rounded down, attend,
/// and they are the last. Windows beyond the edge see zeros. Hatamizadeh and Kautz, arXiv 2407.08083; NVlabs/MambaVision
/// <c>mamba_vision.py</c>.
/// </remarks>
public sealed record MambaVisionDescription : VisionDescription
{
    private const int Stages = 4;
    private const int ConvolutionStages = 2;
    private const double StemEpsilon = 1e-4;
    private const double NormEpsilon = 1e-5;

    /// <summary>Channels of the first stage.</summary>
    public required int Width { get; init; }

    /// <summary>Channels within the stem.</summary>
    public required int StemWidth { get; init; }

    /// <summary>Blocks of each stage.</summary>
    public required ImmutableArray<int> Depths { get; init; }

    /// <summary>Attention heads of each stage.</summary>
    public required ImmutableArray<int> Heads { get; init; }

    /// <summary>Side of the windows of each stage.</summary>
    public required ImmutableArray<int> Windows { get; init; }

    /// <summary>Numbers between the maps of channel mixers, as a multiple of the channels.</summary>
    public double HiddenRatio { get; init; } = 4.0;

    /// <summary>States of a channel of the scan.</summary>
    public int StateSize { get; init; } = 8;

    /// <summary>Taps of the convolutions before the scan, odd.</summary>
    public int Taps { get; init; } = 3;

    /// <summary>Whether the projection to queries, keys and values adds a bias.</summary>
    public bool AttentionBias { get; init; } = true;

    /// <summary>Whether windowed blocks multiply what they add by learned factors.</summary>
    public bool Scaled { get; init; }

    /// <summary>Whether convolutional blocks do so.</summary>
    public bool ScaledConvolutions { get; init; }

    /// <inheritdoc/>
    internal override void Check(Action<string, string> refuse)
    {
        base.Check(refuse);
        if (HasStages(refuse, Stages, ("depths", Depths), ("heads", Heads), ("windows", Windows)))
        {
            for (int i = ConvolutionStages; i < Stages; i++)
            {
                if (WidthOf(i) % (2 * Heads[i]) != 0)
                {
                    refuse($"{WidthOf(i)} channels in stage {i} with {Heads[i]} heads", "Channels are an even multiple of the heads.");
                }
            }
        }

        if (Width < 1 || StemWidth < 1 || StateSize < 1 || Taps < 1 || Taps % 2 == 0 || !(HiddenRatio * Width >= 1.0))
        {
            refuse(
                FormattableString.Invariant($"width {Width}, stem {StemWidth}, states {StateSize}, taps {Taps}, hidden ratio {HiddenRatio}"),
                "Sizes are at least 1, taps odd.");
        }
    }

    /// <inheritdoc/>
    internal override (ImmutableArray<IImageLayer> Layers, IImageHead Head) BuildParts(LayerContext context)
    {
        var layers = ImmutableArray.CreateBuilder<IImageLayer>();
        layers.Add(Stem("0", "1", Image, StemWidth, channelsFirst: true));
        layers.Add(Stem("3", "4", layers[^1].Output, Width, channelsFirst: false));
        for (int i = 0; i < Stages; i++)
        {
            LayerContext stage = context with { Place = FormattableString.Invariant($"levels.{i}") };
            ImageGrid grid = layers[^1].Output;
            if (i < ConvolutionStages)
            {
                layers.AddRange(Enumerable.Range(0, Depths[i]).Select(
                    j => (IImageLayer)new ResidualConvolution(stage.Below(FormattableString.Invariant($"blocks.{j}")), grid, ScaledConvolutions)));
            }
            else
            {
                layers.Add(new WindowedBlocks(stage.Below("blocks"), grid, Windows[i], Blocks(stage.WithWidth(grid.Channels), i)));
            }

            if (i < Stages - 1)
            {
                layers.Add(new ImageConvolution(stage.Below("downsample.reduction.0"), grid, 2 * grid.Channels, ConvolutionKernel.Three(stride: 2), default));
            }
        }

        return (layers.ToImmutable(), new MeanHead(context, layers[^1].Output, Classes, new("norm", NormEpsilon)));

        ImageConvolution Stem(string map, string norm, ImageGrid grid, int channels, bool channelsFirst)
        {
            LayerContext stem = context with { Place = "patch_embed.conv_down" };
            return new(stem.Below(map), grid, channels, ConvolutionKernel.Three(stride: 2), new()
            {
                Norm = new(stem.Named(norm), StemEpsilon),
                Activation = Activation.Relu,
                ChannelsFirst = channelsFirst,
            });
        }
    }

    private int WidthOf(int stage) => Width << stage;

    private ImmutableArray<ResidualBlock> Blocks(LayerContext stage, int number)
    {
        var blocks = ImmutableArray.CreateBuilder<ResidualBlock>();
        var norm = new NormDescription(NormKind.Layer, NormEpsilon);
        int hidden = (int)(stage.Width * HiddenRatio);
        for (int j = 0; j < Depths[number]; j++)
        {
            LayerContext block = stage.Below(FormattableString.Invariant($"blocks.{j}"));
            LayerContext mixer = block.Below("mixer");
            LayerContext channels = block.Below("mlp");
            string? scale = Scaled ? block.Named("gamma_1") : null;
            ISequenceLayer mixing = j < (Depths[number] + 1) / 2
                ? new CenteredMamba(mixer, StateSize, Taps, scale)
                : Attention(mixer, Heads[number], scale);
            blocks.Add(new(mixer.Place, norm.Build(block.Below("norm1")), mixing));
            blocks.Add(new(channels.Place, norm.Build(block.Below("norm2")), new Perceptron(
                Activation.Gelu,
                LinearMap.Build(channels, "fc1", hidden, stage.Width, true),
                FoldedLinear.Build(channels.Below("fc2"), stage.Width, hidden, true, scale: Scaled ? block.Named("gamma_2") : null))));
        }

        return blocks.ToImmutable();
    }

    /// <summary>Queries, keys and values stand below each other in one projection.</summary>
    private FullAttention Attention(LayerContext context, int heads, string? scale)
    {
        (ParameterLoader parameters, int width) = (context.Parameters, context.Width);
        IMatrixSource projection = parameters.Find(context.Named("qkv.weight"), 3 * width, width);
        TensorView bias = AttentionBias ? parameters.Vector(context.Named("qkv.bias"), 3 * width) : default;
        return new(
            context.Place,
            heads,
            new Linear(parameters.Matrix(projection.RowsOf(0, width)), bias.IsEmpty ? default : bias.ColumnsAt(0, width)),
            new Linear(parameters.Matrix(projection.RowsOf(width, 2 * width)), bias.IsEmpty ? default : bias.ColumnsAt(width, 2 * width)),
            FoldedLinear.Build(context.Below("proj"), width, width, true, scale: scale));
    }
}
