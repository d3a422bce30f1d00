using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Stacks;

namespace HybridControl.Neural.Layers.OnTape;

/// <summary>Mamba-2: one projection, convolution over inputs, B and C, a scan with one rate for each head, gate and norm.</summary>
/// <remarks>Starts as mamba_ssm does (<c>modules/mamba2.py</c>): rates uniform from -16 to -1, steps log-uniform from 0.001 to 0.1, the skip at one.</remarks>
internal sealed class SsdOnTape : ITapeLayer
{
    private const double LeastRate = 1.0;
    private const double GreatestRate = 16.0;

    private readonly SsdDescription _ssd;
    private readonly LinearOnTape _input;
    private readonly Parameter _convolution;
    private readonly Parameter? _convolutionBias;
    private readonly Parameter? _stepBias;
    private readonly Parameter _rates;
    private readonly Parameter? _skip;
    private readonly Parameter? _norm;
    private readonly LinearOnTape _output;

    public SsdOnTape(TapeContext context, SsdDescription ssd)
    {
        context.Refuse(ssd.Taps == 0, "Mamba-2 without a convolution");
        context.Refuse(ssd.Rotary is not null, "Mamba-2 with rotary positions");
        _ssd = ssd;
        _input = new(context, "in_proj", Gate + Convolved + ssd.Heads, context.Width, ssd.ProjectionBias);
        _convolution = context.Add("conv1d.weight", Convolved, Math.Max(1, ssd.Taps));
        _convolutionBias = ssd.ConvolutionBias ? context.Add("conv1d.bias", 1, Convolved) : null;
        _stepBias = ssd.StepBias ? context.Add("dt_bias", 1, ssd.Heads) : null;
        _rates = context.Add(ssd.RawRates ? "A" : "A_log", 1, ssd.Heads);
        _skip = ssd.Direct ? context.Add("D", 1, ssd.Heads) : null;
        _norm = ssd.Order == GateOrder.None || !ssd.Gated ? null : context.Add("norm.weight", 1, Channels);
        _output = new(context, "out_proj", context.Width, Channels, ssd.ProjectionBias);
    }

    private int Channels => _ssd.Heads * _ssd.HeadWidth;

    private int Gate => _ssd.Gated ? Channels : 0;

    private int Shared => _ssd.Groups * _ssd.StateSize;

    private int Convolved => Channels + (2 * Shared);

    public void Initialize(Start start)
    {
        _input.Initialize(start);
        start.Uniform(_convolution, 1.0 / Math.Sqrt(_ssd.Taps));
        start.Uniform(_convolutionBias, 1.0 / Math.Sqrt(_ssd.Taps));
        start.Steps(_stepBias, Start.BeforeSoftplus);
        start.Draw(_rates, (_, u) =>
        {
            double rate = LeastRate + (u * (GreatestRate - LeastRate));
            return _ssd.RawRates ? -rate : Math.Log(rate);
        });
        start.Fill(_skip, 1.0);
        start.Fill(_norm, 1.0);
        _output.Initialize(start, output: true);
    }

    public Variable Forward(Tape tape, BoundParameters bound, Variable x)
    {
        Variable projected = _input.Forward(tape, bound, x);
        Variable mixed = tape.Silu(tape.CausalConvolution(
            tape.Columns(projected, Gate, Convolved), bound[_convolution], _convolutionBias is null ? null : bound[_convolutionBias]));
        Variable step = tape.Columns(projected, Gate + Convolved, _ssd.Heads);
        Variable dt = tape.Softplus(_stepBias is null ? step : tape.Add(step, bound[_stepBias]));
        if (_ssd.LeastStep > 0.0 || _ssd.GreatestStep > 0.0)
        {
            dt = tape.Clip(dt, _ssd.LeastStep, _ssd.GreatestStep > 0.0 ? _ssd.GreatestStep : double.PositiveInfinity);
        }

        Variable y = tape.StateSpaceDual(
            tape.Columns(mixed, 0, Channels),
            dt,
            _ssd.RawRates ? bound[_rates] : tape.Scale(tape.Exp(bound[_rates]), -1.0),
            tape.Columns(mixed, Channels, Shared),
            tape.Columns(mixed, Channels + Shared, Shared),
            _skip is null ? null : bound[_skip],
            _ssd.Groups);
        return _output.Forward(tape, bound, _ssd.Gated ? Gated(tape, bound, y, tape.Columns(projected, 0, Channels)) : y);
    }

    private Variable Gated(Tape tape, BoundParameters bound, Variable y, Variable z)
    {
        if (_norm is null)
        {
            return tape.GateBySilu(y, z);
        }

        int groups = _ssd.NormGroupWidth == 0 ? 1 : Channels / _ssd.NormGroupWidth;
        return _ssd.Order == GateOrder.GateThenNorm
            ? tape.RmsNorm(tape.GateBySilu(y, z), bound[_norm], _ssd.Epsilon, groups)
            : tape.GateBySilu(tape.RmsNorm(y, bound[_norm], _ssd.Epsilon, groups), z);
    }
}
