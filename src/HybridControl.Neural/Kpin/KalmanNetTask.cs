using System.Collections.Concurrent;
using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Layers;
using HybridControl.Neural.Training;

namespace HybridControl.Neural.Kpin;

/// <summary>Mean square error of the states of a <see cref="KalmanNet"/>.</summary>
internal sealed class KalmanNetTask(KpinProblem problem, KalmanNet network) : ITrainingTask
{
    private readonly ConcurrentDictionary<int, KpinSamples> _shards = new();
    private readonly double _steps = problem.Trajectories.Sum(trajectory => trajectory.Count);

    public int Samples => problem.Trajectories.Count;

    public string SampleName(int sample) => problem.Trajectories[sample].Name;

    public double? Validate() => null;

    public TrainingSum Accumulate(Tape tape, int first, int count, int iteration, Span<double> gradient)
    {
        KpinSamples samples = _shards.GetOrAdd(first, _ => new KpinSamples(problem, first, count));
        int n = problem.Transition.StateCount;
        tape.Reset();
        BoundParameters bound = network.Parameters.Bind(tape);
        List<Variable> estimates = network.Record(tape, bound, samples, problem.Initial);
        Variable losses = tape.Constant(new double[count], count, 1, 1);
        for (int step = 0; step < samples.Steps; step++)
        {
            Variable error = tape.Subtract(estimates[step], tape.Constant(samples.States(step), count, n, 1));
            Variable active = tape.Constant(samples.Active(step), count, 1, 1);
            losses = tape.Add(losses, tape.Sum(tape.Square(tape.Multiply(error, active))));
        }

        Variable loss = tape.Scale(tape.Total(losses), 1.0 / _steps);
        tape.Backward(loss);
        tape.Gradient(bound.All).CopyTo(gradient);
        int failed = -1;
        for (int b = 0; b < count && failed < 0; b++)
        {
            failed = double.IsFinite(tape.Value(losses)[b]) ? -1 : first + b;
        }

        return new(tape.Value(loss)[0], failed);
    }
}
