using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Backends;

/// <summary>What a time-invariant filter with N complex modes for each of H channels (S4D) reads and writes.</summary>
/// <remarks><c>h[t] = lambda h[t-1] + b u[t]</c>, <c>y = 2 Re(sum c h) + d u</c>; modes stand for conjugate pairs. Matrices of modes hold entry <c>channel * N + mode</c>.</remarks>
public readonly record struct ModalScanOperands
{
    /// <summary>Inputs, R x H.</summary>
    public required TensorView U { get; init; }

    /// <summary>Factors, 2 x (H N): real parts, then imaginary parts.</summary>
    public required TensorView Lambda { get; init; }

    /// <summary>Input weights, 2 x (H N).</summary>
    public required TensorView B { get; init; }

    /// <summary>Output weights, 2 x (H N).</summary>
    public required TensorView C { get; init; }

    /// <summary>Direct path, 1 x H; empty for none.</summary>
    public TensorView D { get; init; }

    /// <summary>States before and after, streams x (2 H N): all real parts, then all imaginary parts; empty starts from zero and keeps nothing.</summary>
    public TensorView State { get; init; }

    /// <summary>Outputs, R x H; not <see cref="U"/>.</summary>
    public required TensorView Y { get; init; }

    /// <summary>Modes of a channel, N.</summary>
    public required int Modes { get; init; }
}
