using HybridControl.Neural.Backends;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Sequences.Channels;

namespace HybridControl.Neural.Stacks;

/// <summary>A <see cref="Glu"/>.</summary>
/// <remarks>Parameters: <c>gate_proj.weight</c>, <c>up_proj.weight</c>, <c>down_proj.weight</c>, and a <c>bias</c> for each if asked.</remarks>
public sealed record GluDescription : MixerDescription
{
    /// <summary>Numbers between the maps.</summary>
    public required int Hidden { get; init; }

    /// <summary>Function of the gate.</summary>
    public Activation Activation { get; init; } = Activation.Silu;

    /// <summary>Whether the maps add biases.</summary>
    public bool Bias { get; init; }

    /// <inheritdoc/>
    public override ISequenceLayer Build(LayerContext context) => new Glu(
        Activation,
        LinearMap.Build(context, "gate_proj", Hidden, context.Width, Bias),
        LinearMap.Build(context, "up_proj", Hidden, context.Width, Bias),
        LinearMap.Build(context, "down_proj", context.Width, Hidden, Bias));

    /// <inheritdoc/>
    internal override void Check(DescriptionCheck check)
    {
        check.Size("hidden", Hidden);
        check.Known("activation", Activation);
    }
}
