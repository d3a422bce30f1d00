using HybridControl.Neural.Backends;
using HybridControl.Neural.Explanation;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Sequences.Mixers;

/// <summary>The first Mamba: convolution, input-dependent steps, selective scan, gate.</summary>
/// <remarks>
/// Gu and Dao, "Mamba: Linear-Time Sequence Modeling with Selective State Spaces", arXiv 2312.00752. Channels in heads each have their own
/// projection to step, B and C (Zamba); norms on the three stand between projection and use (Jamba). Transitions may be gated
/// by attention: <c>dt[t] = softplus(W_dt r[t] + b_dt + W_o a[t])</c> with attention a over the layer's inputs, so that how fast a channel
/// forgets depends on tokens that its own state may have lost; with W_o = 0 this is Mamba.
/// </remarks>
public sealed class MambaMixer : ISelectiveLayer
{
    private readonly MambaParts _parts;
    private readonly int _convolution;
    private readonly int _state;
    private readonly string _place;

    internal MambaMixer(string place, MambaParts parts, StateLayout state)
    {
        (_place, _parts) = (place, parts);
        _convolution = state.AddBuffer($"{place}.conv", parts.Channels * parts.Taps);
        _state = state.AddBuffer($"{place}.ssm", parts.Channels * parts.StateSize, parts.StateSize);
    }

    /// <inheritdoc/>
    public int Inputs => _parts.Input!.Inputs;

    /// <inheritdoc/>
    public int Outputs => _parts.Output!.Outputs;

    /// <inheritdoc/>
    public void Scan(ForwardPass pass, TensorView x, TensorView y)
    {
        using Workspace.Scope scope = pass.Workspace.Open();
        int channels = _parts.Channels;
        TensorView both = pass.Workspace.Rent(x.Rows, 2 * channels);
        _parts.Input!.Scan(pass, x, both);
        TensorView scanned = pass.Workspace.Rent(x.Rows, channels);
        TensorView steps = default;
        if (_parts.StepAttention is not null)
        {
            steps = pass.Workspace.Rent(x.Rows, channels);
            _parts.StepAttention.Scan(pass, x, steps);
        }

        ScanCore(pass, both.ColumnsAt(0, channels), both.ColumnsAt(channels, channels), scanned, steps);
        _parts.Output!.Scan(pass, scanned, y);
    }

    /// <inheritdoc/>
    public SelectiveLaw LawOn(ITensorBackend backend)
    {
        (int channels, int size) = (_parts.Channels, _parts.StateSize);
        var direct = new double[channels];
        var turned = new double[size * channels];
        backend.Download(_parts.Direct, direct);
        backend.Download(_parts.Rates, turned);
        return new()
        {
            Channels = channels,
            StateSize = size,
            Steps = channels,
            Groups = _parts.Heads,
            Rates = [.. Enumerable.Range(0, turned.Length).Select(i => turned[(i % size * channels) + (i / size)])],
            Direct = [.. direct],
        };
    }

    /// <summary>From the raw inputs and gates of the channels to the scanned and gated values.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="x">Inputs of the channels.</param>
    /// <param name="gate">Gates before their silu.</param>
    /// <param name="y">Receives the outputs of the channels.</param>
    /// <param name="extra">Added to the step sizes before their softplus; empty for nothing.</param>
    internal void ScanCore(ForwardPass pass, TensorView x, TensorView gate, TensorView y, TensorView extra = default)
    {
        using Workspace.Scope scope = pass.Workspace.Open();
        ITensorBackend backend = pass.Backend;
        (int channels, int size, int heads) = (_parts.Channels, _parts.StateSize, _parts.Heads);
        TensorView u = pass.Workspace.Rent(x.Rows, channels);
        backend.Convolve(
            new(_parts.Taps, Activation.Silu), pass.Shape, x, _parts.Convolution, _parts.ConvolutionBias, pass.BufferOf(_convolution), u);
        TensorView delta = pass.Workspace.Rent(x.Rows, channels);
        TensorView projected = pass.Workspace.Rent(x.Rows, heads * (_parts.StepRank + (2 * size)));
        TensorView steps = projected.ColumnsAt(0, heads * _parts.StepRank);
        TensorView b = projected.ColumnsAt(heads * _parts.StepRank, heads * size);
        TensorView c = projected.ColumnsAt(heads * (_parts.StepRank + size), heads * size);
        Project(pass, u, projected, steps, b, c);
        int width = channels / heads;
        for (int h = 0; h < heads; h++)
        {
            backend.MatMul(
                steps.ColumnsAt(h * _parts.StepRank, _parts.StepRank),
                _parts.Step[h],
                _parts.StepBias.ColumnsAt(h * width, width),
                1.0,
                0.0,
                delta.ColumnsAt(h * width, width));
        }

        if (!extra.IsEmpty)
        {
            backend.AddScaled(extra, 1.0, delta);
        }

        pass.Observer?.Met(_place, this);
        pass.Show(_place, "input", u);
        pass.Show(_place, "delta", delta);
        pass.Show(_place, "B", b);
        pass.Show(_place, "C", c);
        pass.Show(_place, "gate", gate);
        backend.SelectiveScan(pass.Shape, new()
        {
            X = u,
            Delta = delta,
            B = b,
            C = c,
            A = _parts.Rates,
            D = _parts.Direct,
            Gate = gate,
            State = pass.BufferOf(_state),
            Y = y,
            Heads = heads,
        });
    }

    /// <summary>Steps, B and C of every head; heads side by side.</summary>
    private void Project(ForwardPass pass, TensorView u, TensorView projected, TensorView steps, TensorView b, TensorView c)
    {
        ITensorBackend backend = pass.Backend;
        (int size, int heads, int rank) = (_parts.StateSize, _parts.Heads, _parts.StepRank);
        if (heads == 1)
        {
            backend.MatMul(u, _parts.Projection[0], default, 1.0, 0.0, projected);
        }
        else
        {
            int width = _parts.Channels / heads;
            TensorView one = pass.Workspace.Rent(u.Rows, rank + (2 * size));
            for (int h = 0; h < heads; h++)
            {
                backend.MatMul(u.ColumnsAt(h * width, width), _parts.Projection[h], default, 1.0, 0.0, one);
                backend.Copy(one.ColumnsAt(0, rank), steps.ColumnsAt(h * rank, rank));
                backend.Copy(one.ColumnsAt(rank, size), b.ColumnsAt(h * size, size));
                backend.Copy(one.ColumnsAt(rank + size, size), c.ColumnsAt(h * size, size));
            }
        }

        _parts.StepNorm?.Apply(backend, steps, steps);
        _parts.BNorm?.Apply(backend, b, b);
        _parts.CNorm?.Apply(backend, c, c);
    }
}
