using HybridControl.Neural.Backends;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Sequences.Mixers;

/// <summary>Softmax attention over all tokens so far, or a window of them, with shared key heads and rotary positions if asked.</summary>
/// <remarks>Vaswani et al., arXiv 1706.03762; grouped queries: Ainslie et al., arXiv 2305.13245. Memory grows with the sequence or its window; a layer may use the keys and values of an earlier one.</remarks>
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
        TensorView mixed = pass.Workspace.Rent(x.Rows, _parts.Output.Inputs);
        _parts.Query.Scan(pass, x, q);
        _parts.Core.Scan(pass, _place, q, Projected(pass, _parts.Key, x), Projected(pass, _parts.Value, x), mixed);
        _parts.Output.Scan(pass, mixed, y);
    }

    private static TensorView Projected(ForwardPass pass, ISequenceLayer? layer, TensorView x)
    {
        if (layer is null)
        {
            return default;
        }

        TensorView projected = pass.Workspace.Rent(x.Rows, layer.Outputs);
        layer.Scan(pass, x, projected);
        return projected;
    }
}
