using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Stacks;

namespace HybridControl.Neural.Layers.OnTape;

/// <summary>A norm over the numbers of a token: <c>weight</c> starts at one, <c>bias</c> of a layer norm at zero.</summary>
internal sealed class NormOnTape
{
    private readonly double _epsilon;
    private readonly Parameter _weight;
    private readonly Parameter? _bias;

    public NormOnTape(TapeContext context, NormDescription norm, int width)
    {
        _epsilon = norm.Epsilon;
        _weight = context.Add("weight", 1, width);
        _bias = norm.Kind == NormKind.Layer ? context.Add("bias", 1, width) : null;
    }

    public void Initialize(Start start) => start.Fill(_weight, 1.0);

    public Variable Forward(Tape tape, BoundParameters bound, Variable x) => _bias is null
        ? tape.RmsNorm(x, bound[_weight], _epsilon)
        : tape.LayerNorm(x, bound[_weight], bound[_bias], _epsilon);
}
