using System.Collections.Immutable;
using System.Globalization;
using HybridControl.Diagnostics;
using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Layers;
using HybridControl.Numerics;

namespace HybridControl.Neural.Training;

/// <summary>Full-batch gradient descent that keeps the best parameters and says why it stopped.</summary>
/// <remarks>
/// Samples are cut into fixed shards, each with a tape and a gradient of its own; sums run in the order of the shards, so that
/// the result is a function of the task and the settings and not of the number of threads.
/// </remarks>
public sealed record Trainer
{
    /// <summary>Number of steps.</summary>
    public int Iterations { get; init; } = 350;

    /// <summary>Length of the steps.</summary>
    public CosineSchedule Rate { get; init; } = new(1e-2, 1e-4);

    /// <summary>Rule of the steps.</summary>
    public AdamW Optimizer { get; init; } = new();

    /// <summary>Largest Euclidean length of a gradient; a longer one is scaled down.</summary>
    public double ClipNorm { get; init; } = 1.0;

    /// <summary>Iterations without a lower loss after which to stop; the default never stops.</summary>
    public int Patience { get; init; } = int.MaxValue;

    /// <summary>Samples of a shard. Part of the result, to the last bit: the order of sums depends on it.</summary>
    public int ShardSize { get; init; } = 12;

    /// <summary>Threads at most; -1 for as many as there are processors.</summary>
    public int Threads { get; init; } = -1;

    /// <summary>Called after each evaluation with the iteration and the loss.</summary>
    public Action<int, double>? Progress { get; init; }

    /// <summary>Lowers the loss of a task.</summary>
    /// <param name="task">The loss.</param>
    /// <param name="parameters">Where to start; on return, the best parameters met.</param>
    /// <param name="cancellation">Stops between iterations; the best parameters are kept.</param>
    /// <exception cref="ModelException">A setting is out of range, or there are no samples; with every finding.</exception>
    public TrainingResult Run(ITrainingTask task, ParameterSet parameters, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(parameters);
        Check(task);
        var run = new TrainingRun(this, task, parameters);
        return run.Execute(cancellation);
    }

    private void Check(ITrainingTask task)
    {
        var findings = new FindingList();
        AtLeastOne("samples", task.Samples, findings);
        AtLeastOne("iterations", Iterations, findings);
        AtLeastOne("patience", Patience, findings);
        AtLeastOne("shardSize", ShardSize, findings);
        if (!(ClipNorm > 0.0))
        {
            findings.Error("training.clipNorm", FormattableString.Invariant($"{ClipNorm} is not positive"), "Give a positive length.");
        }

        if (Threads is 0 or < -1)
        {
            findings.Error("training.threads", $"{Threads} threads", "Give 1 or more, or -1 for as many as there are processors.");
        }

        if (findings.Count > 0)
        {
            throw new ModelException(findings.ToImmutable());
        }
    }

    private static void AtLeastOne(string what, int count, FindingList findings)
    {
        if (count < 1)
        {
            findings.Error($"training.{what}", $"{count} is less than one", "Give 1 or more.");
        }
    }

    private sealed class TrainingRun
    {
        private readonly Trainer _settings;
        private readonly ITrainingTask _task;
        private readonly ParameterSet _parameters;
        private readonly Tape[] _tapes;
        private readonly double[][] _gradients;
        private readonly TrainingSum[] _sums;
        private readonly double[] _best;
        private readonly ImmutableArray<double>.Builder _losses = ImmutableArray.CreateBuilder<double>();
        private double _bestLoss = double.PositiveInfinity;
        private int _bestIteration = -1;
        private int _broken = -1;

        public TrainingRun(Trainer settings, ITrainingTask task, ParameterSet parameters)
        {
            (_settings, _task, _parameters) = (settings, task, parameters);
            int shards = (task.Samples + settings.ShardSize - 1) / settings.ShardSize;
            _tapes = [.. Enumerable.Range(0, shards).Select(_ => new Tape())];
            _gradients = [.. Enumerable.Range(0, shards).Select(_ => new double[parameters.Length])];
            _sums = new TrainingSum[shards];
            _best = parameters.Values.ToArray();
        }

