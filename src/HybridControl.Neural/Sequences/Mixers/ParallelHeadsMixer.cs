using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Sequences.Mixers;

/// <summary>Heads of attention and channels of a selective scan side by side on one projection; the mean of their norms goes out.</summary>
/// <remarks>
/// <c>y = W_o (norm(attention) + norm(scan)) / 2</c>. Dong et al., "Hymba", arXiv 2411.13676. Values are as wide as the channels of the
/// scan. The projection gives queries, keys, values, inputs and gates in this order; no keys and values where an earlier layer's are used.
/// </remarks>
public sealed class ParallelHeadsMixer : ISequenceLayer
{
    private readonly ParallelHeadsParts _parts;
    private readonly MambaMixer _scan;
    private readonly string _place;

    internal ParallelHeadsMixer(string place, ParallelHeadsParts parts, MambaMixer scan) => (_place, _parts, _scan) = (place, parts, scan);

    /// <inheritdoc/>
    public int Inputs => _parts.Input.Inputs;

    /// <inheritdoc/>
    public int Outputs => _parts.Output.Outputs;

    /// <inheritdoc/>
    public void Scan(ForwardPass pass, TensorView x, TensorView y)
    {
        using Workspace.Scope scope = pass.Workspace.Open();
        int channels = _parts.Output.Inputs;
        TensorView projected = pass.Workspace.Rent(x.Rows, _parts.Input.Outputs);
        _parts.Input.Scan(pass, x, projected);
        TensorView q = projected.ColumnsAt(0, _parts.QueryColumns);
        int at = _parts.QueryColumns;
        TensorView k = Next(projected, _parts.KeyColumns, ref at);
        TensorView v = Next(projected, _parts.ValueColumns, ref at);
        TensorView u = Next(projected, channels, ref at);
        TensorView gate = Next(projected, channels, ref at);

        TensorView attended = pass.Workspace.Rent(x.Rows, channels);
        _parts.Attention.Scan(pass, _place, q, k, v, attended);
        TensorView scanned = pass.Workspace.Rent(x.Rows, channels);
        _scan.ScanCore(pass, u, gate, scanned);
        _parts.AttentionNorm.Apply(pass.Backend, attended, attended);
        _parts.ScanNorm.Apply(pass.Backend, scanned, scanned);
        pass.Backend.AddScaled(attended, 1.0, scanned);
        pass.Backend.MatMul(scanned, _parts.Output.Weight, _parts.Output.Bias, 0.5, 0.0, y);
    }

    private static TensorView Next(TensorView projected, int columns, ref int at)
    {
        int first = at;
        at += columns;
        return columns == 0 ? default : projected.ColumnsAt(first, columns);
    }
}
