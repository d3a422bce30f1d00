namespace HybridControl.Neural.Backends.Cpu;

public sealed partial class ScalarBackend<T>
{
    /// <inheritdoc/>
    public override void Attend(SequenceShape shape, ReadOnlySpan<KeySpan> spans, in AttentionOperands operands)
    {
        ref readonly AttentionOperands o = ref operands;
        OperandCheck.Operands(shape, spans, o);
        int keyWidth = o.Keys.Columns / o.KeyHeads;
        int valueWidth = o.Values.Columns / o.KeyHeads;
        for (int s = 0; s < shape.Streams; s++)
        {
            KeySpan span = spans[s];
            var weights = new double[span.Count];
            for (int t = 0; t < shape.Length; t++)
            {
                int r = (s * shape.Length) + t;
                for (int head = 0; head < o.Heads; head++)
                {
                    int keyHead = head / (o.Heads / o.KeyHeads);
                    ReadOnlySpan<T> query = Row(o.Queries, r).Slice(head * keyWidth, keyWidth);
                    double greatest = double.NegativeInfinity;
                    for (int k = 0; k < weights.Length; k++)
                    {
                        weights[k] = double.NegativeInfinity;
                        if (AttentionMask.Sees(o, span, span.FirstQuery + t, k))
                        {
                            weights[k] = o.Scale * Dot(query, Row(o.Keys, span.FirstRow + k).Slice(keyHead * keyWidth, keyWidth));
                            greatest = Math.Max(greatest, weights[k]);
                        }
                    }

                    double total = 0.0;
                    for (int k = 0; k < weights.Length; k++)
                    {
                        weights[k] = double.IsNegativeInfinity(weights[k]) ? 0.0 : Math.Exp(weights[k] - greatest);
                        total += weights[k];
                    }

                    Span<T> y = Row(o.Y, r).Slice(head * valueWidth, valueWidth);
                    for (int v = 0; v < valueWidth; v++)
                    {
                        double sum = 0.0;
                        for (int k = 0; k < weights.Length; k++)
                        {
                            sum += weights[k] * D(Row(o.Values, span.FirstRow + k)[(keyHead * valueWidth) + v]);
                        }

                        y[v] = Of(total == 0.0 ? 0.0 : sum / total);
                    }

                    for (int k = 0; k < o.Map.Columns && !o.Map.IsEmpty; k++)
                    {
                        Row(o.Map, (r * o.Heads) + head)[k] = Of(k >= weights.Length || total == 0.0 ? 0.0 : weights[k] / total);
                    }
                }
            }
        }
    }

    private static double Dot(ReadOnlySpan<T> a, ReadOnlySpan<T> b)
    {
        double sum = 0.0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += D(a[i]) * D(b[i]);
        }

        return sum;
    }
}