        public TrainingResult Execute(CancellationToken cancellation)
        {
            AdamWState state = _settings.Optimizer.Start(_parameters.Length);
            TrainingStatus status = TrainingStatus.Completed;
            Finding? finding = null;

            // The last round evaluates the last step and takes none.
            for (int iteration = 0; iteration <= _settings.Iterations; iteration++)
            {
                if (cancellation.IsCancellationRequested)
                {
                    status = TrainingStatus.Cancelled;
                    break;
                }

                double loss = Evaluate(iteration);
                double norm = GradientNorm.Clip(_gradients[0], _settings.ClipNorm);
                if (!double.IsFinite(loss) || !double.IsFinite(norm))
                {
                    status = TrainingStatus.Diverged;
                    finding = Divergence(iteration, loss);
                    break;
                }

                _losses.Add(loss);
                _settings.Progress?.Invoke(iteration, loss);
                Keep(iteration, _task.Validate() ?? loss);
                if (iteration - _bestIteration >= _settings.Patience)
                {
                    status = TrainingStatus.StoppedEarly;
                    break;
                }

                if (iteration < _settings.Iterations)
                {
                    state.Step(_parameters.Values, _gradients[0], _settings.Rate.At(iteration, _settings.Iterations));
                }
            }

            _best.CopyTo(_parameters.Values);
            return new(status, _bestIteration, _bestLoss, _losses.ToImmutable(), finding);
        }

        /// <summary>The loss; its gradient is left in that of the first shard.</summary>
        private double Evaluate(int iteration)
        {
            Parallel.For(0, _sums.Length, new ParallelOptions { MaxDegreeOfParallelism = _settings.Threads }, shard =>
            {
                int first = shard * _settings.ShardSize;
                int count = Math.Min(_settings.ShardSize, _task.Samples - first);
                Array.Clear(_gradients[shard]);
                _sums[shard] = _task.Accumulate(_tapes[shard], first, count, iteration, _gradients[shard]);
            });
            double loss = 0.0;
            for (int shard = 0; shard < _sums.Length; shard++)
            {
                loss += _sums[shard].Loss;
                _broken = _broken < 0 && !Dense.IsFinite(_gradients[shard]) ? shard : _broken;
                if (shard > 0)
                {
                    BatchLoops.Add(_gradients[0], _gradients[shard]);
                }
            }

            return loss;
        }

        private void Keep(int iteration, double loss)
        {
            if (loss < _bestLoss)
            {
                (_bestLoss, _bestIteration) = (loss, iteration);
                _parameters.Values.CopyTo(_best);
            }
        }

        private string NamesOf(int shard)
        {
            int first = shard * _settings.ShardSize;
            int last = Math.Min(first + _settings.ShardSize, _task.Samples) - 1;
            return first == last ? _task.SampleName(first) : $"one of {_task.SampleName(first)} to {_task.SampleName(last)}";
        }

        private Finding Divergence(int iteration, double loss)
        {
            TrainingSum failed = _sums.FirstOrDefault(sum => sum.FailedSample >= 0, new(0.0));
            string sample = failed.FailedSample >= 0 ? _task.SampleName(failed.FailedSample)
                : _broken >= 0 ? NamesOf(_broken)
                : "no single sample";
            string reason = failed.Reason.Length > 0 ? $" ({failed.Reason})"
                : double.IsFinite(loss) ? " (the gradient)" : "";
            return new(
                string.Create(CultureInfo.InvariantCulture, $"training, iteration {iteration}"),
                $"the loss of {sample} is not a finite number{reason}",
                "The parameters of the best iteration are kept. Lower the rate, or look at that sample for outliers.");
        }
    }
}
