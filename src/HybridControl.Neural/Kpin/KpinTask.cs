using System.Collections.Concurrent;
using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Layers;
using HybridControl.Neural.Training;
using HybridControl.Numerics;

namespace HybridControl.Neural.Kpin;

/// <summary>The loss of a network over trajectories, walked back through the whole recursion of the filter.</summary>
/// <remarks>Long trajectories are cut into windows; the belief goes on from one to the next, the derivative does not.</remarks>
internal sealed class KpinTask : ITrainingTask
{
    private const double LogTwoPi = 1.8378770664093454836;
    private const uint HorizonStream = 0x4E4E0002;

    private readonly KpinProblem _problem;
    private readonly KpinNetwork _network;
    private readonly KpinLoss _loss;
    private readonly int _window;
    private readonly ulong _seed;
    private readonly KpinProblem? _validation;
    private readonly double _steps;
    private readonly ConcurrentDictionary<int, (KpinSamples Samples, KpinRecursion Recursion)> _shards = new();

    public KpinTask(KpinProblem problem, KpinNetwork network, KpinLoss loss, int window, ulong seed, KpinProblem? validation)
    {
        (_problem, _network, _loss, _window, _seed, _validation) = (problem, network, loss, window, seed, validation);
        int m = problem.Sensor.Count;
        _steps = problem.Trajectories.Sum(trajectory => Enumerable.Range(0, trajectory.Count).Count(
            step => trajectory.Measurements.AsSpan().Slice(step * m, m).ContainsAnyExcept(double.NaN)));
    }

    public int Samples => _problem.Trajectories.Count;

    public string SampleName(int sample) => _problem.Trajectories[sample].Name;

    public double? Validate()
    {
        if (_validation is null)
        {
            return null;
        }

        try
        {
            return KpinScore.Of(_validation, _network).NegativeLogLikelihood;
        }
        catch (ModelException)
        {
            return double.PositiveInfinity; // a network that fails there is not the one to keep
        }
    }

    public TrainingSum Accumulate(Tape tape, int first, int count, int iteration, Span<double> gradient)
    {
        (KpinSamples samples, KpinRecursion recursion) = _shards.GetOrAdd(first, _ =>
        {
            var made = new KpinSamples(_problem, first, count);
            return (made, new KpinRecursion(_network, made));
        });
        var pass = new KpinPass(tape, recursion, samples, _loss, HorizonOf(iteration));
        double[] mean = Repeat(_problem.Initial.Mean, count);
        double[] covariance = Repeat(_problem.Initial.Covariance(), count);
        double[] whitened = new double[count * _problem.Sensor.Count];
        double[] moved = new double[mean.Length];
        double sum = 0.0;
        for (int start = 0; start < samples.Steps; start += _window)
        {
            tape.Reset();
            BoundParameters bound = _network.Parameters.Bind(tape);
            recursion.Begin(tape, bound);
            int n = _problem.Transition.StateCount;
            var belief = new KpinStep(
                tape.Constant(mean, count, n, 1), tape.Constant(covariance, count, n, n),
                tape.Constant(whitened, count, _problem.Sensor.Count, 1), tape.Constant(moved, count, n, 1));
            (KpinStep last, Variable losses) = pass.Record(belief, start, Math.Min(start + _window, samples.Steps));
            Variable loss = tape.Scale(tape.Total(losses), 1.0 / _steps);
            int failed = IndexOfNotFinite(tape.Value(losses));
            sum += tape.Value(loss)[0];
            if (failed >= 0)
            {
                return new(sum, first + failed, tape.Failure?.Operation ?? "");
            }

            tape.Backward(loss);
            BatchLoops.Add(gradient, tape.Gradient(bound.All));
            tape.Value(last.Mean).CopyTo(mean);
            tape.Value(last.Covariance).CopyTo(covariance);
            tape.Value(last.Whitened).CopyTo(whitened);
            if (_network.Design.Features.Uses(KpinInputs.Correction))
            {
                tape.Value(last.Moved).CopyTo(moved);
            }
        }

        return new(sum + ConstantOf(samples));
    }

    // The part of the likelihood that no parameter moves, so that a loss is the mean negative log-likelihood itself.
    private double ConstantOf(KpinSamples samples)
    {
        double present = 0.0;
        for (int step = 0; step < samples.Steps; step++)
        {
            present += samples.Present(step).Sum();
        }

        return 0.5 * LogTwoPi * _loss.Innovation * present / _steps;
    }

    private int HorizonOf(int iteration) =>
        1 + (int)(_loss.Horizon * Philox4x32.Uniform(_seed, iteration, HorizonStream, 0));

    private static double[] Repeat(ReadOnlySpan<double> values, int batch)
    {
        var repeated = new double[values.Length * batch];
        for (int i = 0; i < values.Length; i++)
        {
            repeated.AsSpan(i * batch, batch).Fill(values[i]);
        }

        return repeated;
    }

    private static int IndexOfNotFinite(ReadOnlySpan<double> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!double.IsFinite(values[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
