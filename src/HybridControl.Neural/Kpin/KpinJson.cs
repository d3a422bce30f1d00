using System.Text.Json.Serialization;

namespace HybridControl.Neural.Kpin;

/// <summary>How the header is read and written, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(KpinHeader))]
internal sealed partial class KpinJson : JsonSerializerContext;
