using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Stacks;

namespace HybridControl.Neural.Layers.OnTape;

/// <summary>Mamba: gated causal convolution and selective scan.</summary>
/// <remarks>
/// Starts as mamba_ssm does (<c>modules/mamba_simple.py</c>): rates -1 to -n, steps log-uniform from 0.001 to 0.1, the skip at one, step
/// weights uniform within 1 / sqrt(rank), convolution within 1 / sqrt(taps).
/// </remarks>
internal sealed class MambaOnTape : ITapeLayer
{
    private readonly MambaDescription _mamba;
    private readonly LinearOnTape _input;
    private readonly Parameter _convolution;
    private readonly Parameter? _convolutionBias;
    private readonly LinearOnTape _projection;
    private readonly Parameter _step;
    private readonly Parameter _stepBias;
    private readonly Parameter _rates;
    private readonly Parameter _skip;
    private readonly NormOnTape? _stepNorm;
    private readonly NormOnTape? _inputNorm;
    private readonly NormOnTape? _outputNorm;
    private readonly LinearOnTape _output;

    public MambaOnTape(TapeContext context, MambaDescription mamba)
    {
        context.Refuse(mamba.Heads != 1, "Mamba with projections of its own for each head");
        context.Refuse(mamba.StepAttention is not null, "Mamba whose steps attention gates");
        _mamba = mamba;
        int channels = mamba.Channels;
        _input = new(context, "in_proj", 2 * channels, context.Width, mamba.ProjectionBias);
        _convolution = context.Add("conv1d.weight", channels, mamba.Taps);
        _convolutionBias = mamba.ConvolutionBias ? context.Add("conv1d.bias", 1, channels) : null;
        _projection = new(context, "x_proj", mamba.StepRank + (2 * mamba.StateSize), channels, bias: false);
        _step = context.Add("dt_proj.weight", channels, mamba.StepRank);
        _stepBias = context.Add("dt_proj.bias", 1, channels);
        _rates = context.Add("A_log", channels, mamba.StateSize);
        _skip = context.Add("D", 1, channels);
        if (mamba.InnerNorm is { } epsilon)
        {
            var norm = new NormDescription(Epsilon: epsilon);
            _stepNorm = new(context.Below("dt_norm"), norm, mamba.StepRank);
            _inputNorm = new(context.Below("b_norm"), norm, mamba.StateSize);
            _outputNorm = new(context.Below("c_norm"), norm, mamba.StateSize);
        }

        _output = new(context, "out_proj", context.Width, channels, mamba.ProjectionBias);
    }

    public void Initialize(Start start)
    {
        _input.Initialize(start);
        start.Uniform(_convolution, 1.0 / Math.Sqrt(_mamba.Taps));
        start.Uniform(_convolutionBias, 1.0 / Math.Sqrt(_mamba.Taps));
        _projection.Initialize(start);
        start.Uniform(_step, 1.0 / Math.Sqrt(_mamba.StepRank));
        start.Steps(_stepBias, Start.BeforeSoftplus);
        start.Draw(_rates, (entry, _) => Math.Log(1 + (entry % _mamba.StateSize)));
        start.Fill(_skip, 1.0);
        _stepNorm?.Initialize(start);
        _inputNorm?.Initialize(start);
        _outputNorm?.Initialize(start);
        _output.Initialize(start, output: true);
    }

    public Variable Forward(Tape tape, BoundParameters bound, Variable x)
    {
        (int channels, int rank, int states) = (_mamba.Channels, _mamba.StepRank, _mamba.StateSize);
        Variable projected = _input.Forward(tape, bound, x);
        Variable u = tape.Silu(tape.CausalConvolution(
            tape.Columns(projected, 0, channels), bound[_convolution], _convolutionBias is null ? null : bound[_convolutionBias]));
        Variable selected = _projection.Forward(tape, bound, u);
        Variable step = Norm(_stepNorm, tape.Columns(selected, 0, rank));
        Variable b = Norm(_inputNorm, tape.Columns(selected, rank, states));
        Variable c = Norm(_outputNorm, tape.Columns(selected, rank + states, states));
        Variable dt = tape.Softplus(tape.Linear(step, bound[_step], bound[_stepBias]));
        Variable rates = tape.Scale(tape.Exp(bound[_rates]), -1.0);
        Variable y = tape.SelectiveScan(u, dt, rates, b, c, bound[_skip]);
        return _output.Forward(tape, bound, tape.GateBySilu(y, tape.Columns(projected, channels, channels)));

        Variable Norm(NormOnTape? norm, Variable part) => norm is null ? part : norm.Forward(tape, bound, part);
    }
}
