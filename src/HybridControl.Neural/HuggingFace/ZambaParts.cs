using HybridControl.Neural.Stacks;

namespace HybridControl.Neural.HuggingFace;

/// <summary>What Zamba and Zamba2 have in common: state space layers, some of which listen to a shared transformer block.</summary>
internal static class ZambaParts
{
    /// <summary>The kind of a layer that listens to a shared block.</summary>
    public const string Hybrid = "hybrid";

    /// <summary>Attention of the shared block, over twice the width.</summary>
    /// <remarks>The published code divides by the root of half a head's width.</remarks>
    public static AttentionDescription Attention(ModelConfig config)
    {
        int heads = config.Size("num_attention_heads");
        int keyHeads = config.Count("num_key_value_heads", heads);
        config.CheckMultiple("num_attention_heads", heads, Math.Max(keyHeads, 1), "num_key_value_heads");
        int width = config.Has("attention_head_dim") ? config.Size("attention_head_dim") : Math.Max(2 * config.Size("hidden_size") / heads, 1);
        return new() { Heads = heads, KeyHeads = keyHeads, HeadWidth = width, Scale = 1.0 / Math.Sqrt(width / 2.0) };
    }

    /// <summary>The stack.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="mixer">The state space layer.</param>
    /// <param name="sides">For each layer what its state space layer listens to; null for nothing.</param>
    public static StackDescription Stack(ModelConfig config, MixerDescription mixer, IReadOnlyList<MixerDescription?> sides)
    {
        var norm = new NormDescription(Epsilon: BambaParts.Epsilon(config));
        int vocabulary = config.Size("vocab_size");
        return new()
        {
            Width = config.Size("hidden_size"),
            Vocabulary = vocabulary,
            Layers = [.. sides.Select(side => new LayerDescription([new() { Name = "mixer", Norm = norm, Mixer = mixer, Side = side }]))],
            FinalNorm = norm,
            Outputs = vocabulary,
            TiedHead = config.Flag("tie_word_embeddings", true),
        };
    }

    /// <summary>Enters the names of a layer but for those of its mixer.</summary>
    /// <returns>What the names of the mixer's tensors begin with.</returns>
    public static string MapLayer(TensorNames names, string place, string prefix, bool listens)
    {
        string decoder = listens ? $"{prefix}.mamba_decoder" : prefix;
        names.Map($"{place}.mixer.prenorm.weight", $"{decoder}.input_layernorm.weight");
        if (listens)
        {
            names.Map($"{place}.mixer.side.linear.weight", $"{prefix}.linear.weight");
        }

        return $"{decoder}.mamba";
    }

    /// <summary>Enters the norms and the attention of a shared block.</summary>
    public static void MapBlock(TensorNames names, string block, string prefix)
    {
        names.Map($"{block}.attention.prenorm.weight", $"{prefix}.input_layernorm.weight");
        names.Map($"{block}.channels.prenorm.weight", $"{prefix}.pre_ff_layernorm.weight");
        names.Map($"{block}.attention", $"{prefix}.self_attn", CommonNames.Attention);
    }
}
