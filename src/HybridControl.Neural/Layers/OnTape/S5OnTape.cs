using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Sequences.Mixers;
using HybridControl.Neural.Stacks;

namespace HybridControl.Neural.Layers.OnTape;

/// <summary>S5: all channels through one diagonal system of complex modes, each with a step of its own, then a gate.</summary>
/// <remarks>
/// Starts with the modes of HiPPO-LegS' normal part, real B and complex C turned into their basis, steps log-uniform from 0.001 to 0.1 and
/// normal skips: as lindermanlab/S5 <c>s5/ssm.py</c> and <c>s5/ssm_init.py</c> with one block.
/// </remarks>
internal sealed class S5OnTape : ITapeLayer
{
    private readonly S5Description _s5;
    private readonly Parameter _real;
    private readonly Parameter _imaginary;
    private readonly Parameter _logStep;
    private readonly Parameter _b;
    private readonly Parameter _c;
    private readonly Parameter? _backwardC;
    private readonly Parameter _skip;
    private readonly LinearOnTape? _first;
    private readonly LinearOnTape? _second;
    private readonly int _channels;

    public S5OnTape(TapeContext context, S5Description s5)
    {
        (_s5, _channels) = (s5, context.Width);
        _real = context.Add("Lambda_re", 1, s5.Modes);
        _imaginary = context.Add("Lambda_im", 1, s5.Modes);
        _b = context.Add("B", s5.Modes, 2 * _channels);
        _c = context.Add("C", _channels, 2 * s5.Modes);
        _backwardC = s5.Bidirectional ? context.Add("C2", _channels, 2 * s5.Modes) : null;
        _skip = context.Add("D", 1, _channels);
        _logStep = context.Add("log_step", 1, s5.Modes);
        _first = s5.Tail == S5Tail.FullGlu ? new(context, "out1", _channels, _channels, bias: true) : null;
        _second = s5.Tail is S5Tail.None or S5Tail.Gelu ? null : new(context, "out2", _channels, _channels, bias: true);
    }

    public void Initialize(Start start)
    {
        var hippo = HippoModes.Of(_s5.Modes, _s5.ConjugatePairs);
        start.Fill(_real, HippoModes.RealPart);
        start.Draw(_imaginary, (entry, _) => hippo.Imaginary[entry]);
        start.Steps(_logStep, Math.Log);
        start.Normal(_skip, 1.0);
        hippo.TurnInputs(start.Parameters.ValuesOf(_b), _channels, start.Normals(_b, hippo.Size * _channels, Math.Sqrt(1.0 / _channels)));
        Outputs(_c);
        if (_backwardC is not null)
        {
            Outputs(_backwardC);
        }

        _first?.Initialize(start);
        _second?.Initialize(start);

        void Outputs(Parameter c) => hippo.TurnOutputs(
            start.Parameters.ValuesOf(c), _channels, start.Normals(c, 2 * hippo.Size * _channels, Math.Sqrt(1.0 / hippo.Size)));
    }

    public Variable Forward(Tape tape, BoundParameters bound, Variable x)
    {
        Variable y = tape.Add(Respond(tape, bound, x), tape.Multiply(x, bound[_skip]));
        if (_s5.Tail == S5Tail.None)
        {
            return y;
        }

        Variable g = tape.GeluTanh(y);
        return _second is null ? g : tape.GateBySigmoid(
            _s5.Tail switch
            {
                S5Tail.FullGlu => _first!.Forward(tape, bound, g),
                S5Tail.HalfGlu1 => g,
                _ => y,
            },
            _second.Forward(tape, bound, g));
    }

    private Variable Respond(Tape tape, BoundParameters bound, Variable x)
    {
        int modes = _s5.Modes;
        Variable real = _s5.ClipEigenvalues
            ? tape.Clip(bound[_real], double.NegativeInfinity, S5Parameters.LargestRealPart)
            : bound[_real];
        Variable step = tape.Scale(tape.Exp(bound[_logStep]), _s5.StepScale);
        Variable discrete = tape.Discretize(tape.Below(real, bound[_imaginary]), step, _s5.Rule == LinearRule.Bilinear);
        Variable gainReal = tape.Reshape(tape.Rows(discrete, 2, 1), modes, 1);
        Variable gainImaginary = tape.Reshape(tape.Rows(discrete, 3, 1), modes, 1);
        (Variable bre, Variable bim) = PairsOnTape.Multiply(tape, (gainReal, gainImaginary), PairsOnTape.Split(tape, bound[_b]));
        Variable inputs = tape.Linear(x, tape.Below(bre, bim));
        Variable factors = tape.Rows(discrete, 0, 2);
        Variable y = tape.Linear(tape.DiagonalScan(factors, inputs), Readout(tape, bound[_c]));
        return _backwardC is null
            ? y
            : tape.Add(y, tape.Linear(tape.DiagonalScan(factors, inputs, reverse: true), Readout(tape, bound[_backwardC])));
    }

    // Re(C x), twice for conjugate pairs, as a product with (real parts, imaginary parts) of the states.
    private Variable Readout(Tape tape, Variable c)
    {
        double factor = _s5.ConjugatePairs ? 2.0 : 1.0;
        (Variable real, Variable imaginary) = PairsOnTape.Split(tape, c);
        return tape.Beside(tape.Scale(real, factor), tape.Scale(imaginary, -factor));
    }
}
