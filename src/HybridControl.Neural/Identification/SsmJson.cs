using System.Text.Json.Serialization;

namespace HybridControl.Neural.Identification;

/// <summary>How headers are read and written, without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(SsmHeader))]
[JsonSerializable(typeof(SequenceHeader))]
internal sealed partial class SsmJson : JsonSerializerContext;
