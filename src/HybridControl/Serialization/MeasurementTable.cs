using System.Collections.Immutable;
using HybridControl.Diagnostics;

namespace HybridControl.Serialization;

/// <summary>Measurements over time, from a table with a column for time and one for each sensor or input.</summary>
/// <remarks>
/// The column of time is called <c>time</c> or <c>t</c>, in seconds, and does not decrease; an empty field or NaN is a missing value.
/// Immutable and thread-safe.
/// </remarks>
public sealed class MeasurementTable
{
    private readonly double[] _values;
    private readonly int _width;

    private MeasurementTable(MeasurementRows rows)
    {
        Run = rows.Name;
        Times = [.. rows.Times];
        _values = [.. rows.Values];
        _width = rows.Width;
    }

    /// <summary>The name of the run; empty where the table has no column of runs.</summary>
    public string Run { get; }

    /// <summary>Times of the rows, in seconds.</summary>
    public ImmutableArray<double> Times { get; }

    /// <summary>Reads a table to estimate from: columns may lack, fields may be empty, times are counted from zero.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sensors">Names of sensors; at least one of them must be there.</param>
    /// <param name="inputs">Names of inputs.</param>
    /// <exception cref="ModelException">The file cannot be read, or has faults; each with line and column, up to fifty.</exception>
    public static MeasurementTable LoadCsv(string path, IReadOnlyList<string> sensors, IReadOnlyList<string> inputs) =>
        new(Read(path, sensors, inputs, complete: false)[0]);

    /// <summary>Reads a table to learn from: runs of measurements, told apart by a column <c>run</c> where there are several.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sensors">Names of sensors, all of which must be there; fields may be empty.</param>
    /// <param name="inputs">Names of inputs, all of which must be there in every row.</param>
    /// <returns>The runs in the order of the file. The times of each grow, from any start; its rows follow each other.</returns>
    /// <exception cref="ModelException">The file cannot be read, or has faults; each with line and column, up to fifty.</exception>
    public static ImmutableArray<MeasurementTable> LoadRuns(string path, IReadOnlyList<string> sensors, IReadOnlyList<string> inputs) =>
        [.. Read(path, sensors, inputs, complete: true).Where(rows => rows.Times.Count > 0).Select(rows => new MeasurementTable(rows))];

    /// <summary>Copies the sensors and inputs of a row; NaN where a value is missing.</summary>
    /// <param name="row">Number of the row.</param>
    /// <param name="sensors">Receives one number for each sensor.</param>
    /// <param name="inputs">Receives one number for each input.</param>
    public void Read(int row, Span<double> sensors, Span<double> inputs)
    {
        ReadOnlySpan<double> values = _values.AsSpan(row * _width, _width);
        values[..sensors.Length].CopyTo(sensors);
        values[sensors.Length..].CopyTo(inputs);
    }

    private static IReadOnlyList<MeasurementRows> Read(string path, IReadOnlyList<string> sensors, IReadOnlyList<string> inputs, bool complete)
    {
        ArgumentNullException.ThrowIfNull(sensors);
        ArgumentNullException.ThrowIfNull(inputs);
        return MeasurementReader.Read(path, sensors, inputs, complete);
    }
}
