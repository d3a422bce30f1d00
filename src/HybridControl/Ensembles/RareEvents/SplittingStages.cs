using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Ensembles.Statistics;
using HybridControl.Numerics;

namespace HybridControl.Ensembles.RareEvents;

/// <summary>Runs the stages of importance splitting. Every path that is started has a stream of its own.</summary>
internal sealed class SplittingStages(Func<long, SplittingPath> start, ulong seed, int effort, CancellationToken cancellation)
{
    private long _handedOut;

    /// <summary>Paths started so far.</summary>
    public long Paths { get; private set; }

    /// <summary>Chooses levels by a pilot run; the last is the target.</summary>
    /// <exception cref="ModelException">No path climbs beyond some level.</exception>
    public ImmutableArray<double> ChooseLevels(double target, double passing)
    {
        var levels = ImmutableArray.CreateBuilder<double>();
        SplittingPath[] entrances = [];
        double reached = double.NegativeInfinity;
        while (true)
        {
            long first = _handedOut;
            double[] best = [.. Run(entrances, first, target).Select(path => path.Level).Order()];
            double level = best[^Math.Max(1, (int)(passing * effort))];

            // Where many paths share a level, the next one that is higher than the last.
            level = level > reached ? level : best.FirstOrDefault(candidate => candidate > reached, double.NegativeInfinity);
            if (level >= target)
            {
                levels.Add(target);
                return levels.ToImmutable();
            }

            if (!double.IsFinite(level))
            {
                throw new ModelException(
                    "splitting", FormattableString.Invariant($"none of {effort} paths climbs above level {reached}; the target is {target}"),
                    "Raise the effort, or choose a level function that grows on the way to the event.");
            }

            levels.Add(level);
            reached = level;

            // The same streams again, stopped at the level, give the entrance states.
            _handedOut = first;
            entrances = [.. Run(entrances, first, level).Where(path => path.Level >= level)];
        }
    }

    /// <summary>One unbiased estimate of the probability.</summary>
    public double Replicate(ImmutableArray<double> levels, long[] passed, long[] started)
    {
        double estimate = 1.0;
        SplittingPath[] entrances = [];
        for (int k = 0; k < levels.Length; k++)
        {
            double level = levels[k];
            entrances = [.. Run(entrances, _handedOut, level).Where(path => path.Level >= level)];
            started[k] += effort;
            passed[k] += entrances.Length;
            estimate *= (double)entrances.Length / effort;
            if (entrances.Length == 0)
            {
                break;
            }
        }

        return estimate;
    }

    // From the start if there are no entrances; each path goes on until it reaches the level or ends.
    private SplittingPath[] Run(SplittingPath[] entrances, long first, double level)
    {
        var paths = new SplittingPath[effort];
        int offset = entrances.Length == 0
            ? 0
            : (int)(Philox4x32.Uniform(seed, first, StatisticsStreams.Splitting, 0) * entrances.Length);
        Parallel.For(0, effort, new ParallelOptions { CancellationToken = cancellation }, i =>
        {
            SplittingPath path = entrances.Length == 0 ? start(first + i) : entrances[(i + offset) % entrances.Length].Branch();
            while (path.Level < level && path.Advance(first + i))
            {
                cancellation.ThrowIfCancellationRequested();
            }

            paths[i] = path;
        });
        _handedOut = first + effort;
        Paths += effort;
        return paths;
    }
}
