namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>The keys that a query sees, as two runs: the first <paramref name="SinkEnd"/>, and those from <paramref name="First"/> to before <paramref name="End"/>.</summary>
/// <param name="SinkEnd">Keys of the first run.</param>
/// <param name="First">First key of the second run, at least <paramref name="SinkEnd"/>.</param>
/// <param name="End">Key behind the second run.</param>
internal readonly record struct VisibleKeys(int SinkEnd, int First, int End)
{
    /// <summary>What <see cref="AttentionMask.Sees"/> says of all keys, positions being in ascending order.</summary>
    public static VisibleKeys Of(in AttentionOperands operands, in KeySpan span, long query)
    {
        if (!operands.Causal)
        {
            return new(0, 0, span.Count);
        }

        long spacing = Math.Max(1, operands.Spacing);
        long last = ((query + 1) / spacing) - 1;
        long end = last - span.Dropped >= operands.Sinks ? last - span.Dropped + 1 : Math.Min(operands.Sinks, last + 1);
        int bounded = (int)Math.Clamp(end, 0, span.Count);
        if (operands.Window == 0)
        {
            return new(0, 0, bounded);
        }

        long oldest = query - operands.Window + 1;
        long first = (oldest <= 0 ? 0 : (oldest + spacing - 1) / spacing) - 1 - span.Dropped;
        int sinks = Math.Min(operands.Sinks, bounded);
        return new(sinks, (int)Math.Clamp(first, sinks, bounded), bounded);
    }

    /// <summary>Whether none of some neighbouring keys is seen.</summary>
    public bool MissesAll(int first, int end) => first >= End || (first >= SinkEnd && end <= First);
}
