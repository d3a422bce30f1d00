using HybridControl.Neural.Backends;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Sequences.Mixers;

/// <summary>Attention that reads what a state space layer has made of the past, summed up every few tokens.</summary>
/// <remarks>
/// With outputs s of the state space layer, <c>m[j] = (s[jk] + ... + s[jk + k - 1]) / k</c> for every k tokens that are complete,
/// <c>y[t] = s[t] + W_o softmax((W_q x[t])' W_k m) W_v m</c> over all j with <c>(j + 1) k - 1 &lt;= t</c>, or those in the window. The cache
/// holds one key for k tokens; the sum that is not yet complete is part of the state. A token before the first complete sum reads nothing.
/// </remarks>
public sealed class StateAttentionMixer : ISequenceLayer
{
    private readonly ISequenceLayer _backbone;
    private readonly AttentionParts _parts;
    private readonly int _spacing;
    private readonly int _pool;
    private readonly string _place;
    private int[] _rows = [];
    private double[] _factors = [];
    private int[] _firsts = [];

    internal StateAttentionMixer(string place, ISequenceLayer backbone, AttentionParts parts, int spacing, StateLayout state)
    {
        (_place, _backbone, _parts, _spacing) = (place, backbone, parts, spacing);
        _pool = state.AddBuffer($"{place}.pool", backbone.Outputs);
    }

    /// <inheritdoc/>
    public int Inputs => _backbone.Inputs;

    /// <inheritdoc/>
    public int Outputs => _backbone.Outputs;

    /// <inheritdoc/>
    public void Scan(ForwardPass pass, TensorView x, TensorView y)
    {
        _backbone.Scan(pass, x, y);
        using Workspace.Scope scope = pass.Workspace.Open();
        Pool(pass, y);
        TensorView q = pass.Workspace.Rent(x.Rows, _parts.Query.Outputs);
        TensorView mixed = pass.Workspace.Rent(x.Rows, _parts.Output.Inputs);
        TensorView read = pass.Workspace.Rent(y.Rows, y.Columns);
        _parts.Query.Scan(pass, x, q);
        _parts.Core.Scan(pass, _place, q, default, default, mixed);
        _parts.Output.Scan(pass, mixed, read);
        pass.Backend.AddScaled(read, 1.0, y);
    }

    /// <summary>Adds the outputs to the sums; keys and values of complete ones go to the cache, the rest to the state.</summary>
    private void Pool(ForwardPass pass, TensorView outputs)
    {
        using Workspace.Scope scope = pass.Workspace.Open();
        ITensorBackend backend = pass.Backend;
        (int streams, int length) = (pass.Shape.Streams, pass.Shape.Length);
        int count = Assign(pass);
        TensorView sums = pass.Workspace.Rent(count, outputs.Columns);
        TensorView kept = pass.BufferOf(_pool);
        backend.Fill(sums, 0.0);
        for (int s = 0; s < streams; s++)
        {
            backend.Copy(kept.RowsAt(s, 1), sums.RowsAt(_firsts[s], 1));
        }

        backend.ScatterAddRows(outputs, _rows.AsSpan(0, streams * length), _factors.AsSpan(0, streams * length), sums);
        for (int s = 0; s < streams; s++)
        {
            backend.Copy(sums.RowsAt(_firsts[s + 1] - 1, 1), kept.RowsAt(s, 1));
        }

        if (count == streams)
        {
            return; // none is complete
        }

        TensorView keys = pass.Workspace.Rent(count, _parts.Key!.Outputs);
        TensorView values = pass.Workspace.Rent(count, _parts.Value!.Outputs);
        _parts.Key.Scan(pass, sums, keys);
        _parts.Value.Scan(pass, sums, values);
        for (int s = 0; s < streams; s++)
        {
            int complete = _firsts[s + 1] - _firsts[s] - 1;
            if (complete > 0)
            {
                pass.Append(_parts.Core.Cache, s, keys.RowsAt(_firsts[s], complete), values.RowsAt(_firsts[s], complete));
            }
        }
    }

    /// <summary>Which sum each token belongs to; a stream's sums stand together, the last one is not complete.</summary>
    /// <returns>Sums of all streams.</returns>
    private int Assign(ForwardPass pass)
    {
        (int streams, int length) = (pass.Shape.Streams, pass.Shape.Length);
        if (_rows.Length < streams * length)
        {
            (_rows, _factors) = (new int[streams * length], new double[streams * length]);
            Array.Fill(_factors, 1.0 / _spacing);
        }

        if (_firsts.Length < streams + 1)
        {
            _firsts = new int[streams + 1];
        }

        for (int s = 0; s < streams; s++)
        {
            int before = (int)(pass.PositionOf(s) % _spacing);
            for (int t = 0; t < length; t++)
            {
                _rows[(s * length) + t] = _firsts[s] + ((before + t) / _spacing);
            }

            _firsts[s + 1] = _firsts[s] + ((before + length) / _spacing) + 1;
        }

        return _firsts[streams];
    }
}
