using System.Text.Json.Serialization;

namespace HybridControl.Neural.Identification;

/// <summary>How the header is read and written, without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(SsmHeader))]
internal sealed partial class SsmJson : JsonSerializerContext;
