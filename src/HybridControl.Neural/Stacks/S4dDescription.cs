using HybridControl.Neural.Sequences;
using HybridControl.Neural.Sequences.Mixers;

namespace HybridControl.Neural.Stacks;

/// <summary>An <see cref="S4dLayer"/>.</summary>
/// <remarks>
/// Parameters: <c>log_dt</c> (H), <c>log_A_real</c>, <c>A_imag</c> (H x N), <c>C</c> (H x 2N, real and imaginary parts in turn), <c>D</c> (H), and
/// with the gated map <c>output_linear.weight</c> (2H x H) and <c>output_linear.bias</c>.
/// </remarks>
public sealed record S4dDescription : MixerDescription
{
    /// <summary>Modes of a channel, N: half the state size, for modes stand for conjugate pairs.</summary>
    public required int Modes { get; init; }

    /// <summary>How a step is made.</summary>
    public LinearRule Rule { get; init; }

    /// <summary>Factor of every step: 0.5 for input sampled twice as often as in training.</summary>
    public double StepScale { get; init; } = 1.0;

    /// <summary>Whether GELU and the gated map follow the filters.</summary>
    public bool Gated { get; init; } = true;

    /// <inheritdoc/>
    internal override void Check(DescriptionCheck check)
    {
        check.Size("modes", Modes);
        check.Size("width x modes", (long)check.Width * Modes);
        check.Known("rule", Rule);
        check.Number("stepScale", StepScale, least: 0.0);
    }

    /// <inheritdoc/>
    public override ISequenceLayer Build(LayerContext context)
    {
        var reader = new LinearNumbers(context);
        int width = context.Width;
        var parameters = new S4dParameters
        {
            LogRealPart = reader.Reals("log_A_real", width, Modes),
            ImaginaryPart = reader.Reals("A_imag", width, Modes),
            C = reader.Pairs("C", width, Modes),
            D = reader.Reals("D", 1, width),
            LogStep = reader.Reals("log_dt", 1, width),
            Rule = Rule,
        };
        return new S4dLayer(context, parameters, StepScale, Gated ? LinearMap.Build(context, "output_linear", 2 * width, width, bias: true) : null);
    }
}
