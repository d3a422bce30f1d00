using HybridControl.Neural.Backends;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Sequences.Channels;

namespace HybridControl.Neural.Stacks;

/// <summary>A <see cref="Perceptron"/>.</summary>
/// <remarks>Parameters: <c>up_proj.weight</c>, <c>down_proj.weight</c>, and a <c>bias</c> for each if asked.</remarks>
public sealed record MlpDescription : MixerDescription
{
    /// <summary>Numbers between the maps.</summary>
    public required int Hidden { get; init; }

    /// <summary>Function between the maps.</summary>
    public Activation Activation { get; init; } = Activation.Gelu;

    /// <summary>Whether the maps add biases.</summary>
    public bool Bias { get; init; }

    /// <inheritdoc/>
    public override ISequenceLayer Build(LayerContext context) => new Perceptron(
        Activation,
        LinearMap.Build(context, "up_proj", Hidden, context.Width, Bias),
        LinearMap.Build(context, "down_proj", context.Width, Hidden, Bias));

    /// <inheritdoc/>
    internal override void Check(DescriptionCheck check)
    {
        check.Size("hidden", Hidden);
        check.Known("activation", Activation);
    }
}
