using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Backends;

/// <summary>What a selective scan (Mamba) reads and writes. Channels d, state size n, R rows.</summary>
/// <remarks>
/// <c>h[t] = exp(dt A) h[t-1] + dt x B</c>, <c>y = C h + D x</c>, times <c>silu(z)</c> if there is a gate; dt is the softplus of
/// <see cref="Delta"/>. Gu and Dao, "Mamba", arXiv 2312.00752.
/// </remarks>
public readonly record struct SelectiveScanOperands
{
    /// <summary>Inputs, R x d.</summary>
    public required TensorView X { get; init; }

    /// <summary>Step sizes before the softplus, bias already in, R x d.</summary>
    public required TensorView Delta { get; init; }

    /// <summary>R x (heads n): entry <c>head * n + j</c>. Channel c belongs to head <c>c / (d / heads)</c>.</summary>
    public required TensorView B { get; init; }

    /// <summary>R x (heads n), as <see cref="B"/>.</summary>
    public required TensorView C { get; init; }

    /// <summary>Negative rates, n x d: state-major.</summary>
    public required TensorView A { get; init; }

    /// <summary>Direct path, 1 x d; empty for none.</summary>
    public TensorView D { get; init; }

    /// <summary>Gate before its silu, R x d; empty for none.</summary>
    public TensorView Gate { get; init; }

    /// <summary>States before and after, streams x (n d): entry <c>j * d + channel</c>; empty starts from zero and keeps nothing.</summary>
    public TensorView State { get; init; }

    /// <summary>Outputs, R x d; may be <see cref="X"/>.</summary>
    public required TensorView Y { get; init; }

    /// <summary>Groups of channels that share B and C.</summary>
    public required int Heads { get; init; }
}
