using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Stacks;

namespace HybridControl.Neural.Layers.OnTape;

/// <summary>Two linear maps and a function between them, gated or not.</summary>
internal sealed class PerceptronOnTape : ITapeLayer
{
    private readonly Activation _activation;
    private readonly LinearOnTape? _gate;
    private readonly LinearOnTape _up;
    private readonly LinearOnTape _down;

    public PerceptronOnTape(TapeContext context, MlpDescription mlp)
        : this(context, mlp.Activation, mlp.Hidden, mlp.Bias, gated: false)
    {
    }

    public PerceptronOnTape(TapeContext context, GluDescription glu)
        : this(context, glu.Activation, glu.Hidden, glu.Bias, gated: true)
    {
    }

    private PerceptronOnTape(TapeContext context, Activation activation, int hidden, bool bias, bool gated)
    {
        _activation = activation;
        _gate = gated ? new(context, "gate_proj", hidden, context.Width, bias) : null;
        _up = new(context, "up_proj", hidden, context.Width, bias);
        _down = new(context, "down_proj", context.Width, hidden, bias);
    }

    public void Initialize(Start start)
    {
        _gate?.Initialize(start);
        _up.Initialize(start);
        _down.Initialize(start, output: true);
    }

    public Variable Forward(Tape tape, BoundParameters bound, Variable x)
    {
        Variable up = _up.Forward(tape, bound, x);
        Variable inner = _gate is null
            ? ActivationOnTape.Apply(tape, _activation, up)
            : ActivationOnTape.Gate(tape, _activation, up, _gate.Forward(tape, bound, x));
        return _down.Forward(tape, bound, inner);
    }
}
