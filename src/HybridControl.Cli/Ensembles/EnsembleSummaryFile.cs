using System.Text.Encodings.Web;
using System.Text.Json;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Statistics;
using HybridControl.Serialization;

namespace HybridControl.Cli.Ensembles;

/// <summary>The statistics of an ensemble as JSON, for other programs. Numbers that are not finite are null.</summary>
internal static class EnsembleSummaryFile
{
    private static readonly double[] Levels = [0.05, 0.25, 0.5, 0.75, 0.95];

    /// <summary>Writes the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="result">The statistics.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="backend">What ran it.</param>
    public static void Save(string path, EnsembleResult result, EnsemblePlan plan, string backend) => DurableFile.Write(path, stream =>
    {
        using var json = new Utf8JsonWriter(stream, new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteString("model", plan.Model.Name);
        json.WriteNumber("seed", plan.Seed);
        json.WriteString("backend", backend);
        json.WriteNumber("trajectories", result.Count);
        json.WriteBoolean("complete", result.IsComplete);
        json.WriteBoolean("exactQuantiles", result.IsExact);
        json.WriteStartObject("statuses");
        foreach ((TrajectoryStatus status, long count) in result.StatusCounts)
        {
            json.WriteNumber(BlockTable.NameOf(status), count);
        }

        json.WriteEndObject();
        json.WriteStartArray("alternatives");
        foreach (string? alternative in EnsembleReport.Alternatives(result))
        {
            WriteAlternative(json, result, alternative);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void WriteAlternative(Utf8JsonWriter json, EnsembleResult result, string? alternative)
    {
        EnsembleLayout layout = result.Layout;
        json.WriteStartObject();
        json.WriteString("name", alternative);
        json.WriteStartObject("samples");
        foreach (string sample in layout.Samples)
        {
            WriteSummary(json, sample, result.Sample(sample, alternative));
        }

        json.WriteEndObject();
        json.WriteStartObject("scalars");
        foreach (string column in EnsembleReport.Summarised(layout))
        {
            WriteSummary(json, column, result.Scalar(column, alternative));
        }

        json.WriteEndObject();
        json.WriteStartObject("requirements");
        foreach (string name in layout.Scalars.Skip(layout.FirstRequirement))
        {
            WriteRequirement(json, name, result.Requirement(name, alternative));
        }

        json.WriteEndObject();
        json.WriteStartObject("events");
        foreach (string transition in layout.EventSlots > 0 ? layout.Transitions : [])
        {
            EventSummary events = result.Events(transition, alternative);
            json.WriteStartObject(transition);
            WriteSummary(json, "perTrajectory", events.CountPerTrajectory);
            WriteSummary(json, "times", events.Times);
            json.WriteNumber("truncatedTrajectories", events.Truncated);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        WriteGrid(json, result, alternative);
        json.WriteEndObject();
    }

    private static void WriteGrid(Utf8JsonWriter json, EnsembleResult result, string? alternative)
    {
        EnsembleLayout layout = result.Layout;
        if (layout.GridTimes.IsEmpty)
        {
            return;
        }

        json.WriteStartObject("grid");
        WriteArray(json, "t", layout.GridTimes);
        foreach (string variable in layout.Grid.Where((_, i) => i != layout.GridMode))
        {
            GridSummary grid = result.Grid(variable, alternative);
            SampleSummary[] times = [.. Enumerable.Range(0, layout.GridTimes.Length).Select(grid.At)];
            json.WriteStartObject(variable);
            json.WriteStartArray("n");
            foreach (SampleSummary at in times)
            {
                json.WriteNumberValue(at.Count);
            }

            json.WriteEndArray();
            WriteArray(json, "mean", times.Select(at => at.Mean));
            WriteArray(json, "deviation", times.Select(at => at.StandardDeviation));
            foreach (double level in Levels)
            {
                WriteArray(json, NameOf(level), times.Select(at => at.Quantile(level)));
            }

            json.WriteEndObject();
        }

        if (layout.GridMode >= 0)
        {
            ModeOccupancy occupancy = result.ModeOccupancy(alternative);
            json.WriteStartObject("modes");
            for (int mode = 0; mode < layout.Modes.Length; mode++)
            {
                int number = mode;
                WriteArray(json, layout.Modes[mode], Enumerable.Range(0, layout.GridTimes.Length).Select(k => occupancy.Fraction(k, number)));
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteSummary(Utf8JsonWriter json, string name, SampleSummary summary)
    {
        json.WriteStartObject(name);
        json.WriteNumber("n", summary.Count);
        json.WriteNumber("missing", summary.Missing);
        Write(json, "mean", summary.Mean);
        Write(json, "deviation", summary.StandardDeviation);
        Write(json, "min", summary.Min);
        Write(json, "max", summary.Max);
        foreach (double level in Levels)
        {
            Write(json, NameOf(level), summary.Quantile(level));
        }

        json.WriteEndObject();
    }

    private static void WriteRequirement(Utf8JsonWriter json, string name, Proportion met)
    {
        json.WriteStartObject(name);
        json.WriteNumber("met", met.Successes);
        json.WriteNumber("trials", met.Trials);
        json.WriteNumber("unknown", met.Unknown);
        Write(json, "probability", met.Estimate);
        foreach ((string method, ConfidenceInterval interval) in new[] { ("wilson95", met.Wilson()), ("clopperPearson95", met.ClopperPearson()), ("worstCase95", met.WorstCase()) })
        {
            WriteArray(json, method, [interval.Lower, interval.Upper]);
        }

        json.WriteEndObject();
    }

    private static string NameOf(double level) => FormattableString.Invariant($"q{100.0 * level:00}");

    private static void WriteArray(Utf8JsonWriter json, string name, IEnumerable<double> values)
    {
        json.WriteStartArray(name);
        foreach (double value in values)
        {
            if (double.IsFinite(value))
            {
                json.WriteNumberValue(value);
            }
            else
            {
                json.WriteNullValue();
            }
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
