using HybridControl.Neural.Backends.Cpu.Simd;

namespace HybridControl.Neural.Backends.Cpu;

public sealed unsafe partial class SimdBackend<T>
{
    /// <summary>Tokens from which on turning keys into panels pays.</summary>
    private const int ShortestInBlocks = 6;

    /// <summary>Rows of queries of a part, all heads together: enough to pay for the panels of keys.</summary>
    private const int QueriesOfPart = 192;

    private KeySpan[] _spans = [];
    private Job<T, AttendToken<T>>? _attendToken;
    private Job<T, AttendBlocks<T>>? _attendBlocks;

    /// <inheritdoc/>
    public override void Attend(SequenceShape shape, ReadOnlySpan<KeySpan> spans, in AttentionOperands operands)
    {
        OperandCheck.Operands(shape, spans, operands);
        ref readonly AttentionOperands o = ref operands;
        if (_spans.Length < spans.Length)
        {
            _spans = new KeySpan[spans.Length];
        }

        spans.CopyTo(_spans);
        var inputs = new AttendInputs<T>
        {
            Shape = shape,
            Operands = o,
            Spans = _spans,
            Queries = new(o.Queries),
            Keys = new(o.Keys),
            Values = new(o.Values),
            Y = new(o.Y),
            Map = new(o.Map),
        };
        double keys = 0.0;
        foreach (KeySpan span in spans)
        {
            keys += span.Count;
        }

        double work = 0.03 * keys * shape.Length * o.Heads * (inputs.KeyWidth + inputs.ValueWidth);
        if (shape.Length < ShortestInBlocks || !o.Map.IsEmpty)
        {
            Run(ref _attendToken, new AttendToken<T> { Inputs = inputs, Scratch = _scratch }, shape.Rows * o.KeyHeads, work);
            return;
        }

        int tokens = Math.Max(RowBlocks.Greatest, QueriesOfPart / inputs.HeadsOfKey);
        var blocks = new AttendBlocks<T> { Inputs = inputs, TokensOfPart = tokens, Scratch = _scratch };
        Run(ref _attendBlocks, blocks, shape.Streams * o.KeyHeads * blocks.PartsOfHead, work);
    }
}
