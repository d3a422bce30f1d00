using System.Collections.Immutable;
using System.Globalization;
using HybridControl.Diagnostics;
using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Layers;
using HybridControl.Numerics;

namespace HybridControl.Neural.Training;

/// <summary>One training from start to end.</summary>
internal sealed class TrainingRun
{
    private readonly Trainer _settings;
    private readonly ITrainingTask _task;
    private readonly ParameterSet _parameters;
    private readonly AdamWState _state;
    private readonly Tape[] _tapes;
    private readonly double[][] _gradients;
    private readonly TrainingSum[] _sums;
    private readonly double[] _best;
    private readonly ImmutableArray<double>.Builder _losses = ImmutableArray.CreateBuilder<double>();
    private readonly int _first;
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
        _state = settings.Optimizer.Start(parameters, settings.Groups);
        if (settings.ResumeFrom is { } checkpoint)
        {
            checkpoint.CopyTo(parameters, _best, _state);
            (_first, _bestIteration, _bestLoss) = (checkpoint.Iteration, checkpoint.BestIteration, checkpoint.BestLoss);
            _losses.AddRange(checkpoint.Losses);
        }
    }

    public TrainingResult Execute(CancellationToken cancellation)
    {
        TrainingStatus status = TrainingStatus.Completed;
        Finding? finding = null;
        int iteration = _first;

        // The last round evaluates the last step and takes none.
        for (; iteration <= _settings.Iterations; iteration++)
        {
            if (cancellation.IsCancellationRequested)
            {
                status = TrainingStatus.Cancelled;
                break;
            }

            if (_settings.CheckpointEvery > 0 && iteration > _first && iteration % _settings.CheckpointEvery == 0)
            {
                SaveCheckpoint(iteration);
            }

            double loss = Evaluate(iteration);
            _state.ClearFrozen(_gradients[0]);
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
                _state.Step(_parameters.Values, _gradients[0], _settings.Rate.At(iteration, _settings.Iterations));
            }
        }

        if (status == TrainingStatus.Cancelled)
        {
            SaveCheckpoint(iteration);
        }

        _best.CopyTo(_parameters.Values);
        return new(status, _bestIteration, _bestLoss, _losses.ToImmutable(), finding);
    }

    private void SaveCheckpoint(int iteration)
    {
        if (_settings.CheckpointPath is { } path)
        {
            TrainingCheckpoint.Of(_parameters, _best, _state, iteration, _bestIteration, _bestLoss, _losses.ToImmutable()).Save(path);
        }
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
