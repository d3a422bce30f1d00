using HybridControl.Neural.Backends;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Sequences.Mixers;

/// <summary>Softmax attention over all tokens so far, or a window of them, with shared key heads and rotary positions if asked.</summary>
/// <remarks>Vaswani et al., arXiv 1706.03762; grouped queries: Ainslie et al., arXiv 2305.13245. Memory grows with the sequence or its window.</remarks>
public sealed class AttentionMixer : ISequenceLayer
{
    private readonly AttentionParts _parts;
    private readonly string _place;

    internal AttentionMixer(string place, AttentionParts parts) => (_place, _parts) = (place, parts);

    /// <inheritdoc/>
    public int Inputs => _parts.Query.Inputs;

    /// <inheritdoc/>
    public int Outputs => _parts.Output.Outputs;

    /// <inheritdoc/>
    public void Scan(ForwardPass pass, TensorView x, TensorView y)
    {
        using Workspace.Scope scope = pass.Workspace.Open();
        TensorView q = pass.Workspace.Rent(x.Rows, _parts.Query.Outputs);
        TensorView k = pass.Workspace.Rent(x.Rows, _parts.Key.Outputs);
        TensorView v = pass.Workspace.Rent(x.Rows, _parts.Value.Outputs);
        TensorView mixed = pass.Workspace.Rent(x.Rows, _parts.Output.Inputs);
        _parts.Query.Scan(pass, x, q);
        _parts.Key.Scan(pass, x, k);
        _parts.Value.Scan(pass, x, v);
        _parts.Core.Scan(pass, _place, q, k, v, mixed);
        _parts.Output.Scan(pass, mixed, y);
    }
}
