using System.Collections.Immutable;

namespace HybridControl.Simulation;

/// <summary>What is kept of a run to measure its error: states on a grid, with the number of jumps before, and the jumps.</summary>
internal sealed class SampledRun
{
    private readonly ImmutableArray<ModelState> _points;
    private readonly ImmutableArray<Jump> _jumps;

    private SampledRun(Trajectory run, ImmutableArray<ModelState> points)
    {
        (_points, _jumps, Status, Reason, Statistics) = (points, run.Jumps, run.Status, run.Reason, run.Statistics);
        IsComplete = run is { IsError: false, Status: not RunStatus.Cancelled };
    }

    /// <summary>How the run ended.</summary>
    public RunStatus Status { get; }

    /// <summary>Why.</summary>
    public string Reason { get; }

    /// <summary>What it cost.</summary>
    public RunStatistics Statistics { get; }

    /// <summary>Whether it ended as the model wants.</summary>
    public bool IsComplete { get; }

    /// <summary>Keeps a run at equally distant instants, as far as it goes.</summary>
    public static SampledRun Of(Trajectory run, double until, int points)
    {
        double step = (until - run.StartTime) / points;
        return new(run, [.. Enumerable.Range(1, points)
            .Select(k => k == points ? until : run.StartTime + (k * step)).Where(time => time <= run.EndTime).Select(time => run.At(time))]);
    }

    /// <summary>Largest error over states and instants at which both runs have made the same number of jumps.</summary>
    /// <param name="reference">The run that is taken for the truth.</param>
    /// <param name="least">Magnitude that errors of smaller states are relative to.</param>
    public double ErrorAgainst(SampledRun reference, double least)
    {
        double worst = double.NaN;
        int states = reference._points.IsEmpty ? 0 : reference._points[0].States.Length;
        for (int i = 0; i < states; i++)
        {
            double size = least;
            double error = double.NaN;
            for (int k = 0; k < reference._points.Length; k++)
            {
                double truth = reference._points[k].States[i];
                size = Math.Max(size, double.IsFinite(truth) ? Math.Abs(truth) : 0.0);
                if (k < _points.Length && _points[k].JumpIndex == reference._points[k].JumpIndex && double.IsFinite(truth))
                {
                    double difference = Math.Abs(_points[k].States[i] - truth);
                    error = error >= difference ? error : difference;
                }
            }

            worst = worst >= error / size ? worst : double.IsNaN(error) ? worst : error / size;
        }

        return worst;
    }

    /// <summary>Largest difference in seconds of the times of jumps that both runs made; NaN where there are none.</summary>
    public double EventErrorAgainst(SampledRun reference)
    {
        int shared = Math.Min(_jumps.Length, reference._jumps.Length);
        return shared == 0 ? double.NaN : Enumerable.Range(0, shared).Max(k => Math.Abs(_jumps[k].Time - reference._jumps[k].Time));
    }

    /// <summary>How the jumps differ from those of a reference; empty where they are the same transitions in the same order.</summary>
    public string Differences(SampledRun reference)
    {
        for (int k = 0; k < Math.Min(_jumps.Length, reference._jumps.Length); k++)
        {
            if (_jumps[k].Transition != reference._jumps[k].Transition)
            {
                return FormattableString.Invariant(
                    $"jump {k + 1} is '{_jumps[k].Transition}', that of the reference '{reference._jumps[k].Transition}'");
            }
        }

        return _jumps.Length == reference._jumps.Length
            ? "" : FormattableString.Invariant($"{_jumps.Length} jumps, {reference._jumps.Length} in the reference");
    }
}
