using HybridControl.Neural.Backends;
using HybridControl.Neural.Explanation;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Sequences.Mixers;

/// <summary>The second Mamba: one projection, convolution over inputs, B and C, a scan with one rate for each head, gated norm.</summary>
/// <remarks>
/// Dao and Gu, "Transformers are SSMs", arXiv 2405.21060. Convolution, gate, direct path and norm may be left out. Rotary positions on
/// B and C (Wu et al., "TransXSSM", arXiv 2506.09507) make <c>C_t' B_s</c> depend on t - s as scores of attention do.
/// </remarks>
public sealed class SsdMixer : ISelectiveLayer
{
    private readonly SsdParts _parts;
    private readonly int _convolution;
    private readonly int _state;
    private readonly string _place;

    internal SsdMixer(string place, SsdParts parts, StateLayout state)
    {
        (_place, _parts) = (place, parts);
        _convolution = parts.Taps > 0 ? state.AddBuffer($"{place}.conv", parts.ConvolvedWidth * parts.Taps) : -1;
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
        TensorView projected = pass.Workspace.Rent(x.Rows, _parts.Input.Outputs);
        _parts.Input.Scan(pass, x, projected);
        int gated = _parts.Gated ? channels : 0;
        TensorView delta = projected.ColumnsAt(gated + convolved, _parts.Heads);
        TensorView mixed = Convolved(pass, projected.ColumnsAt(gated, convolved));
        TensorView u = mixed.ColumnsAt(0, channels);
        TensorView b = mixed.ColumnsAt(channels, shared);
        TensorView c = mixed.ColumnsAt(channels + shared, shared);
        pass.Observer?.Met(_place, this);
        if (_parts.Rotary is not null)
        {
            TensorView table = pass.TableOf(_parts.Rotary);
            backend.Rotate(b, _parts.Groups, table);
            backend.Rotate(c, _parts.Groups, table);
        }

        pass.Show(_place, "input", u);
        pass.Show(_place, "delta", delta);
        pass.Show(_place, "B", b);
        pass.Show(_place, "C", c);
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
        if (_parts.Gated)
        {
            ApplyGate(pass, projected.ColumnsAt(0, channels), scanned);
        }

        _parts.Output.Scan(pass, scanned, y);
    }

    /// <inheritdoc/>
    public SelectiveLaw LawOn(ITensorBackend backend)
    {
        (int heads, int channels, int size) = (_parts.Heads, _parts.Channels, _parts.StateSize);
        double[] rates = Read(_parts.Rates);
        double[] direct = Read(_parts.Direct);
        return new()
        {
            Channels = channels,
            StateSize = size,
            Steps = heads,
            Groups = _parts.Groups,
            Rates = [.. Enumerable.Range(0, channels * size).Select(i => rates[i / (size * _parts.HeadWidth)])],
            StepBias = [.. Read(_parts.StepBias)],
            LeastStep = _parts.LeastStep,
            GreatestStep = _parts.GreatestStep,
            Direct = [.. Enumerable.Range(0, channels).Select(channel => direct[channel / _parts.HeadWidth])],
        };

        double[] Read(TensorView row)
        {
            var values = new double[heads];
            if (!row.IsEmpty)
            {
                backend.Download(row, values);
            }

            return values;
        }
    }

    private TensorView Convolved(ForwardPass pass, TensorView raw)
    {
        if (_parts.Taps == 0)
        {
            return raw;
        }

        TensorView mixed = pass.Workspace.Rent(raw.Rows, raw.Columns);
        pass.Backend.Convolve(
            new(_parts.Taps, Activation.Silu), pass.Shape, raw, _parts.Convolution, _parts.ConvolutionBias, pass.BufferOf(_convolution), mixed);
        return mixed;
    }

    private void ApplyGate(ForwardPass pass, TensorView gate, TensorView y)
    {
        pass.Show(_place, "gate", gate);
        if (_parts.Norm is null)
        {
            pass.Backend.Gate(y, Activation.Silu, gate, y);
        }
        else
        {
            _parts.Norm.Apply(pass.Backend, y, gate, y);
        }
    }
}
