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

    /// <summary>The range of the axis: an instant gets half a second on both sides.</summary>
    public static (double From, double To) Visible(double from, double to) =>
        to > from ? (from, to) : (from - 0.5, from + 0.5);
}
