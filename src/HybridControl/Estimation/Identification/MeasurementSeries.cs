using System.Collections.Immutable;
using HybridControl.Diagnostics;

namespace HybridControl.Estimation;

/// <summary>Measurements in the order of time, to fit models to.</summary>
/// <remarks>Immutable.</remarks>
public sealed class MeasurementSeries
{
    /// <summary>Creates a series.</summary>
    /// <param name="measurements">Measurements whose times do not decrease.</param>
    /// <exception cref="ModelException">A time is not finite or before the one ahead of it.</exception>
    public MeasurementSeries(IEnumerable<TimedMeasurement> measurements)
    {
        ArgumentNullException.ThrowIfNull(measurements);
        Measurements = [.. measurements];
        double last = double.NegativeInfinity;
        for (int i = 0; i < Measurements.Length; i++)
        {
            ArgumentNullException.ThrowIfNull(Measurements[i].Values, nameof(measurements));
            double time = Measurements[i].Time;
            if (!(double.IsFinite(time) && time >= last))
            {
                throw new ModelException(
                    FormattableString.Invariant($"series[{i}].time"),
                    FormattableString.Invariant($"the time {time} s after {last} s"),
                    "Sort the measurements by time.");
            }

            last = time;
        }
    }

    /// <summary>The measurements.</summary>
    public ImmutableArray<TimedMeasurement> Measurements { get; }

    /// <summary>A series of one number at each time.</summary>
    /// <param name="values">The numbers; NaN where one is missing.</param>
    /// <param name="start">Time of the first, in seconds.</param>
    /// <param name="step">Seconds from one to the next.</param>
    public static MeasurementSeries Of(IEnumerable<double> values, double start = 0.0, double step = 1.0) =>
        Of(values.Select(value => new[] { value }), start, step);

    /// <summary>A series of several numbers at each time.</summary>
    /// <param name="rows">The numbers; NaN where one is missing.</param>
    /// <param name="start">Time of the first, in seconds.</param>
    /// <param name="step">Seconds from one to the next.</param>
    public static MeasurementSeries Of(IEnumerable<double[]> rows, double start = 0.0, double step = 1.0) =>
        new(rows.Select((row, k) => new TimedMeasurement(start + (k * step), row)));

    /// <summary>Runs an estimator over the series.</summary>
    /// <returns>The log-likelihood that was added; NaN if a prediction or an update failed.</returns>
    public double LogLikelihood(IEstimator estimator)
    {
        ArgumentNullException.ThrowIfNull(estimator);
        double before = estimator.LogLikelihood;
        foreach (TimedMeasurement item in Measurements)
        {
            if (estimator.Predict(item.Time, item.Input) != EstimationStatus.Done)
            {
                return double.NaN;
            }

            EstimationStatus status = estimator.Update(item.Values, item.Sensor);
            if (status is not (EstimationStatus.Done or EstimationStatus.Missing))
            {
                return double.NaN;
            }
        }

        return estimator.LogLikelihood - before;
    }
}
