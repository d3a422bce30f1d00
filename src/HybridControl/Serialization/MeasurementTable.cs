using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Serialization;

/// <summary>Measurements over time, from a table with a column for time and one for each sensor or input.</summary>
/// <remarks>
/// The column of time is called <c>time</c> or <c>t</c>, in seconds, and does not decrease; an empty field is a missing value.
/// Columns of sensors that are not there are missing throughout. Immutable and thread-safe.
/// </remarks>
public sealed class MeasurementTable
{
    private const int MostFindings = 50;

    private readonly double[] _values;
    private readonly ImmutableArray<int> _columns;

    private MeasurementTable(ImmutableArray<double> times, double[] values, ImmutableArray<int> columns, ImmutableArray<string> names)
    {
        Times = times;
        (_values, _columns) = (values, columns);
        Names = names;
    }

    /// <summary>Times of the rows, in seconds.</summary>
    public ImmutableArray<double> Times { get; }

    /// <summary>Names of the columns that were found, in the order of the file.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>Reads a table.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sensors">Names of sensors; at least one of them must be there.</param>
    /// <param name="inputs">Names of inputs.</param>
    /// <exception cref="ModelException">The file cannot be read, or has faults; every row and column with a fault.</exception>
    public static MeasurementTable LoadCsv(string path, IReadOnlyList<string> sensors, IReadOnlyList<string> inputs)
    {
        ArgumentNullException.ThrowIfNull(sensors);
        ArgumentNullException.ThrowIfNull(inputs);
        CsvReader reader = CsvReader.Open(path);
        if (!reader.Read())
        {
            throw new ModelException(path, "the file is empty", $"A table begins with the header time,{string.Join(',', sensors)}.");
        }

        string[] header = [.. reader.Fields];
        string[] known = [.. sensors, .. inputs];
        var findings = new List<Finding>();
        int time = CheckHeader(reader, header, sensors, known, findings);
        ImmutableArray<int> columns = [.. known.Select(name => Array.IndexOf(header, name))];
        var times = ImmutableArray.CreateBuilder<double>();
        var values = new List<double>();
        while (findings.Count < MostFindings && reader.Read())
        {
            if (reader.Fields.Count != header.Length)
            {
                Collect(findings, () => reader.Expect(header.Length));
                continue;
            }

            for (int i = 0; i < header.Length; i++)
            {
                int column = i;
                double value = double.NaN;
                if (reader.Fields[i].AsSpan().Trim().Length > 0 && (i == time || Array.IndexOf(known, header[i]) >= 0))
                {
                    Collect(findings, () => value = reader.Number(column));
                }

                values.Add(value);
            }

            if (time >= 0)
            {
                double t = values[values.Count - header.Length + time];
                CheckTime(reader, time, t, times, findings);
                times.Add(t);
            }
        }

        return findings.Count > 0
            ? throw new ModelException(findings)
            : new MeasurementTable(times.DrainToImmutable(), [.. values], columns, [.. header]);
    }

    /// <summary>Copies the sensors and inputs of a row; NaN where a value is missing.</summary>
    /// <param name="row">Number of the row.</param>
    /// <param name="sensors">Receives one number for each sensor.</param>
    /// <param name="inputs">Receives one number for each input.</param>
    public void Read(int row, Span<double> sensors, Span<double> inputs)
    {
        int start = row * Names.Length;
        for (int i = 0; i < _columns.Length; i++)
        {
            double value = _columns[i] < 0 ? double.NaN : _values[start + _columns[i]];
            if (i < sensors.Length)
            {
                sensors[i] = value;
            }
            else
            {
                inputs[i - sensors.Length] = value;
            }
        }
    }

    private static int CheckHeader(
        CsvReader reader, string[] header, IReadOnlyList<string> sensors, string[] known, List<Finding> findings)
    {
        int time = Array.FindIndex(header, name => name is "time" or "t");
        if (time < 0)
        {
            findings.AddRange(reader.Fault(0, "there is no column of time", "Call the column of time 'time', in seconds.").Findings);
        }

        for (int i = 0; i < header.Length; i++)
        {
            if (i != time && !known.Contains(header[i]))
            {
                findings.AddRange(reader.Fault(i, $"'{SourceNode.Shorten(header[i])}' is neither a sensor nor an input of the model",
                    $"{Suggestions.For(header[i], known)} Or leave the column out.").Findings);
            }
            else if (Array.IndexOf(header, header[i]) < i)
            {
                findings.AddRange(reader.Fault(i, $"there are two columns '{SourceNode.Shorten(header[i])}'", "Keep one of them.").Findings);
            }
        }

        if (!sensors.Any(header.Contains))
        {
            findings.AddRange(reader.Fault(0, "there is no column of a sensor", $"Sensors of the model: {string.Join(", ", sensors)}.").Findings);
        }

        return time;
    }

    private static void CheckTime(
        CsvReader reader, int column, double time, ImmutableArray<double>.Builder times, List<Finding> findings)
    {
        double last = times.Count > 0 ? times[^1] : 0.0;
        if (!double.IsFinite(time))
        {
            findings.AddRange(reader.Fault(column, "the time is missing or not finite", "Give every row its time in seconds.").Findings);
        }
        else if (time < last)
        {
            string what = times.Count == 0
                ? FormattableString.Invariant($"the time {time} s is before the start")
                : FormattableString.Invariant($"the time {time} s comes after {last} s");
            findings.AddRange(reader.Fault(column, what, times.Count == 0 ? "Count time from the start of the model, at zero." : "Sort the rows by time.").Findings);
        }
    }

    private static void Collect(List<Finding> findings, Action read)
    {
        try
        {
            read();
        }
        catch (ModelException fault)
        {
            findings.AddRange(fault.Findings);
        }
    }
}
