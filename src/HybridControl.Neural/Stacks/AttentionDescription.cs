using HybridControl.Neural.Sequences;
using HybridControl.Neural.Sequences.Mixers;

namespace HybridControl.Neural.Stacks;

/// <summary>An <see cref="AttentionMixer"/>.</summary>
/// <remarks>
/// Parameters: <c>q_proj.weight</c>, <c>k_proj.weight</c>, <c>v_proj.weight</c>, <c>o_proj.weight</c>, and a <c>bias</c> for each if asked;
/// no <c>k_proj</c> and <c>v_proj</c> where keys are another layer's.
/// </remarks>
public sealed record AttentionDescription : MixerDescription
{
    /// <summary>Query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Key and value heads.</summary>
    public required int KeyHeads { get; init; }

    /// <summary>Entries of a head.</summary>
    public required int HeadWidth { get; init; }

    /// <summary>Entries of a value head; 0 for as many as a key has.</summary>
    public int ValueWidth { get; init; }

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

    /// <summary>Place of the attention whose keys and values are used, such as <c>layers.1.mixer</c>; null for its own.</summary>
    public string? KeysOf { get; init; }

    /// <summary>Numbers of all keys of a token.</summary>
    internal int KeyColumns => KeyHeads * HeadWidth;

    /// <summary>Numbers of all values of a token.</summary>
    internal int ValueColumns => KeyHeads * (ValueWidth == 0 ? HeadWidth : ValueWidth);

    /// <summary>Numbers of all queries of a token.</summary>
    internal int QueryColumns => Heads * HeadWidth;

    /// <summary>Numbers that come out of all heads.</summary>
    internal int MixedColumns => Heads * (ValueWidth == 0 ? HeadWidth : ValueWidth);

    /// <inheritdoc/>
    public override ISequenceLayer Build(LayerContext context) => Build(context, context.Width);

    /// <summary>The layer with as many outputs as asked for.</summary>
    internal AttentionMixer Build(LayerContext context, int outputs) => new(context.Place, Parts(context, Core(Cache(context)), outputs));

    /// <summary>Its parameters.</summary>
    internal AttentionParts Parts(LayerContext context, AttentionCore core, int outputs)
    {
        bool own = KeysOf is null;
        return new(
            core,
            LinearMap.Build(context, "q_proj", QueryColumns, context.Width, Bias),
            own ? LinearMap.Build(context, "k_proj", KeyColumns, context.Width, Bias) : null,
            own ? LinearMap.Build(context, "v_proj", ValueColumns, context.Width, Bias) : null,
            LinearMap.Build(context, "o_proj", outputs, MixedColumns, Bias));
    }

    /// <inheritdoc/>
    internal override void Check(DescriptionCheck check)
    {
        check.Size("heads", Heads);
        check.Size("keyHeads", KeyHeads);
        check.Multiple("heads", Heads, "keyHeads", KeyHeads);
        check.Size("headWidth", HeadWidth);
        check.Size("heads x headWidth", (long)Heads * HeadWidth);
        check.Size("valueWidth", ValueWidth, least: 0);
        check.Size("heads x valueWidth", (long)Heads * ValueWidth, least: 0);
        check.Number("scale", Scale, least: 0.0);
        check.Size("window", Window, least: 0);
        check.Size("sinks", Sinks, least: 0);
        Rotary?.Check(check.Below("rotary"), HeadWidth);
    }

    /// <summary>The slot of its own cache, or of the one that it shares.</summary>
    internal int Cache(LayerContext context)
    {
        if (KeysOf is null)
        {
            int slot = context.State.AddCache(context.Named("cache"), KeyColumns, ValueColumns, Window, Sinks);
            context.Shared[context.Named("cache")] = slot;
            return slot;
        }

        if (context.Shared.GetValueOrDefault($"{KeysOf}.cache") is not int shared)
        {
            context.Parameters.Refuse(context.Named("keysOf"), $"no attention before this one is called '{KeysOf}'", "Name the place of an earlier layer.");
            return context.State.AddCache(context.Named("cache"), KeyColumns, ValueColumns);
        }

        StateSlot kept = context.State.Slots[shared];
        if (kept.Columns != KeyColumns || kept.ValueColumns != ValueColumns || (kept.Window > 0 && (Window == 0 || Window > kept.Window || Sinks > kept.Sinks)))
        {
            context.Parameters.Refuse(
                context.Named("keysOf"), $"'{KeysOf}' has keys of other sizes, or keeps fewer of them", "Layers that share keys have the same key heads and windows.");
        }

        return shared;
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
