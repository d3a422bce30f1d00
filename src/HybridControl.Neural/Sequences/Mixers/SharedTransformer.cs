using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Sequences.Mixers;

/// <summary>A transformer block whose weights several layers share: it reads the stream beside what the stack was fed, and has no residuals.</summary>
/// <remarks>
/// <c>y = tail(channels(norm(attention(norm([h; e])))))</c>. Each layer that uses it has a tail and a memory of its own.
/// Glorioso et al., "Zamba: A Compact 7B SSM Hybrid Model", arXiv 2405.16712.
/// </remarks>
public sealed class SharedTransformer : ISequenceLayer
{
    private readonly RowNorm _inputNorm;
    private readonly AttentionMixer _attention;
    private readonly RowNorm _innerNorm;
    private readonly ISequenceLayer _channels;
    private readonly Linear _tail;

    internal SharedTransformer(RowNorm inputNorm, AttentionMixer attention, RowNorm innerNorm, ISequenceLayer channels, Linear tail) =>
        (_inputNorm, _attention, _innerNorm, _channels, _tail) = (inputNorm, attention, innerNorm, channels, tail);

    /// <inheritdoc/>
    public int Inputs => _attention.Inputs / 2;

    /// <inheritdoc/>
    public int Outputs => _tail.Outputs;

    /// <summary>The attention of this place.</summary>
    public AttentionMixer Attention => _attention;

    /// <inheritdoc/>
    public void Scan(ForwardPass pass, TensorView x, TensorView y)
    {
        using Workspace.Scope scope = pass.Workspace.Open();
        TensorView both = pass.Workspace.Rent(x.Rows, 2 * x.Columns);
        pass.Backend.Copy(x, both.ColumnsAt(0, x.Columns));
        pass.Backend.Copy(pass.Embedding, both.ColumnsAt(x.Columns, x.Columns));
        _inputNorm.Apply(pass.Backend, both, both);
        TensorView attended = pass.Workspace.Rent(x.Rows, x.Columns);
        _attention.Scan(pass, both, attended);
        _innerNorm.Apply(pass.Backend, attended, attended);
        TensorView mixed = pass.Workspace.Rent(x.Rows, x.Columns);
        _channels.Scan(pass, attended, mixed);
        _tail.Scan(pass, mixed, y);
    }
}
