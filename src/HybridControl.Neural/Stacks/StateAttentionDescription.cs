using HybridControl.Neural.Sequences;
using HybridControl.Neural.Sequences.Mixers;

namespace HybridControl.Neural.Stacks;

/// <summary>A <see cref="StateAttentionMixer"/>.</summary>
/// <remarks>Parameters: those of the state space layer below <c>backbone</c>, those of the attention below <c>attention</c>.</remarks>
public sealed record StateAttentionDescription : MixerDescription
{
    /// <summary>The state space layer.</summary>
    public required MixerDescription Backbone { get; init; }

    /// <summary>What reads it: without positions, with keys of its own. Its window counts tokens.</summary>
    public required AttentionDescription Attention { get; init; }

    /// <summary>Tokens that one key sums up.</summary>
    public required int Spacing { get; init; }

    /// <inheritdoc/>
    public override ISequenceLayer Build(LayerContext context)
    {
        LayerContext here = context.Below("attention");
        int window = Attention.Window == 0 ? 0 : (Attention.Window / Spacing) + 1;
        int cache = context.State.AddCache(here.Named("cache"), Attention.KeyColumns, Attention.ValueColumns, window, Attention.Sinks, Spacing);
        return new StateAttentionMixer(
            context.Place,
            Backbone.Build(context.Below("backbone")),
            Attention.Parts(here, Attention.Core(cache) with { Spacing = Spacing }, context.Width),
            Spacing,
            context.State);
    }

    /// <inheritdoc/>
    internal override void Check(DescriptionCheck check)
    {
        check.Size("spacing", Spacing);
        Backbone.Check(check.Below("backbone"));
        Attention.Check(check.Below("attention"));
        if (Attention.Rotary is not null || Attention.KeysOf is not null)
        {
            check.Refuse("attention", "it has rotary positions or another layer's keys", "Leave out rotary and keysOf.");
        }
    }
}
