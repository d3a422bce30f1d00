using HybridControl.Neural.Autodiff;
using HybridControl.Neural.InTheLoop;
using HybridControl.Neural.Layers;

namespace HybridControl.Neural.Identification;

/// <summary>The network of a learned term in scaled units: centred inputs, and rates in deviations of a state per sample.</summary>
internal sealed class ResidualNetwork
{
    private readonly Mlp _hidden;
    private readonly DenseLayer _head;
    private readonly double[] _spread;
    private readonly double[] _rates;
    private readonly int _inputs;

    public ResidualNetwork(ResidualSamples samples, int[] corrected, ReadOnlySpan<int> hidden, ulong seed)
    {
        _inputs = samples.Center.Length;
        _hidden = new Mlp(Parameters, "hidden", _inputs, hidden);
        _head = new DenseLayer(Parameters, "head", _hidden.Outputs, corrected.Length);
        _hidden.Initialize(seed);

        // From rates of the corrected states to rates of all, in units of the model.
        int n = samples.StateCount;
        _rates = [.. corrected.Select(place => samples.Scale[place] / samples.Period)];
        _spread = new double[n * corrected.Length];
        for (int i = 0; i < corrected.Length; i++)
        {
            _spread[(corrected[i] * corrected.Length) + i] = _rates[i];
        }
    }

    public ParameterSet Parameters { get; } = new();

    /// <summary>The term in units of the model.</summary>
    public LearnedTerm ToTerm(ResidualSamples samples) => LearnedTerm.Of(_hidden, _head).Rescaled(samples.Center, samples.Scale, _rates);

    /// <summary>Begins a recording.</summary>
    public ResidualRecording Begin(Tape tape, ResidualSamples samples)
    {
        BoundParameters bound = Parameters.Bind(tape);
        int n = samples.StateCount;
        return new(
            tape, bound, _hidden, _head,
            tape.Constant(samples.Center, 1, _inputs, 1),
            tape.Constant([.. samples.Scale.Select(scale => 1.0 / scale)], 1, _inputs, 1),
            tape.Constant(_spread, 1, n, _spread.Length / n));
    }
}
