using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using HybridControl.Diagnostics;
using HybridControl.Simulation;

namespace HybridControl.Serialization;

/// <summary>Explanations of runs as JSON, for programs: one object with the status and a list of diagnoses.</summary>
public static class ExplanationFile
{
    /// <summary>Writes an explanation to a file.</summary>
    /// <exception cref="ModelException">The file cannot be written.</exception>
    public static void Save(Trajectory run, RunExplanation explanation, string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        TextFile.Write(path, Write(run, explanation));
    }

    /// <summary>An explanation as JSON text: times and values that are not known are left out.</summary>
    public static string Write(Trajectory run, RunExplanation explanation)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(explanation);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("model", run.Model.Name);
            json.WriteString("status", NameOf(run.Status));
            json.WriteStartArray("diagnoses");
            foreach (RunDiagnosis diagnosis in explanation.Diagnoses)
            {
                Write(json, diagnosis);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static void Write(Utf8JsonWriter json, RunDiagnosis diagnosis)
    {
        json.WriteStartObject();
        json.WriteString("kind", NameOf(diagnosis.Kind));
        json.WriteString("subject", diagnosis.Subject);
        json.WriteString("mode", diagnosis.Mode);
        WriteNumber(json, "from", diagnosis.From);
        WriteNumber(json, "to", diagnosis.To);
        json.WriteNumber("count", diagnosis.Count);
        WriteNumber(json, "value", diagnosis.Value);
        json.WriteString("what", diagnosis.What);
        json.WriteString("mend", diagnosis.Mend);
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumber(name, value);
        }
    }

    private static string NameOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
