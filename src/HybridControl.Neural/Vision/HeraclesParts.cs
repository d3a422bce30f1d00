using System.Collections.Immutable;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;

namespace HybridControl.Neural.Vision;

/// <summary>Blocks of Heracles, for images and for series.</summary>
internal static class HeraclesParts
{
    /// <summary>A block: spectral mixing, or attention with some heads, then a convolved perceptron; each beside the identity.</summary>
    /// <param name="context">Its place.</param>
    /// <param name="grid">The images, or the series.</param>
    /// <param name="hidden">Numbers between the maps of the perceptron.</param>
    /// <param name="heads">Heads of attention; 0 for spectral mixing.</param>
    /// <param name="epsilon">Epsilon of the norms.</param>
    public static ImmutableArray<ResidualBlock> Block(LayerContext context, ImageGrid grid, int hidden, int heads, double epsilon)
    {
        LayerContext here = context.WithWidth(grid.Channels);
        var norm = new NormDescription(NormKind.Layer, epsilon);
        LayerContext mixer = here.Below("attn");
        return
        [
            new(mixer.Place, norm.Build(here.Below("norm1")), heads > 0 ? Attention(mixer, heads) : new SpectralMixer(mixer, grid)),
            new(here.Named("mlp"), norm.Build(here.Below("norm2")), new ConvolvedPerceptron(here.Below("mlp"), grid, hidden)),
        ];
    }

    /// <summary>Attention from <c>q</c>, <c>kv</c> and <c>proj</c>, all with biases.</summary>
    public static FullAttention Attention(LayerContext context, int heads) => new(
        context.Place,
        heads,
        LinearMap.Build(context, "q", context.Width, context.Width, true),
        LinearMap.Build(context, "kv", 2 * context.Width, context.Width, true),
        LinearMap.Build(context, "proj", context.Width, context.Width, true));
}
