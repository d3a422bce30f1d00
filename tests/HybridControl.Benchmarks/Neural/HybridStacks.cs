using System.Collections.Immutable;
using System.Globalization;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Stacks.Sizing;

namespace HybridControl.Benchmarks.Neural;

/// <summary>Small stacks of one width and depth and nearly one number of parameters, which differ in how many layers are attention.</summary>
/// <remarks>
/// Each layer is a mixer and a gated network. SSD layers have inner width 2 d, heads of 64 and 64 states; attention has heads of 64, two
/// for each key head, rotary positions. What attention saves in parameters is given to the gated network of its layer.
/// </remarks>
internal static class HybridStacks
{
    public const int Width = 256;
    public const int Layers = 8;
    public const int Vocabulary = 1024;
    private const int HeadWidth = 64;
    private const int StateSize = 64;
    private const int Hidden = 512;

    /// <summary>Names and numbers of attention layers.</summary>
    public static ImmutableArray<(string Name, int Attention)> All { get; } = [("SSD only", 0), ("1:7", 1), ("1:3", 2), ("1:1", 4), ("attention only", 8)];

    /// <summary>A stack with so many attention layers, evenly spaced.</summary>
    public static StackDescription With(int attention)
    {
        MixerDescription dual = new SsdDescription { Heads = 2 * Width / HeadWidth, HeadWidth = HeadWidth, StateSize = StateSize };
        MixerDescription attend = new AttentionDescription
        {
            Heads = Width / HeadWidth,
            KeyHeads = Width / HeadWidth / 2,
            HeadWidth = HeadWidth,
            Rotary = new(),
        };
        LayerDescription plain = LayerOf(dual, Hidden);
        long saved = ParametersOf(plain) - ParametersOf(LayerOf(attend, Hidden));
        LayerDescription attending = LayerOf(attend, Hidden + (int)(saved / (3 * Width)));
        return Stack([.. Enumerable.Range(0, Layers).Select(i => IsAttention(i, attention) ? attending : plain)]);
    }

    private static bool IsAttention(int layer, int attention) =>
        attention > 0 && layer % (Layers / attention) == Layers / attention / 2;

    private static LayerDescription LayerOf(MixerDescription mixer, int hidden) => new(
        [
            new() { Name = "mixer", Norm = new(), Mixer = mixer },
            new() { Name = "channels", Norm = new(), Mixer = new GluDescription { Hidden = hidden } },
        ]);

    private static StackDescription Stack(ImmutableArray<LayerDescription> layers) => new()
    {
        Width = Width,
        Vocabulary = Vocabulary,
        Layers = layers,
        FinalNorm = new(),
        Outputs = Vocabulary,
        TiedHead = true,
    };

    private static long ParametersOf(LayerDescription layer) => StackSizes.Of(Stack([layer])).Parameters;

    /// <summary>The tokens that are given.</summary>
    public static int[] Tokens(int count) => [.. Enumerable.Range(0, count).Select(i => (int)((uint)i * 2654435761u >> 22))];

    /// <summary>A text in the invariant culture.</summary>
    public static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
