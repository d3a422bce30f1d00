using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Backends;

/// <summary>What a state-space-duality scan (Mamba-2) reads and writes. H heads of P channels, G groups, state size n, R rows.</summary>
/// <remarks>
/// <c>S[t] = exp(dt A) S[t-1] + dt x B'</c> (P x n for each head), <c>y = S C + D x</c>; dt is the softplus of delta + bias,
/// clamped. Back-ends may work in chunks of a masked quadratic form. Dao and Gu, "Transformers are SSMs", arXiv 2405.21060.
/// </remarks>
public readonly record struct SsdOperands
{
    /// <summary>Inputs, R x (H P).</summary>
    public required TensorView X { get; init; }

    /// <summary>Step sizes, R x H.</summary>
    public required TensorView Delta { get; init; }

    /// <summary>Added to the step sizes, 1 x H; empty for none.</summary>
    public TensorView DeltaBias { get; init; }

    /// <summary>Whether step sizes pass a softplus (after the bias).</summary>
    public bool Softplus { get; init; }

    /// <summary>Least step size after the softplus.</summary>
    public double LeastDelta { get; init; }

    /// <summary>Greatest step size after the softplus; 0 for no bound.</summary>
    public double GreatestDelta { get; init; }

    /// <summary>Rates, 1 x H, negative in a stable layer.</summary>
    public required TensorView A { get; init; }

    /// <summary>R x (G n). Head h uses group <c>h / (H / G)</c>.</summary>
    public required TensorView B { get; init; }

    /// <summary>R x (G n).</summary>
    public required TensorView C { get; init; }

    /// <summary>Direct path, 1 x H; empty for none.</summary>
    public TensorView D { get; init; }

    /// <summary>States before and after, streams x (H P n): entry <c>(h * P + p) * n + j</c>; empty starts from zero and keeps nothing.</summary>
    public TensorView State { get; init; }

    /// <summary>Outputs, R x (H P); may be <see cref="X"/>.</summary>
    public required TensorView Y { get; init; }

    /// <summary>Heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Groups of heads that share B and C.</summary>
    public required int Groups { get; init; }
}
