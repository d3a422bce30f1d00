using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Stacks;

namespace HybridControl.Neural.Layers.OnTape;

/// <summary>h := w h + scale f(norm(h)).</summary>
internal sealed class BlockOnTape
{
    private readonly double _scale;
    private readonly NormOnTape? _norm;
    private readonly ITapeLayer? _layer;
    private readonly Parameter? _residual;

    public BlockOnTape(TapeContext context, BlockDescription block)
    {
        context.Refuse(block.Side is not null, "a side path");
        _scale = block.Scale;
        _norm = block.Norm is null ? null : new(context.Below("prenorm"), block.Norm, context.Width);
        _layer = Build(context, block.Mixer);
        _residual = block.LearnedResidual ? context.Add("residual", 1, context.Width) : null;
    }

    public void Initialize(Start start)
    {
        _norm?.Initialize(start);
        _layer?.Initialize(start);
        start.Fill(_residual, 1.0);
    }

    public Variable Forward(Tape tape, BoundParameters bound, Variable h)
    {
        Variable mixed = _layer!.Forward(tape, bound, _norm is null ? h : _norm.Forward(tape, bound, h));
        return tape.Add(
            _residual is null ? h : tape.Multiply(h, bound[_residual]), _scale == 1.0 ? mixed : tape.Scale(mixed, _scale));
    }

    private static ITapeLayer? Build(TapeContext context, MixerDescription mixer)
    {
        switch (mixer)
        {
            case S4dDescription s4d:
                return new S4dOnTape(context, s4d);
            case S5Description s5:
                return new S5OnTape(context, s5);
            case MambaDescription mamba:
                return new MambaOnTape(context, mamba);
            case SsdDescription ssd:
                return new SsdOnTape(context, ssd);
            case AttentionDescription attention:
                return new AttentionOnTape(context, attention);
            case MlpDescription mlp:
                return new PerceptronOnTape(context, mlp);
            case GluDescription glu:
                return new PerceptronOnTape(context, glu);
            default:
                context.Refuse(true, $"a mixer of kind {mixer.GetType().Name}");
                return null;
        }
    }
}
