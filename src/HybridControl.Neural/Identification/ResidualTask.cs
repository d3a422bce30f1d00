using System.Collections.Concurrent;
using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Training;

namespace HybridControl.Neural.Identification;

/// <summary>Mean square error of predictions of a flow with a learned term, in units of the error of the flow alone.</summary>
internal sealed class ResidualTask : ITrainingTask
{
    private readonly ConcurrentBag<ModeFlow> _flows = [];
    private readonly Func<ModeFlow> _makeFlow;
    private readonly ResidualSamples _samples;
    private readonly ResidualNetwork _network;
    private readonly int _horizon;
    private readonly int _substeps;
    private readonly double[] _reciprocals;
    private readonly Tape _tape = new();

    public ResidualTask(Func<ModeFlow> makeFlow, ResidualSamples samples, ResidualNetwork network, int horizon, int substeps)
    {
        (_makeFlow, _samples, _network, _horizon, _substeps) = (makeFlow, samples, network, horizon, substeps);
        _reciprocals = [.. Enumerable.Repeat(1.0, samples.StateCount)];
        double[] errors = Errors(samples.Train, horizon, one: 1).OneStep;
        double smallest = 1e-9;
        for (int i = 0; i < errors.Length; i++)
        {
            _reciprocals[i] = 1.0 / Math.Max(errors[i], smallest * samples.Scale[i]);
        }
    }

    public int Samples => _samples.Train.Length;

    public string SampleName(int sample) => _samples.NameOf(_samples.Train[sample]);

    public double? Validate() => _samples.Rest.Length > 0 ? Errors(_samples.Rest, _horizon, one: _horizon).Loss : null;

    /// <summary>The score on what is held out, or on all if nothing is.</summary>
    public ResidualScores Score() => Errors(_samples.Rest.Length > 0 ? _samples.Rest : _samples.Train, _horizon, one: 1);

    public TrainingSum Accumulate(Tape tape, int first, int count, int iteration, Span<double> gradient)
    {
        ModeFlow flow = _flows.TryTake(out ModeFlow? kept) ? kept : _makeFlow();
        ReadOnlySpan<(int Run, int Row)> samples = _samples.Train.AsSpan(first, count);
        tape.Reset();
        ResidualRecording recording = _network.Begin(tape, _samples);
        Variable losses = Follow(recording, flow, samples, _horizon, out _);
        Variable loss = tape.Scale(tape.Total(losses), 1.0 / Samples);
        tape.Backward(loss);
        tape.Gradient(recording.Bound.All).CopyTo(gradient);
        int failed = -1;
        for (int b = 0; b < count && failed < 0; b++)
        {
            failed = double.IsFinite(tape.Value(losses)[b]) ? -1 : first + b;
        }

        _flows.Add(flow);
        return new(tape.Value(loss)[0], failed, "the flow or the network has no value");
    }

    // Losses of some samples, and how far the first step is off.
    private Variable Follow(
        ResidualRecording recording, ModeFlow flow, ReadOnlySpan<(int Run, int Row)> samples, int horizon, out Variable firstError)
    {
        Tape tape = recording.Tape;
        (int batch, int n) = (samples.Length, _samples.StateCount);
        Variable reciprocals = tape.Constant(_reciprocals, 1, n, 1);
        Variable x = tape.Constant(_samples.States(samples, 0), batch, n, 1);
        Variable sum = tape.Constant(new double[batch], batch, 1, 1);
        firstError = default;
        for (int step = 0; step < horizon; step++)
        {
            x = Advance(recording, flow, samples, step, x);
            Variable error = tape.Subtract(x, tape.Constant(_samples.States(samples, step + 1), batch, n, 1));
            firstError = step == 0 ? error : firstError;
            sum = tape.Add(sum, tape.Sum(tape.Square(tape.Multiply(error, reciprocals))));
        }

        return tape.Scale(sum, 1.0 / (horizon * n));
    }

    // The classical rule of order four over a sample; inputs are held.
    private Variable Advance(ResidualRecording recording, ModeFlow flow, ReadOnlySpan<(int Run, int Row)> samples, int step, Variable x)
    {
        Tape tape = recording.Tape;
        double h = _samples.Period / _substeps;
        double[] termInputs = _samples.TermInputs(samples, step);
        Variable u = tape.Constant(termInputs, samples.Length, termInputs.Length / samples.Length, 1);
        var onTape = new FlowOnTape(flow, 0.0, _samples.FlowInputs(samples, step));
        Variable Rate(Variable at) => tape.Add(tape.Map(onTape, at), recording.Term(at, u));
        for (int i = 0; i < _substeps; i++)
        {
            Variable k1 = Rate(x);
            Variable k2 = Rate(tape.Add(x, tape.Scale(k1, 0.5 * h)));
            Variable k3 = Rate(tape.Add(x, tape.Scale(k2, 0.5 * h)));
            Variable k4 = Rate(tape.Add(x, tape.Scale(k3, h)));
            Variable middle = tape.Scale(tape.Add(k2, k3), 2.0);
            x = tape.Add(x, tape.Scale(tape.Add(tape.Add(k1, k4), middle), h / 6.0));
        }

        return x;
    }

    private ResidualScores Errors((int Run, int Row)[] samples, int horizon, int one)
    {
        ModeFlow flow = _flows.TryTake(out ModeFlow? kept) ? kept : _makeFlow();
        _tape.Reset();
        Variable losses = Follow(_network.Begin(_tape, _samples), flow, samples, Math.Min(horizon, one), out Variable error);
        var squares = new double[_samples.StateCount];
        ReadOnlySpan<double> values = _tape.Value(error);
        for (int i = 0; i < values.Length; i++)
        {
            squares[i / samples.Length] += values[i] * values[i] / samples.Length;
        }

        double sum = 0.0;
        foreach (double loss in _tape.Value(losses))
        {
            sum += loss / samples.Length;
        }

        _flows.Add(flow);
        return new([.. squares.Select(Math.Sqrt)], double.IsNaN(sum) ? double.PositiveInfinity : sum);
    }
}
