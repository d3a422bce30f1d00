using HybridControl.Diagnostics;

namespace HybridControl.Estimation;

/// <summary>Times at which estimators start and to which they step.</summary>
internal static class StepTimes
{
    /// <summary>Refuses a time at which no estimator can start.</summary>
    /// <exception cref="ModelException">It is not finite.</exception>
    public static void CheckStart(double time)
    {
        if (!double.IsFinite(time))
        {
            throw new ModelException("filter.time", FormattableString.Invariant($"the time {time}"), "Give a finite number of seconds.");
        }
    }

    /// <summary>How a prediction ends for which there is nothing to compute; null for a step forward.</summary>
    public static EstimationStatus? EndOf(double now, double time) =>
        !(time >= now && time < double.PositiveInfinity) ? EstimationStatus.OutOfOrder
        : time == now ? EstimationStatus.Done
        : null;
}
