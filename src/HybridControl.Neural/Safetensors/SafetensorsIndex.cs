using System.Buffers;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using HybridControl.Diagnostics;
using HybridControl.Serialization;

namespace HybridControl.Neural.Safetensors;

/// <summary>The file that says in which of several files each tensor of a checkpoint lies.</summary>
/// <remarks>Source: the sharded checkpoints of github.com/huggingface/huggingface_hub, serialization.</remarks>
internal static class SafetensorsIndex
{
    /// <summary>Name of the index within the folder of a checkpoint.</summary>
    public const string FileName = "model.safetensors.index.json";

    /// <summary>Name of the only file of a checkpoint that is not divided.</summary>
    public const string SingleFileName = "model.safetensors";

    private const string MapName = "weight_map";

    /// <summary>Reads an index.</summary>
    /// <returns>For each name the path of its file as the index gives it, which does not leave the index's folder.</returns>
    /// <exception cref="ModelException">It cannot be read or is not sound; carries every finding.</exception>
    public static ImmutableSortedDictionary<string, string> Read(string path)
    {
        var findings = new FindingList();
        var map = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        try
        {
            long length = new FileInfo(path).Length;
            if (length > SafetensorsHeader.LongestHeader)
            {
                throw new ModelException(path, $"the index has {length} bytes; at most {SafetensorsHeader.LongestHeader} are allowed", "Give the index of a checkpoint.");
            }

            // What has no length may be a pipe, and to open one may take forever.
            using var document = JsonDocument.Parse(length == 0 ? [] : File.ReadAllBytes(path));
            ReadMap(path, document.RootElement, map, findings);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            findings.Error(path, $"the index is not sound JSON: {fault.Message}", "The file is damaged.");
        }
        catch (Exception fault) when (DurableFile.IsFault(fault))
        {
            throw DurableFile.Unreadable(path, fault);
        }

        return findings.Count == 0 ? map.ToImmutable() : throw new ModelException(findings.ToImmutable());
    }

    /// <summary>Writes an index that appears whole or not at all.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="map">For each name its file.</param>
    /// <param name="totalLength">Bytes of all tensors.</param>
    /// <exception cref="ModelException">It cannot be written.</exception>
    public static void Write(string path, IEnumerable<KeyValuePair<string, string>> map, long totalLength)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var options = new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true };
        using (var json = new Utf8JsonWriter(buffer, options))
        {
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            json.WriteNumber("total_size", totalLength);
            json.WriteEndObject();
            json.WriteStartObject(MapName);
            foreach ((string name, string file) in map)
            {
                json.WriteString(name, file);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        DurableFile.Write(path, stream => stream.Write(buffer.WrittenSpan));
    }

    private static void ReadMap(
        string path, JsonElement root, ImmutableSortedDictionary<string, string>.Builder map, FindingList findings)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty(MapName, out JsonElement entries) || entries.ValueKind != JsonValueKind.Object)
        {
            findings.Error(path, $"it has no object '{MapName}'", $"Give the index of a checkpoint, such as {FileName}.");
            return;
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        foreach (JsonProperty entry in entries.EnumerateObject())
        {
            if (findings.Count >= SafetensorsHeader.MostFindings)
            {
                findings.Error(path, "there are too many findings to go on: the rest of the index was not read", "The file is damaged.");
                return;
            }

            string where = $"{path}, {entry.Name}";
            string? file = entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString() : null;
            if (file is null)
            {
                findings.Error(where, "its file is not a text", $"'{MapName}' gives each tensor the name of a file.");
            }
            else if (!StaysWithin(folder, file))
            {
                findings.Error(where, $"its file '{file}' does not lie in the folder of the index", "Put every file beside the index.");
            }
            else if (!map.TryAdd(entry.Name, file))
            {
                findings.Error(where, "the name occurs twice", "Names of tensors must differ.");
            }
        }

        if (map.Count == 0 && findings.Count == 0)
        {
            findings.Error(path, $"'{MapName}' is empty", "Give the index of a checkpoint.");
        }
    }

    // Links are followed: download caches keep the files elsewhere. What counts is that the index itself names nothing outside.
    private static bool StaysWithin(string folder, string file)
    {
        if (file.Length == 0 || file.Contains('\0', StringComparison.Ordinal) || Path.IsPathRooted(file))
        {
            return false;
        }

        string full = Path.GetFullPath(Path.Combine(folder, file));
        return full.StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal) ||
            (Path.GetPathRoot(folder) == folder && full.StartsWith(folder, StringComparison.Ordinal));
    }
}
