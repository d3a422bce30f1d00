using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Sequences.Mixers;
using HybridControl.Neural.Stacks;

namespace HybridControl.Neural.Layers.OnTape;

/// <summary>S4D: every channel through a filter of its own, then GELU and a gated map.</summary>
/// <remarks>
/// Starts with poles -1/2 + i pi n (S4D-Lin; A. Gu et al., arXiv 2206.11893, equation 10), steps log-uniform from 0.001 to 0.1, output
/// weights complex normal, skips normal: as state-spaces/s4 <c>models/s4/s4d.py</c>.
/// </remarks>
internal sealed class S4dOnTape : ITapeLayer
{
    private readonly S4dDescription _s4d;
    private readonly Parameter _logStep;
    private readonly Parameter _logReal;
    private readonly Parameter _imaginary;
    private readonly Parameter _c;
    private readonly Parameter _skip;
    private readonly LinearOnTape? _output;
    private readonly int _channels;

    public S4dOnTape(TapeContext context, S4dDescription s4d)
    {
        (_s4d, _channels) = (s4d, context.Width);
        _logStep = context.Add("log_dt", 1, _channels);
        _logReal = context.Add("log_A_real", _channels, s4d.Modes);
        _imaginary = context.Add("A_imag", _channels, s4d.Modes);
        _c = context.Add("C", _channels, 2 * s4d.Modes);
        _skip = context.Add("D", 1, _channels);
        _output = s4d.Gated ? new(context, "output_linear", 2 * _channels, _channels, bias: true) : null;
    }

    public void Initialize(Start start)
    {
        start.Steps(_logStep, Math.Log);
        start.Fill(_logReal, Math.Log(0.5));
        start.Draw(_imaginary, (entry, _) => Math.PI * (entry % _s4d.Modes));
        start.Normal(_c, Math.Sqrt(0.5));
        start.Normal(_skip, 1.0);
        _output?.Initialize(start, output: true);
    }

    public Variable Forward(Tape tape, BoundParameters bound, Variable x)
    {
        int all = _channels * _s4d.Modes;
        Variable lambda = tape.Below(
            tape.Reshape(tape.Scale(tape.Exp(bound[_logReal]), -1.0), 1, all), tape.Reshape(bound[_imaginary], 1, all));
        Variable step = tape.Scale(tape.Exp(tape.Reshape(bound[_logStep], _channels, 1)), _s4d.StepScale);
        Variable steps = tape.Reshape(tape.Broadcast(step, new(1, _channels, _s4d.Modes)), 1, all);
        Variable discrete = tape.Discretize(lambda, steps, _s4d.Rule == LinearRule.Bilinear);
        (Variable real, Variable imaginary) = PairsOnTape.Split(tape, bound[_c]);
        (Variable wre, Variable wim) = PairsOnTape.Multiply(
            tape,
            (tape.Reshape(real, 1, all), tape.Reshape(imaginary, 1, all)),
            (tape.Rows(discrete, 2, 1), tape.Rows(discrete, 3, 1)));
        Variable y = tape.Add(
            tape.ModalScan(tape.Rows(discrete, 0, 2), tape.Below(wre, wim), x), tape.Multiply(x, bound[_skip]));
        if (_output is null)
        {
            return y;
        }

        Variable mapped = _output.Forward(tape, bound, tape.Gelu(y));
        return tape.GateBySigmoid(tape.Columns(mapped, 0, _channels), tape.Columns(mapped, _channels, _channels));
    }
}
