using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Backends;

/// <summary>What a time-invariant complex diagonal recurrence (S5) reads and writes: <c>h[t] = lambda h[t-1] + u[t]</c> for P states.</summary>
public readonly record struct DiagonalScanOperands
{
    /// <summary>Factors, 2 x P: real parts, then imaginary parts.</summary>
    public required TensorView Lambda { get; init; }

    /// <summary>Inputs, R x 2P: real parts, then imaginary parts.</summary>
    public required TensorView U { get; init; }

    /// <summary>States before and after, streams x 2P; empty starts from zero and keeps nothing.</summary>
    public TensorView State { get; init; }

    /// <summary>States after each token, R x 2P; may be <see cref="U"/>.</summary>
    public required TensorView Y { get; init; }

    /// <summary>Whether time runs backwards, from the last token to the first.</summary>
    public bool Backwards { get; init; }
}
