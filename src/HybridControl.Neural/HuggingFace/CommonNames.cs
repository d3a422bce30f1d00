using System.Globalization;

namespace HybridControl.Neural.HuggingFace;

/// <summary>What most checkpoints call the tensors of common layers.</summary>
internal static class CommonNames
{
    public static readonly string[] Attention = ["q_proj.weight", "k_proj.weight", "v_proj.weight", "o_proj.weight"];

    public static readonly string[] AttentionBiases = ["q_proj.bias", "k_proj.bias", "v_proj.bias", "o_proj.bias"];

    public static readonly string[] Glu = ["gate_proj.weight", "up_proj.weight", "down_proj.weight"];

    public static readonly string[] Mlp = ["up_proj.weight", "down_proj.weight"];

    /// <summary>The name of a block of a layer in a stack.</summary>
    public static string Block(int layer, string block) => string.Create(CultureInfo.InvariantCulture, $"layers.{layer}.{block}");

    /// <summary>The name of something that is numbered.</summary>
    public static string Numbered(string name, int number) => string.Create(CultureInfo.InvariantCulture, $"{name}.{number}");
}
