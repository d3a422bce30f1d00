using HybridControl.Neural.Backends;

namespace HybridControl.Neural.Tests.Backends;

public abstract partial class BackendContract
{
    /// <summary>Masks: causal, window, sinks, spacing, dropped keys.</summary>
    public static IEnumerable<(bool Causal, int Window, int Sinks, int Spacing, int Dropped)> Masks =>
    [
        (false, 0, 0, 1, 0),
        (true, 0, 0, 1, 0),
        (true, 5, 0, 1, 0),
        (true, 5, 3, 1, 0),
        (true, 9, 2, 1, 11),
        (true, 0, 0, 4, 0),
        (true, 40, 1, 3, 2),
    ];

    [Test]
    public void Attention_agrees_over_whole_sequences([ValueSource(nameof(Masks))] (bool Causal, int Window, int Sinks, int Spacing, int Dropped) mask, [Values] bool mapped)
    {
        AttentionCase attention = new(_pair, streams: 2, length: 37, past: 4, heads: 4, keyHeads: 2, keyWidth: 9, valueWidth: 21, mask, mapped);
        attention.RunAndCheck(_pair);
    }

    [Test]
    public void Attention_of_one_token_agrees([ValueSource(nameof(Masks))] (bool Causal, int Window, int Sinks, int Spacing, int Dropped) mask)
    {
        AttentionCase attention = new(_pair, streams: 3, length: 1, past: 65, heads: 6, keyHeads: 2, keyWidth: 32, valueWidth: 32, mask, mapped: false);
        attention.RunAndCheck(_pair);
    }

    [TestCase(1, 150, 0, 1, 1, 64, 64)]
    [TestCase(1, 70, 200, 3, 1, 16, 48)]
    [TestCase(1, 3, 0, 2, 2, 1, 1)]
    [TestCase(4, 2, 700, 2, 1, 24, 24)]
    public void Attention_agrees_at_any_size(int streams, int length, int past, int heads, int keyHeads, int keyWidth, int valueWidth)
    {
        AttentionCase attention = new(_pair, streams, length, past, heads, keyHeads, keyWidth, valueWidth, (true, 0, 0, 1, 0), mapped: false);
        attention.RunAndCheck(_pair);
    }

    [Test]
    public void Great_scores_do_not_overflow()
    {
        AttentionCase attention = new(_pair, 1, 40, 0, 2, 2, 16, 16, (true, 0, 0, 1, 0), mapped: true) { Scale = 100.0 };
        attention.RunAndCheck(_pair, times: 60.0); // scores of several hundred carry an error of as many units in the last place
    }

    [Test]
    public void A_query_that_sees_no_key_gives_zeros()
    {
        Operand q = _pair.Random(3, 8);
        Operand k = _pair.Random(4, 8);
        Operand v = _pair.Random(4, 8);
        Operand y = _pair.Random(3, 8);
        KeySpan[] spans = [new(0, 4, Dropped: 10, FirstQuery: 8)];
        _pair.Run((b, of) => b.Attend(new SequenceShape(1, 3), spans, new()
        {
            Queries = of(q),
            Keys = of(k),
            Values = of(v),
            Y = of(y),
            Heads = 1,
            KeyHeads = 1,
            Scale = 1.0,
            Causal = true,
        }));
        _pair.Check(y);
        Assert.That(_pair.Found(y)[..16], Is.All.Zero);
    }

    /// <summary>Random operands of attention. Streams lie at uneven places of the cache and differ in length.</summary>
    private sealed class AttentionCase
    {
        private readonly SequenceShape _shape;
        private readonly KeySpan[] _spans;
        private readonly (bool Causal, int Window, int Sinks, int Spacing, int Dropped) _mask;
        private readonly int _heads;
        private readonly int _keyHeads;
        private readonly Operand _queries;
        private readonly Operand _keys;
        private readonly Operand _values;
        private readonly Operand _y;
        private readonly Operand _map;

        public AttentionCase(
            BackendPair pair, int streams, int length, int past, int heads, int keyHeads, int keyWidth, int valueWidth,
            (bool Causal, int Window, int Sinks, int Spacing, int Dropped) mask, bool mapped)
        {
            _shape = new SequenceShape(streams, length);
            _mask = mask;
            (_heads, _keyHeads) = (heads, keyHeads);
            Scale = 1.0 / Math.Sqrt(keyWidth);
            _spans = new KeySpan[streams];
            int row = 1;
            for (int s = 0; s < streams; s++)
            {
                int keys = past + length + (2 * s);
                int lastPosition = ((keys + mask.Dropped) * mask.Spacing) - 1;
                _spans[s] = new KeySpan(row, keys, mask.Dropped, lastPosition - length + 1);
                row += keys + 3;
            }

            _queries = pair.Random(_shape.Rows, heads * keyWidth, -2.0, 2.0, gap: 1);
            _keys = pair.Random(row, keyHeads * keyWidth, -2.0, 2.0, gap: 2);
            _values = pair.Random(row, keyHeads * valueWidth, gap: 3);
            _y = pair.Random(_shape.Rows, heads * valueWidth, gap: 1);
            _map = mapped ? pair.Random(_shape.Rows * heads, _spans.Max(span => span.Count), gap: 1) : Operand.None;
        }

        public double Scale { get; init; }

        public void RunAndCheck(BackendPair pair, double times = 1.0)
        {
            pair.Run((b, of) => b.Attend(_shape, _spans, new()
            {
                Queries = of(_queries),
                Keys = of(_keys),
                Values = of(_values),
                Y = of(_y),
                Map = of(_map),
                Heads = _heads,
                KeyHeads = _keyHeads,
                Scale = Scale,
                Causal = _mask.Causal,
                Window = _mask.Window,
                Sinks = _mask.Sinks,
                Spacing = _mask.Spacing,
            }));
            pair.Check(_y, times);
            if (!_map.Oracle.IsEmpty)
            {
                pair.Check(_map, times);
            }
        }
    }
}
