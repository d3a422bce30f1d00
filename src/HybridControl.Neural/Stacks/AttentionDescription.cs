using HybridControl.Neural.Sequences;
using HybridControl.Neural.Sequences.Mixers;

namespace HybridControl.Neural.Stacks;

/// <summary>An <see cref="AttentionMixer"/>.</summary>
/// <remarks>Parameters: <c>q_proj.weight</c>, <c>k_proj.weight</c>, <c>v_proj.weight</c>, <c>o_proj.weight</c>, and a <c>bias</c> for each if asked.</remarks>
public sealed record AttentionDescription : MixerDescription
{
    /// <summary>Query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Key and value heads.</summary>
    public required int KeyHeads { get; init; }

    /// <summary>Entries of a head.</summary>
    public required int HeadWidth { get; init; }

    /// <summary>Factor of the dot products; 0 for one over the square root of the head's width.</summary>
    public double Scale { get; init; }

    /// <summary>Rotary positions; null for none.</summary>
    public RotaryDescription? Rotary { get; init; }

    /// <summary>How far back a query sees; 0 for no bound.</summary>
    public int Window { get; init; }

    /// <summary>First tokens that every later one sees.</summary>
    public int Sinks { get; init; }

    /// <summary>Whether the projections add biases.</summary>
    public bool Bias { get; init; }

    /// <inheritdoc/>
    public override ISequenceLayer Build(LayerContext context)
    {
        int keys = KeyHeads * HeadWidth;
        return new AttentionMixer(context.Place, new(
            Core(context.State.AddCache(context.Named("cache"), keys, keys, Window, Sinks)),
            LinearMap.Build(context, "q_proj", Heads * HeadWidth, context.Width, Bias),
            LinearMap.Build(context, "k_proj", keys, context.Width, Bias),
            LinearMap.Build(context, "v_proj", keys, context.Width, Bias),
            LinearMap.Build(context, "o_proj", context.Width, Heads * HeadWidth, Bias)));
    }

    /// <summary>The attention over a cache.</summary>
    internal AttentionCore Core(int cache) => new()
    {
        Heads = Heads,
        KeyHeads = KeyHeads,
        Scale = Scale > 0.0 ? Scale : 1.0 / Math.Sqrt(HeadWidth),
        Rotary = Rotary?.Build(HeadWidth),
        Window = Window,
        Sinks = Sinks,
        Cache = cache,
    };
}
