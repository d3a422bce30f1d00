using HybridControl.Neural.Backends;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Sequences.Mixers;

namespace HybridControl.Neural.Stacks;

/// <summary>An <see cref="SsdMixer"/>.</summary>
/// <remarks>
/// Parameters, with channels = heads x head width and convolved = channels + 2 groups x n: <c>in_proj.weight</c>
/// ((channels + convolved + heads) x width; gate, inputs, B, C, steps), <c>conv1d.weight</c> (convolved x taps), <c>conv1d.bias</c>,
/// <c>dt_bias</c>, <c>A_log</c> (or <c>A</c>), <c>D</c> (heads each), <c>norm.weight</c> (channels), <c>out_proj.weight</c>. What is left
/// out has no parameters; without a gate <c>in_proj</c> has no rows for it.
/// </remarks>
public sealed record SsdDescription : MixerDescription
{
    /// <summary>Heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Channels of a head.</summary>
    public required int HeadWidth { get; init; }

    /// <summary>Groups of heads that share B and C.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>States of a channel.</summary>
    public required int StateSize { get; init; }

    /// <summary>Taps of the convolution over inputs, B and C; 0 for none.</summary>
    public int Taps { get; init; } = 4;

    /// <summary>Whether the convolution adds a bias.</summary>
    public bool ConvolutionBias { get; init; } = true;

    /// <summary>Whether the projections in and out add a bias.</summary>
    public bool ProjectionBias { get; init; }

    /// <summary>Least step size.</summary>
    public double LeastStep { get; init; }

    /// <summary>Greatest step size; 0 for no bound.</summary>
    public double GreatestStep { get; init; }

    /// <summary>Whether a learned bias is added to the step sizes.</summary>
    public bool StepBias { get; init; } = true;

    /// <summary>Whether inputs also reach the outputs directly, by D.</summary>
    public bool Direct { get; init; } = true;

    /// <summary>Whether rates are learned as they are (<c>A</c>) and not by their logarithm; nothing then keeps them negative and the layer stable.</summary>
    public bool RawRates { get; init; }

    /// <summary>Rotary positions that turn B and C of each group; null for none.</summary>
    public RotaryDescription? Rotary { get; init; }

    /// <summary>Whether outputs are gated.</summary>
    public bool Gated { get; init; } = true;

    /// <summary>Where the gate stands beside the norm; <see cref="GateOrder.None"/> for a gate without norm.</summary>
    public GateOrder Order { get; init; } = GateOrder.GateThenNorm;

    /// <summary>Channels that are normalised together; 0 for all.</summary>
    public int NormGroupWidth { get; init; }

    /// <summary>Epsilon of the norm.</summary>
    public double Epsilon { get; init; } = 1e-5;

    /// <inheritdoc/>
    public override ISequenceLayer Build(LayerContext context)
    {
        int channels = Heads * HeadWidth;
        int convolved = channels + (2 * Groups * StateSize);
        ParameterLoader parameters = context.Parameters;
        return new SsdMixer(
            context.Place,
            new()
            {
                Heads = Heads,
                HeadWidth = HeadWidth,
                Groups = Groups,
                StateSize = StateSize,
                Taps = Taps,
                Gated = Gated,
                Input = LinearMap.Build(context, "in_proj", (Gated ? channels : 0) + convolved + Heads, context.Width, ProjectionBias),
                Output = LinearMap.Build(context, "out_proj", context.Width, channels, ProjectionBias),
                Convolution = Taps > 0 ? parameters.Table(context.Named("conv1d.weight"), convolved, Taps) : default,
                ConvolutionBias = Taps > 0 && ConvolutionBias ? parameters.Vector(context.Named("conv1d.bias"), convolved) : default,
                StepBias = StepBias ? parameters.Vector(context.Named("dt_bias"), Heads) : default,
                Rates = RawRates
                    ? parameters.Vector(context.Named("A"), Heads)
                    : parameters.Vector(context.Named("A_log"), Heads, log => -Math.Exp(log)),
                Direct = Direct ? parameters.Vector(context.Named("D"), Heads) : default,
                Rotary = Rotary?.Build(StateSize),
                LeastStep = LeastStep,
                GreatestStep = GreatestStep,
                Norm = Order == GateOrder.None || !Gated ? null : new(
                    new(NormKind.RootMeanSquare, Epsilon, NormGroupWidth, Order), parameters.Vector(context.Named("norm.weight"), channels), default),
            },
            context.State);
    }

    /// <inheritdoc/>
    internal override void Check(DescriptionCheck check)
    {
        check.Size("heads", Heads);
        check.Size("headWidth", HeadWidth);
        check.Size("heads x headWidth", (long)Heads * HeadWidth);
        check.Size("groups", Groups);
        check.Multiple("heads", Heads, "groups", Groups);
        check.Size("stateSize", StateSize);
        check.Size("groups x stateSize", (long)Groups * StateSize);
        check.Size("memory", (long)Heads * HeadWidth * StateSize, most: int.MaxValue);
        check.Size("taps", Taps, least: 0, most: 64);
        check.Number("leastStep", LeastStep, least: 0.0);
        check.Number("greatestStep", GreatestStep, least: GreatestStep == 0.0 ? 0.0 : LeastStep);
        check.Known("order", Order);
        check.Size("normGroupWidth", NormGroupWidth, least: 0);
        check.Multiple("heads x headWidth", Heads * HeadWidth, "normGroupWidth", NormGroupWidth);
        check.Number("epsilon", Epsilon, least: 0.0);
        Rotary?.Check(check.Below("rotary"), StateSize);
    }
}
