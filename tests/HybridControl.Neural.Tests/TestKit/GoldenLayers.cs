using HybridControl.Neural.Safetensors;
using HybridControl.Neural.Sequences.Mixers;

namespace HybridControl.Neural.Tests.TestKit;

/// <summary>The time-invariant layers of the reference, with their inputs and outputs.</summary>
internal static class GoldenLayers
{
    public static GoldenCase S5 { get; } = new("s5");

    public static GoldenCase S4d { get; } = new("s4d");

    public static SafetensorsFile S5File { get; } = SafetensorsFile.Load(Path.Combine(S5.Folder, "model.safetensors"));

    public static SafetensorsFile S4dFile { get; } = SafetensorsFile.Load(Path.Combine(S4d.Folder, "model.safetensors"));

    public static S5Parameters S5Parameters { get; } = S5Parameters.Read(S5File, "s5", "seq.");

    public static S4dParameters S4dParameters { get; } = S4dParameters.Read(S4dFile, "s4d");
}
