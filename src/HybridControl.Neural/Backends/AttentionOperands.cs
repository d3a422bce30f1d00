using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Backends;

/// <summary>What attention reads and writes. Query head h reads key head <c>h / (Heads / KeyHeads)</c>.</summary>
/// <remarks>
/// Key i of a stream stands at position i below <see cref="Sinks"/>, else <c>i + Dropped</c>; with a spacing s it sums up s tokens and
/// stands at <c>(position + 1) s - 1</c>. A query at p sees a key at k if the mask is not causal, or if <c>k &lt;= p</c> and (there is no
/// window, or <c>p - k &lt;= Window</c>, or k is a sink). A query that sees no key gives zeros.
/// </remarks>
public readonly record struct AttentionOperands
{
    /// <summary>Queries, R x (Heads KeyWidth).</summary>
    public required TensorView Queries { get; init; }

    /// <summary>Keys of all streams, KeyHeads KeyWidth columns; <see cref="KeySpan"/> says which rows belong to a stream.</summary>
    public required TensorView Keys { get; init; }

    /// <summary>Values of all streams, KeyHeads ValueWidth columns.</summary>
    public required TensorView Values { get; init; }

    /// <summary>Outputs, R x (Heads ValueWidth); not <see cref="Queries"/>.</summary>
    public required TensorView Y { get; init; }

    /// <summary>Receives the weights of each query if it is not empty: row <c>r * Heads + h</c>, a column for each key of the longest stream.</summary>
    public TensorView Map { get; init; }

    /// <summary>Query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Key and value heads.</summary>
    public required int KeyHeads { get; init; }

    /// <summary>Factor of the dot products.</summary>
    public required double Scale { get; init; }

    /// <summary>Whether queries see only the past and themselves.</summary>
    public bool Causal { get; init; }

    /// <summary>How far back a query sees; 0 for no bound.</summary>
    public int Window { get; init; }

    /// <summary>First keys that every later query sees, window or not.</summary>
    public int Sinks { get; init; }

    /// <summary>Tokens that one key sums up, at least one.</summary>
    public int Spacing { get; init; }
}
