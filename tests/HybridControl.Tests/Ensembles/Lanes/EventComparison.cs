using System.Globalization;
using HybridControl.Ensembles;

namespace HybridControl.Tests.Ensembles.Lanes;

/// <summary>Compares the events of a back-end with those of the ordinary simulator.</summary>
internal static class EventComparison
{
    // Events further apart than the errors of both runs are in the same order; nearer ones may swap, and are listed.
    private const double TimeTolerance = 2e-5;

    /// <summary>What differs, a line for each trajectory.</summary>
    public static List<string> Differences(EnsemblePlan plan, out int events, IEnsembleBackend? backend = null)
    {
        List<EnsembleBlock> exact = Run(plan, new SimulatorEnsembleBackend());
        List<EnsembleBlock> lanes = Run(plan, backend ?? new CpuEnsembleBackend());
        var differences = new List<string>();
        events = 0;
        for (int b = 0; b < exact.Count; b++)
        {
            for (int i = 0; i < exact[b].Count; i++)
            {
                events += (int)exact[b].Scalar(EnsembleLayout.Jumps)[i];
                if (Compare(exact[b], lanes[b], i) is { } difference)
                {
                    string sample = string.Join(", ", Enumerable.Range(0, plan.Variations.Length).Select(
                        v => string.Create(CultureInfo.InvariantCulture, $"{plan.Variations[v].Name} = {exact[b].Sample(v)[i]:R}")));
                    differences.Add($"trajectory {exact[b].First + i} ({sample}): {difference}");
                }
            }
        }

        return differences;
    }

    private static string? Compare(EnsembleBlock exact, EnsembleBlock lanes, int i)
    {
        double status = exact.Scalar(EnsembleLayout.Status)[i];
        if (lanes.Scalar(EnsembleLayout.Status)[i] != status)
        {
            return $"status {(TrajectoryStatus)lanes.Scalar(EnsembleLayout.Status)[i]}, not {(TrajectoryStatus)status}";
        }

        double jumps = exact.Scalar(EnsembleLayout.Jumps)[i];
        if (lanes.Scalar(EnsembleLayout.Jumps)[i] != jumps)
        {
            return FormattableString.Invariant($"{lanes.Scalar(EnsembleLayout.Jumps)[i]} jumps, not {jumps}");
        }

        for (int s = 0; s < Math.Min(jumps, exact.Layout.EventSlots); s++)
        {
            int at = (s * exact.Count) + i;
            if (lanes.EventTransitions[at] != exact.EventTransitions[at])
            {
                return FormattableString.Invariant($"event {s} is transition {lanes.EventTransitions[at]}, not {exact.EventTransitions[at]}");
            }

            if (!(Math.Abs(lanes.EventTimes[at] - exact.EventTimes[at]) <= TimeTolerance))
            {
                return FormattableString.Invariant($"event {s} at {lanes.EventTimes[at]:R} s, not {exact.EventTimes[at]:R} s");
            }
        }

        return null;
    }

    /// <summary>Every block of a plan, in order.</summary>
    public static List<EnsembleBlock> Run(EnsemblePlan plan, IEnsembleBackend backend)
    {
        var blocks = new List<EnsembleBlock>();
        backend.Run(plan, 0, PlanSampler.For(plan).BlockCount, blocks.Add, CancellationToken.None);
        blocks.Sort((a, b) => a.First.CompareTo(b.First));
        return blocks;
    }
}
