using HybridControl.Diagnostics;
using HybridControl.Simulation;

namespace HybridControl.Plotting;

/// <summary>The part of a run that is drawn.</summary>
internal static class TimeRange
{
    /// <summary>The chosen range, or the whole run; an empty run has the range from 0 to 0.</summary>
    public static (double From, double To) Of(Trajectory run, (double From, double To)? chosen) =>
        chosen ?? (run.Segments.IsEmpty ? (0, 0) : (run.StartTime, run.EndTime));

    /// <exception cref="ArgumentOutOfRangeException">The times are not finite or not in order.</exception>
    public static void Check(double start, double end)
    {
        if (!(double.IsFinite(start) && double.IsFinite(end) && start < end))
        {
            throw new ArgumentOutOfRangeException(
                nameof(end), end, FormattableString.Invariant($"Between({start}, {end}) needs a start before the end."));
        }
    }

    /// <exception cref="ModelException">The run has nothing between these times.</exception>
    public static void CheckOverlap(Trajectory run, double start, double end)
    {
        if (run.Segments.IsEmpty || (start < run.EndTime && end > run.StartTime) ||
            (run.StartTime == run.EndTime && start <= run.EndTime && end >= run.StartTime))
        {
            return;
        }

        throw new ModelException(
            FormattableString.Invariant($"{run.Model.Name}, Between({start}, {end})"),
            FormattableString.Invariant($"the run lasts from {run.StartTime} s to {run.EndTime} s and has nothing to show there"),
            "Choose times within the run, or simulate longer.");
    }

    /// <summary>The range of the axis: an instant gets half a second on both sides.</summary>
    public static (double From, double To) Visible(double from, double to) =>
        to > from ? (from, to) : (from - 0.5, from + 0.5);
}
