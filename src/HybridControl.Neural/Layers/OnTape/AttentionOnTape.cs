using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;

namespace HybridControl.Neural.Layers.OnTape;

/// <summary>Causal attention with its four maps; keys and values may be shared by heads, positions may be rotary.</summary>
internal sealed class AttentionOnTape : ITapeLayer
{
    private readonly AttentionDescription _attention;
    private readonly RotaryAngles? _rotary;
    private readonly LinearOnTape _query;
    private readonly LinearOnTape _key;
    private readonly LinearOnTape _value;
    private readonly LinearOnTape _output;

    public AttentionOnTape(TapeContext context, AttentionDescription attention)
    {
        context.Refuse(attention.Sinks > 0, "attention with sinks");
        context.Refuse(attention.KeysOf is not null, "attention that reads the keys of another layer");
        _attention = attention;
        _rotary = attention.Rotary?.Build(attention.HeadWidth);
        _query = new(context, "q_proj", attention.QueryColumns, context.Width, attention.Bias);
        _key = new(context, "k_proj", attention.KeyColumns, context.Width, attention.Bias);
        _value = new(context, "v_proj", attention.ValueColumns, context.Width, attention.Bias);
        _output = new(context, "o_proj", context.Width, attention.MixedColumns, attention.Bias);
    }

    public void Initialize(Start start)
    {
        _query.Initialize(start);
        _key.Initialize(start);
        _value.Initialize(start);
        _output.Initialize(start, output: true);
    }

    public Variable Forward(Tape tape, BoundParameters bound, Variable x)
    {
        Variable q = Rotate(tape, _query.Forward(tape, bound, x), _attention.Heads);
        Variable k = Rotate(tape, _key.Forward(tape, bound, x), _attention.KeyHeads);
        Variable v = _value.Forward(tape, bound, x);
        double? scale = _attention.Scale > 0.0 ? _attention.Scale : null;
        return _output.Forward(tape, bound, tape.Attention(q, k, v, _attention.Heads, _attention.KeyHeads, _attention.Window, scale));
    }

    private Variable Rotate(Tape tape, Variable x, int heads) =>
        _rotary is null ? x : tape.Rotate(x, heads, _rotary.Theta, _rotary.Width);
}
