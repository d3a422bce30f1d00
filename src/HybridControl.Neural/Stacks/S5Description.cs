using HybridControl.Neural.Sequences;
using HybridControl.Neural.Sequences.Mixers;

namespace HybridControl.Neural.Stacks;

/// <summary>An <see cref="S5Layer"/>.</summary>
/// <remarks>
/// Parameters: <c>Lambda_re</c>, <c>Lambda_im</c>, <c>log_step</c> (P), <c>B</c> (P x 2H, real and imaginary parts in turn), <c>C</c> (H x 2P)
/// and <c>C2</c> if bidirectional, <c>D</c> (H), and for gates <c>out2.weight</c>, <c>out2.bias</c>, with a full GLU <c>out1</c> too.
/// </remarks>
public sealed record S5Description : MixerDescription
{
    /// <summary>Modes, P.</summary>
    public required int Modes { get; init; }

    /// <summary>How a step is made.</summary>
    public LinearRule Rule { get; init; }

    /// <summary>Whether each mode stands for itself and its conjugate.</summary>
    public bool ConjugatePairs { get; init; } = true;

    /// <summary>Whether real parts above <see cref="S5Parameters.LargestRealPart"/> are cut there.</summary>
    public bool ClipEigenvalues { get; init; }

    /// <summary>Whether a second scan runs backwards.</summary>
    public bool Bidirectional { get; init; }

    /// <summary>Factor of every step: 0.5 for input sampled twice as often as in training.</summary>
    public double StepScale { get; init; } = 1.0;

    /// <summary>What follows the linear system.</summary>
    public S5Tail Tail { get; init; } = S5Tail.HalfGlu1;

    /// <inheritdoc/>
    internal override void Check(DescriptionCheck check)
    {
        check.Size("modes", Modes);
        check.Size("width x modes", (long)check.Width * Modes);
        check.Known("rule", Rule);
        check.Number("stepScale", StepScale, least: 0.0);
        check.Known("tail", Tail);
    }

    /// <inheritdoc/>
    public override ISequenceLayer Build(LayerContext context)
    {
        var reader = new LinearNumbers(context);
        int width = context.Width;
        var parameters = new S5Parameters
        {
            Lambda = reader.Pairs("Lambda_re", "Lambda_im", Modes),
            B = reader.Pairs("B", Modes, width),
            C = reader.Pairs("C", width, Modes),
            BackwardC = Bidirectional ? reader.Pairs("C2", width, Modes) : [],
            D = reader.Reals("D", 1, width),
            LogStep = reader.Reals("log_step", 1, Modes),
            ConjugatePairs = ConjugatePairs,
            ClipEigenvalues = ClipEigenvalues,
            Rule = Rule,
        };
        return new S5Layer(
            context,
            parameters,
            StepScale,
            Tail,
            Tail is S5Tail.FullGlu ? LinearMap.Build(context, "out1", width, width, bias: true) : null,
            Tail is S5Tail.None or S5Tail.Gelu ? null : LinearMap.Build(context, "out2", width, width, bias: true));
    }
}
