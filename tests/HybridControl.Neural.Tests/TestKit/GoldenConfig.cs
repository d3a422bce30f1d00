using System.Text.Json.Nodes;
using HybridControl.Diagnostics;
using HybridControl.Neural.HuggingFace;
using HybridControl.Neural.Stacks;

namespace HybridControl.Neural.Tests.TestKit;

/// <summary>Configurations of golden cases with something changed.</summary>
internal static class GoldenConfig
{
    /// <summary>What a changed configuration describes.</summary>
    public static AdaptedModel Describe(string name, Action<JsonObject> change)
    {
        JsonObject config = JsonNode.Parse(File.ReadAllText(Path.Combine(GoldenCase.Root, name, "config.json")))!.AsObject();
        change(config);
        return HuggingFaceModel.Describe(ModelConfig.Parse(config.ToJsonString(), "config.json"));
    }

    /// <summary>Where the findings about a changed configuration are.</summary>
    public static string[] Refusals(string name, Action<JsonObject> change) =>
        [.. Assert.Throws<ModelException>(() => Describe(name, change))!.Findings.Select(finding => finding.Where)];

    /// <summary>The mixers of the layers.</summary>
    public static MixerDescription[] Mixers(this AdaptedModel model) => [.. model.Stack.Layers.Select(layer => layer.Blocks[0].Mixer)];

    /// <summary>What the mixers listen to.</summary>
    public static SharedTransformerDescription?[] Sides(this AdaptedModel model) =>
        [.. model.Stack.Layers.Select(layer => layer.Blocks[0].Side as SharedTransformerDescription)];
}
