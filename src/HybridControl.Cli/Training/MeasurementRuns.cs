using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Neural.Kpin;
using HybridControl.Numerics;
using HybridControl.Serialization;

namespace HybridControl.Cli.Training;

/// <summary>Reads runs of measurements from a table.</summary>
/// <remarks>
/// Columns: <c>time</c> (or <c>t</c>) in seconds, one for each sensor and each input under its name, and <c>run</c> where there is more than one; rows of a
/// run follow each other. An empty field or NaN is a missing measurement. The initial belief of the model holds at 0, or one step
/// before the first row of a run that begins at 0 or earlier.
/// </remarks>
internal static class MeasurementRuns
{
    private const string Time = "time";
    private const string Run = "run";

    /// <exception cref="ModelException">The file cannot be read, lacks a column, or has a field that is not a number.</exception>
    public static IReadOnlyList<KpinTrajectory> Load(string path, KpinModel model)
    {
        CsvReader reader = CsvReader.Open(path);
        if (!reader.Read())
        {
            throw new ModelException(path, "the file is empty", $"A table begins with its header: {Time} and the names of sensors and inputs.");
        }

        string[] header = [.. reader.Fields];
        string[] inputs = [.. model.Automaton.Inputs.Select(input => input.Name)];
        int[] sensorColumns = Columns(path, header, model.Sensor.Names);
        int[] inputColumns = Columns(path, header, inputs);
        int time = Columns(path, header, [header.Contains("t") ? "t" : Time])[0];
        int run = Array.IndexOf(header, Run);
        var runs = new List<RunRows>();
        while (reader.Read())
        {
            reader.Expect(header.Length);
            string name = run < 0 ? "" : reader.Fields[run];
            if (runs.Count == 0 || runs[^1].Name != name)
            {
                runs.Add(new RunRows(name));
            }

            runs[^1].Add(reader, time, sensorColumns, inputColumns);
        }

        return [.. runs.Select(rows => rows.ToTrajectory(path))];
    }

    private static int[] Columns(string path, string[] header, IReadOnlyList<string> names)
    {
        Finding[] findings =
        [
            .. names.Where(name => !header.Contains(name)).Select(name => new Finding(
                $"{path}:1", $"there is no column '{name}'", Suggestions.For(name, header))),
        ];
        return findings.Length == 0 ? [.. names.Select(name => Array.IndexOf(header, name))] : throw new ModelException(findings);
    }

    private sealed class RunRows(string name)
    {
        private readonly ImmutableArray<double>.Builder _times = ImmutableArray.CreateBuilder<double>();
        private readonly ImmutableArray<double>.Builder _measurements = ImmutableArray.CreateBuilder<double>();
        private readonly ImmutableArray<double>.Builder _inputs = ImmutableArray.CreateBuilder<double>();

        public string Name => name;

        public void Add(CsvReader reader, int time, int[] sensors, int[] inputs)
        {
            _times.Add(reader.Number(time));
            foreach (int column in sensors)
            {
                _measurements.Add(reader.Fields[column].Length == 0 ? double.NaN : reader.Number(column));
            }

            foreach (int column in inputs)
            {
                _inputs.Add(reader.Number(column));
            }
        }

        public KpinTrajectory ToTrajectory(string path)
        {
            double first = _times[0];
            double step = _times.Count > 1 ? _times[1] - first : 1.0;
            return new()
            {
                Name = name.Length == 0 ? path : $"{path}, run {name}",
                Start = first > 0.0 ? 0.0 : first - Math.Abs(step),
                Times = _times.ToImmutable(),
                Measurements = _measurements.ToImmutable(),
                Inputs = _inputs.ToImmutable(),
            };
        }
    }
}
