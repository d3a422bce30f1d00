using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Layers;
using HybridControl.Neural.Training;

namespace HybridControl.Neural.Tests.TestKit;

/// <summary>Mean square error of a network against sin(3 x) at 32 points.</summary>
internal sealed class Curve(ParameterSet parameters, Mlp mlp, DenseLayer head) : ITrainingTask
{
    private int _validations;

    /// <summary>A network with its first weights, and the task.</summary>
    public static (ParameterSet Parameters, Curve Task) Start()
    {
        var parameters = new ParameterSet();
        var mlp = new Mlp(parameters, "net", 1, 12);
        var head = new DenseLayer(parameters, "head", 12, 1);
        mlp.Initialize(1);
        return (parameters, new Curve(parameters, mlp, head));
    }

    public int Samples => 32;

    public (int Iteration, int Sample)? BreakAt { get; set; }

    public Func<int, double>? Validation { get; set; }

    public string SampleName(int sample) => $"sample {sample}";

    public double? Validate() => Validation?.Invoke(_validations++);

    public TrainingSum Accumulate(Tape tape, int first, int count, int iteration, Span<double> gradient)
    {
        tape.Reset();
        double[] x = [.. Enumerable.Range(first, count).Select(i => (i / 16.0) - 1.0)];
        double[] y = [.. x.Select(value => Math.Sin(3.0 * value))];
        int failed = -1;
        if (BreakAt is { } at && at.Iteration == iteration && at.Sample >= first && at.Sample < first + count)
        {
            failed = at.Sample;
            y[failed - first] = double.NaN;
        }

        BoundParameters bound = parameters.Bind(tape);
        Variable output = head.Forward(tape, bound, mlp.Forward(tape, bound, tape.Constant(x, count, 1, 1)));
        Variable loss = tape.Scale(tape.Total(tape.Square(tape.Subtract(output, tape.Constant(y, count, 1, 1)))), 1.0 / Samples);
        tape.Backward(loss);
        tape.Gradient(bound.All).CopyTo(gradient);
        return new(tape.Value(loss)[0], failed);
    }
}
