using System.Globalization;
using HybridControl.Diagnostics;
using HybridControl.Estimation;

namespace HybridControl.Serialization;

/// <summary>Writes the history of an estimation.</summary>
public static class EstimationFile
{
    /// <summary>Writes comma-separated values, one row for each recorded moment; an existing file is replaced.</summary>
    /// <param name="history">The history.</param>
    /// <param name="path">Where to write.</param>
    /// <remarks>
    /// Columns: <c>t</c>; for each state x its mean <c>x</c> and deviation <c>sd(x)</c>; for each measured component z what was measured
    /// <c>z(z)</c>, the innovation <c>nu(z)</c> and its deviation <c>sd(nu(z))</c>; <c>p(mode)</c> for each mode; <c>nis</c>, <c>degrees</c>,
    /// <c>loglikelihood</c> (of this row) and <c>status</c>. UTF-8 with decimal points; NaN for what is missing; numbers read back to the same doubles.
    /// </remarks>
    /// <exception cref="ModelException">The file cannot be written.</exception>
    public static void SaveCsv(this EstimationHistory history, string path)
    {
        ArgumentNullException.ThrowIfNull(history);
        TextFile.Write(path, writer =>
        {
            writer.WriteLine(string.Join(',', Header(history).Select(CsvReader.Quote)));
            for (int row = 0; row < history.Count; row++)
            {
                Write(writer, history.Times[row]);
                WritePairs(writer, history.Mean(row), history.Deviation(row));
                for (int i = 0; i < history.Measurements.Length; i++)
                {
                    WriteNext(writer, history.Measurement(row)[i]);
                    WriteNext(writer, history.Innovation(row)[i]);
                    WriteNext(writer, history.InnovationDeviation(row)[i]);
                }

                foreach (double probability in history.ModeProbability(row))
                {
                    WriteNext(writer, probability);
                }

                WriteNext(writer, history.Nis(row));
                WriteNext(writer, history.Degrees(row));
                WriteNext(writer, history.LogLikelihood(row));
                writer.Write(',');
                writer.WriteLine(history.Status(row));
            }
        });
    }

    private static IEnumerable<string> Header(EstimationHistory history) =>
    [
        "t",
        .. history.States.SelectMany(name => new[] { name, $"sd({name})" }),
        .. history.Measurements.SelectMany(name => new[] { $"z({name})", $"nu({name})", $"sd(nu({name}))" }),
        .. history.Modes.Select(name => $"p({name})"),
        "nis", "degrees", "loglikelihood", "status",
    ];

    private static void WritePairs(TextWriter writer, ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        for (int i = 0; i < first.Length; i++)
        {
            WriteNext(writer, first[i]);
            WriteNext(writer, second[i]);
        }
    }

    private static void WriteNext(TextWriter writer, double value)
    {
        writer.Write(',');
        Write(writer, value);
    }

    private static void Write(TextWriter writer, double value) => writer.Write(value.ToString("R", CultureInfo.InvariantCulture));
}
