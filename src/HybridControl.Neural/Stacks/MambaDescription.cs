using HybridControl.Neural.Sequences;
using HybridControl.Neural.Sequences.Mixers;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Stacks;

/// <summary>A <see cref="MambaMixer"/>.</summary>
/// <remarks>
/// Parameters: <c>in_proj.weight</c> (2 channels x width), <c>conv1d.weight</c> (channels x taps), <c>conv1d.bias</c>, <c>x_proj.weight</c>
/// ((rank + 2 n) x channels; with heads <c>x_proj.h.weight</c> each), <c>dt_proj.weight</c> (channels x rank; <c>dt_proj.h.weight</c>),
/// <c>dt_proj.bias</c>, <c>A_log</c> (channels x n), <c>D</c>, <c>out_proj.weight</c>, and with norms <c>dt_norm.weight</c>,
/// <c>b_norm.weight</c>, <c>c_norm.weight</c>; those of an attention over the steps below <c>step_attention</c>, its <c>o_proj</c> with a
/// row for each channel.
/// </remarks>
public sealed record MambaDescription : MixerDescription
{
    /// <summary>Channels of the scan.</summary>
    public required int Channels { get; init; }

    /// <summary>States of a channel.</summary>
    public required int StateSize { get; init; }

    /// <summary>Taps of the convolution.</summary>
    public int Taps { get; init; } = 4;

    /// <summary>Rank of the step sizes.</summary>
    public required int StepRank { get; init; }

    /// <summary>Groups of channels with projections of their own.</summary>
    public int Heads { get; init; } = 1;

    /// <summary>Whether the convolution adds a bias.</summary>
    public bool ConvolutionBias { get; init; } = true;

    /// <summary>Whether the projections in and out add a bias.</summary>
    public bool ProjectionBias { get; init; }

    /// <summary>Epsilon of norms on step, B and C; null for no such norms.</summary>
    public double? InnerNorm { get; init; }

    /// <summary>Attention over the layer's inputs whose output is added to the step sizes before their softplus; null for none.</summary>
    public AttentionDescription? StepAttention { get; init; }

    /// <inheritdoc/>
    public override ISequenceLayer Build(LayerContext context) => new MambaMixer(
        context.Place,
        Parts(context) with
        {
            Input = LinearMap.Build(context, "in_proj", 2 * Channels, context.Width, ProjectionBias),
            Output = LinearMap.Build(context, "out_proj", context.Width, Channels, ProjectionBias),
            StepAttention = StepAttention?.Build(context.Below("step_attention"), Channels),
        },
        context.State);

    /// <inheritdoc/>
    internal override void Check(DescriptionCheck check)
    {
        check.Size("channels", Channels);
        check.Size("stateSize", StateSize);
        check.Size("memory", (long)Channels * StateSize, most: int.MaxValue);
        check.Size("taps", Taps, most: 64);
        check.Size("stepRank", StepRank);
        check.Size("heads", Heads, most: DescriptionCheck.Most);
        check.Multiple("channels", Channels, "heads", Heads);
        check.Size("heads x stateSize", (long)Heads * StateSize);
        if (InnerNorm is { } epsilon)
        {
            check.Number("innerNorm", epsilon, least: 0.0);
            if (Heads > 1)
            {
                check.Refuse("innerNorm", "norms on steps, B and C are for one head", "Leave out innerNorm or heads.");
            }
        }

        StepAttention?.Check(check.Below("stepAttention"));
    }

    /// <summary>All but the projections in and out.</summary>
    internal MambaParts Parts(LayerContext context)
    {
        ParameterLoader parameters = context.Parameters;
        int width = Channels / Heads;
        return new()
        {
            Channels = Channels,
            StateSize = StateSize,
            Taps = Taps,
            StepRank = StepRank,
            Heads = Heads,
            Convolution = parameters.Table(context.Named("conv1d.weight"), Channels, Taps),
            ConvolutionBias = ConvolutionBias ? parameters.Vector(context.Named("conv1d.bias"), Channels) : default,
            Projection = PerHead(context, "x_proj", StepRank + (2 * StateSize), width),
            Step = PerHead(context, "dt_proj", width, StepRank),
            StepBias = parameters.Vector(context.Named("dt_proj.bias"), Channels),
            Rates = parameters.Table(context.Named("A_log"), Channels, StateSize, log => -Math.Exp(log), transpose: true),
            Direct = parameters.Vector(context.Named("D"), Channels),
            StepNorm = Norm(context, "dt_norm", StepRank),
            BNorm = Norm(context, "b_norm", StateSize),
            CNorm = Norm(context, "c_norm", StateSize),
        };
    }

    private Weight[] PerHead(LayerContext context, string name, int rows, int columns) => Heads == 1
        ? [context.Parameters.Matrix(context.Named($"{name}.weight"), rows, columns)]
        : [.. Enumerable.Range(0, Heads).Select(h => context.Parameters.Matrix(context.Named($"{name}.{h}.weight"), rows, columns))];

    private RowNorm? Norm(LayerContext context, string name, int width) => InnerNorm is { } epsilon
        ? new NormDescription(Epsilon: epsilon).Build(context.Below(name).WithWidth(width))
        : null;
}
