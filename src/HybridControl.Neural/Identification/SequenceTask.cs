using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Layers;
using HybridControl.Neural.Training;

namespace HybridControl.Neural.Identification;

/// <summary>Mean square error of what a stack makes of the inputs of each run, after some rows of warm-up.</summary>
internal sealed class SequenceTask : ITrainingTask
{
    private readonly ModalData _data;
    private readonly SequenceModel _model;
    private readonly int _warmUp;
    private readonly double _trainCount;
    private readonly double _restCount;
    private readonly Tape _tape = new();

    public SequenceTask(ModalData data, SequenceModel model, int warmUp)
    {
        (_data, _model, _warmUp) = (data, model, warmUp);
        _trainCount = data.Runs.Sum(run => CountOf(run, warmUp, run.TrainRows));
        _restCount = data.Runs.Sum(run => CountOf(run, run.TrainRows, run.Rows));
    }

    public int Samples => _data.Runs.Length;

    public string SampleName(int sample) => _data.Runs[sample].Name;

    public double? Validate()
    {
        if (_restCount == 0.0)
        {
            return null;
        }

        double sum = 0.0;
        foreach (ModalRun run in _data.Runs)
        {
            _tape.Reset();
            sum += _tape.Value(Record(_tape, _model.Parameters.Bind(_tape), run, run.TrainRows, run.Rows, _restCount))[0];
        }

        return double.IsNaN(sum) ? double.PositiveInfinity : sum;
    }

    public TrainingSum Accumulate(Tape tape, int first, int count, int iteration, Span<double> gradient)
    {
        double sum = 0.0;
        for (int sample = first; sample < first + count; sample++)
        {
            tape.Reset();
            BoundParameters bound = _model.Parameters.Bind(tape);
            Variable loss = Record(tape, bound, _data.Runs[sample], _warmUp, _data.Runs[sample].TrainRows, _trainCount);
            sum += tape.Value(loss)[0];
            if (!double.IsFinite(sum))
            {
                return new(sum, sample);
            }

            tape.Backward(loss);
            BatchLoops.Add(gradient, tape.Gradient(bound.All));
        }

        return new(sum);
    }

    // The square sum of errors of some rows, over a count; rows before them are read.
    private Variable Record(Tape tape, BoundParameters bound, ModalRun run, int from, int to, double count)
    {
        (int p, int m) = (_data.Inputs, _data.Outputs);
        double[] outputs = run.Outputs[(from * m)..(to * m)];
        var mask = new double[outputs.Length];
        for (int i = 0; i < outputs.Length; i++)
        {
            bool measured = !double.IsNaN(outputs[i]);
            (mask[i], outputs[i]) = measured ? (1.0, outputs[i]) : (0.0, 0.0);
        }

        Variable y = _model.Forward(tape, bound, tape.Constant(run.Inputs.AsSpan(0, to * p), 1, to, p), from);
        Variable error = tape.Multiply(tape.Subtract(y, tape.Constant(outputs, 1, to - from, m)), tape.Constant(mask, 1, to - from, m));
        return tape.Scale(tape.Total(tape.Square(error)), 1.0 / count);
    }

    private double CountOf(ModalRun run, int from, int to) =>
        run.Outputs[(from * _data.Outputs)..(to * _data.Outputs)].Count(z => !double.IsNaN(z));
}
