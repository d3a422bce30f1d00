namespace HybridControl.Neural.Backends;

/// <summary>Which key a query sees: the rule of <see cref="AttentionOperands"/>.</summary>
public static class AttentionMask
{
    /// <summary>Place in its sequence of a key of the cache.</summary>
    public static long PositionOf(in AttentionOperands operands, in KeySpan span, int key)
    {
        long position = key < operands.Sinks ? key : key + span.Dropped;
        return operands.Spacing <= 1 ? position : ((position + 1) * operands.Spacing) - 1;
    }

    /// <summary>Whether the query at a position sees a key.</summary>
    public static bool Sees(in AttentionOperands operands, in KeySpan span, long query, int key)
    {
        if (!operands.Causal)
        {
            return true;
        }

        long position = PositionOf(operands, span, key);
        return position <= query && (operands.Window == 0 || query - position <= operands.Window || key < operands.Sinks);
    }
}
