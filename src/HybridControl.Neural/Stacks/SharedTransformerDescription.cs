using HybridControl.Neural.Sequences;
using HybridControl.Neural.Sequences.Channels;
using HybridControl.Neural.Sequences.Mixers;

namespace HybridControl.Neural.Stacks;

/// <summary>A place that uses a <see cref="SharedTransformer"/>.</summary>
/// <remarks>
/// Parameters of the place: <c>linear.weight</c>. Parameters below the name of the block, which all places that name it share:
/// <c>attention.prenorm.weight</c> (2 width), <c>attention.q_proj.weight</c>, <c>k_proj</c>, <c>v_proj</c> (2 width columns),
/// <c>attention.o_proj.weight</c>, <c>channels.prenorm.weight</c>, <c>channels.gate_proj.weight</c>, <c>up_proj</c>, <c>down_proj</c>; with
/// adapters <c>channels.adapter.j.down.weight</c> (rank x width), <c>.gate.weight</c>, <c>.up.weight</c> (hidden x rank), and if asked
/// <c>attention.q_adapter.j.down.weight</c>, <c>.up.weight</c>, and so for k and v.
/// </remarks>
public sealed record SharedTransformerDescription : MixerDescription
{
    /// <summary>Name of the block; places of one name share its weights.</summary>
    public required string Block { get; init; }

    /// <summary>Its attention.</summary>
    public required AttentionDescription Attention { get; init; }

    /// <summary>What mixes channels.</summary>
    public required GluDescription Channels { get; init; }

    /// <summary>Its norms.</summary>
    public NormDescription Norm { get; init; } = new();

    /// <summary>Rank of what this place adds to the shared maps; 0 for nothing.</summary>
    public int AdapterRank { get; init; }

    /// <summary>Number of the adapters of this place.</summary>
    public int Adapter { get; init; }

    /// <summary>Whether queries, keys and values are adapted too.</summary>
    public bool AttentionAdapters { get; init; }

    /// <inheritdoc/>
    public override ISequenceLayer Build(LayerContext context)
    {
        LayerContext attention = context with { Place = $"{Block}.attention" };
        LayerContext channels = context with { Place = $"{Block}.channels" };
        (int queries, int keys) = (Attention.Heads * Attention.HeadWidth, Attention.KeyHeads * Attention.HeadWidth);
        string adapter = FormattableString.Invariant($"adapter.{Adapter}");
        int rank = AttentionAdapters ? AdapterRank : 0;
        return new SharedTransformer(
            SharedNorm(attention.WithWidth(2 * context.Width)),
            new AttentionMixer(context.Place, new(
                Attention.Core(context.State.AddCache(context.Named("cache"), keys, keys, Attention.Window, Attention.Sinks)),
                Map(attention, "q_proj", queries, 2 * context.Width, Attention.Bias, rank, $"q_{adapter}.down", $"q_{adapter}.up"),
                Map(attention, "k_proj", keys, 2 * context.Width, Attention.Bias, rank, $"k_{adapter}.down", $"k_{adapter}.up"),
                Map(attention, "v_proj", keys, 2 * context.Width, Attention.Bias, rank, $"v_{adapter}.down", $"v_{adapter}.up"),
                SharedMap(attention, "o_proj", context.Width, queries, Attention.Bias))),
            SharedNorm(channels),
            new Glu(
                Channels.Activation,
                Map(channels, "gate_proj", Channels.Hidden, context.Width, Channels.Bias, AdapterRank, $"{adapter}.down", $"{adapter}.gate"),
                Map(channels, "up_proj", Channels.Hidden, context.Width, Channels.Bias, AdapterRank, $"{adapter}.down", $"{adapter}.up"),
                SharedMap(channels, "down_proj", context.Width, Channels.Hidden, Channels.Bias)),
            LinearMap.Build(context, "linear", context.Width, context.Width, false));
    }

    /// <inheritdoc/>
    internal override void Check(DescriptionCheck check)
    {
        Attention.Check(check.Below("attention"));
        Channels.Check(check.Below("channels"));
        Norm.Check(check.Below("norm"));
        check.Size("adapterRank", AdapterRank, least: 0);
        check.Size("adapter", Adapter, least: 0);
        if (Attention.KeysOf is not null || (Attention.ValueWidth != 0 && Attention.ValueWidth != Attention.HeadWidth))
        {
            check.Refuse("attention", "it has another layer's keys, or values of another width", "Leave out keysOf and valueWidth.");
        }
    }

    private RowNorm SharedNorm(LayerContext block) => block.Once(block.Named("prenorm"), () => Norm.Build(block.Below("prenorm")));

    private static Linear SharedMap(LayerContext block, string name, int rows, int columns, bool bias) =>
        block.Once(block.Named(name), () => LinearMap.Build(block, name, rows, columns, bias));

    private static ISequenceLayer Map(LayerContext block, string name, int rows, int columns, bool bias, int rank, string down, string up)
    {
        Linear shared = SharedMap(block, name, rows, columns, bias);
        return rank == 0 ? shared : new AdaptedLinear(
            shared,
            block.Parameters.Matrix(block.Named($"{down}.weight"), rank, columns),
            block.Parameters.Matrix(block.Named($"{up}.weight"), rows, rank));
    }
}
