using System.Globalization;
using HybridControl.Diagnostics;
using HybridControl.Serialization;

namespace HybridControl.Cli.SequenceModels;

/// <summary>Samples of a signal from a table: a header, then a row of numbers for each sample. A column <c>t</c> or <c>time</c> is left out.</summary>
internal static class SignalTable
{
    private const int MostFindings = 50;

    /// <exception cref="ModelException">The file cannot be read, or has faults; each with line and column.</exception>
    public static float[] Load(string path, int width)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception fault) when (DurableFile.IsFault(fault))
        {
            throw new ModelException(path, $"the file cannot be read: {fault.Message}");
        }

        if (lines.Length == 0)
        {
            throw new ModelException(path, "the file is empty", "Give a header and a row for each sample.");
        }

        string[] header = lines[0].Split(',', StringSplitOptions.TrimEntries);
        int[] columns = [.. Enumerable.Range(0, header.Length).Where(i => header[i] is not ("t" or "time"))];
        if (columns.Length != width)
        {
            throw new ModelException($"{path}:1", $"{columns.Length} columns of signals; the model takes {width}", "A column t or time is not counted.");
        }

        var findings = new FindingList();
        var samples = new List<float>(lines.Length * width);
        for (int line = 1; line < lines.Length && findings.Count < MostFindings; line++)
        {
            if (lines[line].Length == 0)
            {
                continue;
            }

            string[] fields = lines[line].Split(',', StringSplitOptions.TrimEntries);
            foreach (int column in columns)
            {
                string field = column < fields.Length ? fields[column] : "";
                if (!float.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) || !float.IsFinite(value))
                {
                    findings.Error($"{path}:{line + 1}, column {column + 1}", $"'{field}' is not a finite number", "Every sample needs all its signals.");
                }

                samples.Add(value);
            }
        }

        if (samples.Count == 0 && findings.Count == 0)
        {
            findings.Error(path, "there are no rows below the header", "Give a row for each sample.");
        }

        return findings.Count == 0 ? [.. samples] : throw new ModelException(findings.ToImmutable());
    }
}
