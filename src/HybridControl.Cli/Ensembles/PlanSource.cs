using System.Text.Json;

namespace HybridControl.Cli.Ensembles;

/// <summary>Tells plan files from model files.</summary>
internal static class PlanSource
{
    /// <summary>Whether a file is a plan: an object that names a model. What cannot be read is left to the reader of models.</summary>
    public static bool IsPlan(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), new() { CommentHandling = JsonCommentHandling.Skip });
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("model", out _);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException or ArgumentException or NotSupportedException)
        {
            return false;
        }
    }
}
