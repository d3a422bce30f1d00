using HybridControl.Neural.Backends;
using HybridControl.Neural.Explanation;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Sequences.Mixers;

/// <summary>The second Mamba: one projection, convolution over inputs, B and C, a scan with one rate for each head, gated norm.</summary>
/// <remarks>Dao and Gu, "Transformers are SSMs", arXiv 2405.21060.</remarks>
public sealed class SsdMixer : ISelectiveLayer
{
    private readonly SsdParts _parts;
    private readonly int _convolution;
    private readonly int _state;
    private readonly string _place;

    internal SsdMixer(string place, SsdParts parts, StateLayout state)
    {
        (_place, _parts) = (place, parts);
        _convolution = state.AddBuffer($"{place}.conv", parts.ConvolvedWidth * parts.Taps);
        _state = state.AddBuffer($"{place}.ssm", parts.Channels * parts.StateSize);
    }

    /// <inheritdoc/>
    public int Inputs => _parts.Input.Inputs;

    /// <inheritdoc/>
    public int Outputs => _parts.Output.Outputs;

    /// <inheritdoc/>
    public void Scan(ForwardPass pass, TensorView x, TensorView y)
    {
        using Workspace.Scope scope = pass.Workspace.Open();
        ITensorBackend backend = pass.Backend;
        (int channels, int shared, int convolved) = (_parts.Channels, _parts.Groups * _parts.StateSize, _parts.ConvolvedWidth);
        TensorView projected = pass.Workspace.Rent(x.Rows, channels + convolved + _parts.Heads);
        _parts.Input.Scan(pass, x, projected);
        TensorView gate = projected.ColumnsAt(0, channels);
        TensorView delta = projected.ColumnsAt(channels + convolved, _parts.Heads);
        TensorView mixed = pass.Workspace.Rent(x.Rows, convolved);
        backend.Convolve(
            new(_parts.Taps, Activation.Silu),
            pass.Shape,
            projected.ColumnsAt(channels, convolved),
            _parts.Convolution,
            _parts.ConvolutionBias,
            pass.BufferOf(_convolution),
            mixed);
        TensorView u = mixed.ColumnsAt(0, channels);
        TensorView b = mixed.ColumnsAt(channels, shared);
        TensorView c = mixed.ColumnsAt(channels + shared, shared);
        pass.Observer?.Met(_place, this);
        pass.Show(_place, "input", u);
        pass.Show(_place, "delta", delta);
        pass.Show(_place, "B", b);
        pass.Show(_place, "C", c);
        pass.Show(_place, "gate", gate);
        TensorView scanned = pass.Workspace.Rent(x.Rows, channels);
        backend.Ssd(pass.Shape, new()
        {
            X = u,
            Delta = delta,
            DeltaBias = _parts.StepBias,
            Softplus = true,
            LeastDelta = _parts.LeastStep,
            GreatestDelta = _parts.GreatestStep,
            A = _parts.Rates,
            B = b,
            C = c,
            D = _parts.Direct,
            State = pass.BufferOf(_state),
            Y = scanned,
            Heads = _parts.Heads,
            Groups = _parts.Groups,
        });
        if (_parts.Norm is null)
        {
            backend.Gate(scanned, Activation.Silu, gate, scanned);
        }
        else
        {
            _parts.Norm.Apply(backend, scanned, gate, scanned);
        }

        _parts.Output.Scan(pass, scanned, y);
    }

    /// <inheritdoc/>
    public SelectiveLaw LawOn(ITensorBackend backend)
    {
        (int heads, int channels, int size) = (_parts.Heads, _parts.Channels, _parts.StateSize);
        var rates = new double[heads];
        var direct = new double[heads];
        var bias = new double[heads];
        backend.Download(_parts.Rates, rates);
        backend.Download(_parts.Direct, direct);
        backend.Download(_parts.StepBias, bias);
        return new()
        {
            Channels = channels,
            StateSize = size,
            Steps = heads,
            Groups = _parts.Groups,
            Rates = [.. Enumerable.Range(0, channels * size).Select(i => rates[i / (size * _parts.HeadWidth)])],
            StepBias = [.. bias],
            LeastStep = _parts.LeastStep,
            GreatestStep = _parts.GreatestStep,
            Direct = [.. Enumerable.Range(0, channels).Select(channel => direct[channel / _parts.HeadWidth])],
        };
    }
}
