using System.Collections.Immutable;
using HybridControl.Diagnostics;

namespace HybridControl.Estimation;

/// <summary>Writes down what an estimator believes, row by row.</summary>
/// <remarks>A row allocates nothing up to the rows given at the start, and then only to double the room. Not thread-safe.</remarks>
public sealed class EstimationRecorder
{
    private readonly EstimationLayout _layout;
    private readonly EstimationRows _rows;
    private double _logLikelihood;

    /// <summary>Starts empty.</summary>
    /// <param name="states">Names of the states.</param>
    /// <param name="measurements">Names of the measured components of all sensors; null for none.</param>
    /// <param name="modes">Names of the modes; null for none.</param>
    /// <param name="stateUnits">Units of the states; null for none.</param>
    /// <param name="measurementUnits">Units of the measured components; null for none.</param>
    /// <param name="keepFactors">Whether factors of the covariances are kept: n^2 numbers a row.</param>
    /// <param name="rows">Rows for which there is room at once.</param>
    /// <exception cref="ModelException">Names repeat, or units do not fit the names.</exception>
    public EstimationRecorder(
        IReadOnlyList<string> states,
        IReadOnlyList<string>? measurements = null,
        IReadOnlyList<string>? modes = null,
        IReadOnlyList<string>? stateUnits = null,
        IReadOnlyList<string>? measurementUnits = null,
        bool keepFactors = false,
        int rows = 1024)
    {
        ArgumentNullException.ThrowIfNull(states);
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        _layout = new(
            Distinct(states, "states"),
            Units(stateUnits, states.Count, "states"),
            Distinct(measurements ?? [], "measurements"),
            Units(measurementUnits, measurements?.Count ?? 0, "measurements"),
            Distinct(modes ?? [], "modes"),
            keepFactors);
        _rows = new(_layout, rows);
    }

    /// <summary>Rows so far.</summary>
    public int Count => _rows.Count;

    /// <summary>Records a belief to which nothing was measured, as after a prediction.</summary>
    /// <param name="estimator">The estimator.</param>
    /// <param name="modeProbabilities">Probability of each mode; none to ask an <see cref="IModeEstimator"/>, or without modes.</param>
    /// <exception cref="ModelException">The numbers of states or modes do not fit.</exception>
    public void RecordPrediction(IEstimator estimator, ReadOnlySpan<double> modeProbabilities = default)
    {
        AddRow(estimator, modeProbabilities);
        _rows.Degrees.Add()[0] = 0.0;
        _rows.Statuses.Add()[0] = (double)EstimationStatus.Missing;
        _rows.Measured.Add();
        _rows.Innovations.Add();
        _rows.InnovationDeviations.Add();
        _rows.InnovationFactors.Add();
        _rows.Nis.Add();
    }

    /// <summary>Records a belief just after an update.</summary>
    /// <param name="estimator">The estimator.</param>
    /// <param name="measurement">What it was updated with; NaN where missing.</param>
    /// <param name="sensor">The sensor, whose names are among those of the recorder; null if the measurement has all of its components.</param>
    /// <param name="modeProbabilities">Probability of each mode; none to ask an <see cref="IModeEstimator"/>, or without modes.</param>
    /// <exception cref="ModelException">The numbers of states, components or modes do not fit.</exception>
    public void Record(
        IEstimator estimator, ReadOnlySpan<double> measurement, MeasurementModel? sensor = null, ReadOnlySpan<double> modeProbabilities = default)
    {
        int first = 0;
        if (sensor is not null)
        {
            first = sensor.Count == 0 ? 0 : _layout.Measurements.IndexOf(sensor.Names[0]);
            if (first < 0 || !sensor.Names.SequenceEqual(_layout.Measurements.Skip(first).Take(sensor.Count)))
            {
                throw new ModelException(
                    "recorder",
                    $"the sensor of {string.Join(", ", sensor.Names)} is not among {string.Join(", ", _layout.Measurements)}",
                    "Name the components of all sensors, one sensor after the other, when the recorder is made.");
            }
        }

        CovarianceFactor.CheckCount("recorder: measurement", measurement.Length, sensor?.Count ?? _layout.Measurements.Length);
        ArgumentNullException.ThrowIfNull(estimator);
        Innovation innovation = estimator.Innovation;
        int count = innovation.Count;
        if (count > 0 && innovation.Component(count - 1) >= measurement.Length)
        {
            throw new ModelException(
                "recorder: measurement",
                $"{measurement.Length} components, but the last update of the estimator used number {innovation.Component(count - 1)}",
                "Record each update before the next, with the sensor that it was made with.");
        }

        AddRow(estimator, modeProbabilities);
        _rows.Degrees.Add()[0] = count;
        _rows.Statuses.Add()[0] = (double)innovation.Status;
        measurement.CopyTo(_rows.Measured.Add()[first..]);
        Span<double> values = _rows.Innovations.Add();
        Span<double> deviations = _rows.InnovationDeviations.Add();
        innovation.Factor.CopyTo(_rows.InnovationFactors.Add());
        for (int i = 0; i < count; i++)
        {
            values[first + innovation.Component(i)] = innovation.Value[i];
            deviations[first + innovation.Component(i)] = innovation.Deviation(i);
        }

        _rows.Nis.Add()[0] = count > 0 ? innovation.NormalizedSquare : double.NaN;
    }

    /// <summary>What was recorded so far; later rows do not change it.</summary>
    public EstimationHistory ToHistory() => new(_layout, _rows.Slice(0, _rows.Count));

    private void AddRow(IEstimator estimator, ReadOnlySpan<double> modeProbabilities)
    {
        ArgumentNullException.ThrowIfNull(estimator);
        GaussianBelief belief = estimator.Belief;
        CovarianceFactor.CheckCount("recorder: states", belief.Dimension, _layout.States.Length);
        if (modeProbabilities.IsEmpty && !_layout.Modes.IsEmpty && estimator is IModeEstimator modal)
        {
            modeProbabilities = modal.ModeProbabilities;
        }

        CovarianceFactor.CheckCount("recorder: modes", modeProbabilities.Length, _layout.Modes.Length);
        _rows.Times.Add()[0] = estimator.Time;
        belief.Mean.CopyTo(_rows.Means.Add());
        Span<double> deviations = _rows.Deviations.Add();
        for (int i = 0; i < deviations.Length; i++)
        {
            deviations[i] = belief.Deviation(i);
        }

        Span<double> factor = _rows.Factors.Add();
        if (_layout.KeepFactors)
        {
            belief.Factor.CopyTo(factor);
        }

        modeProbabilities.CopyTo(_rows.ModeProbabilities.Add());
        _rows.LogLikelihoods.Add()[0] = estimator.LogLikelihood - _logLikelihood;
        _logLikelihood = estimator.LogLikelihood;
    }

    private static ImmutableArray<string> Distinct(IReadOnlyList<string> names, string what)
    {
        string? twice = names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key;
        return twice is null
            ? [.. names]
            : throw new ModelException($"recorder: {what}", $"'{twice}' occurs twice", "Give each column a name of its own.");
    }

    private static ImmutableArray<string> Units(IReadOnlyList<string>? units, int count, string what)
    {
        if (units is null)
        {
            return [.. Enumerable.Repeat("", count)];
        }

        CovarianceFactor.CheckCount($"recorder: units of {what}", units.Count, count);
        return [.. units];
    }
}
