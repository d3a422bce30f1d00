using HybridControl.Neural.Stacks;

namespace HybridControl.Neural.HuggingFace;

/// <summary>Bamba: Mamba-2 with attention in a few layers, a gated unit in each. Source: modeling_bamba.py of transformers 4.56.</summary>
/// <remarks>Half of every attention head turns by position; the gated norm spans all groups.</remarks>
internal sealed class BambaAdapter : IModelAdapter
{
    private const double Turning = 0.5;

    public string ModelType => "bamba";

    public AdaptedModel Adapt(ModelConfig config)
    {
        int width = config.Size("hidden_size");
        int layers = config.Few("num_hidden_layers");
        var norm = new NormDescription(Epsilon: BambaParts.Epsilon(config));
        IReadOnlySet<int>? attending = LayerNumbers.Read(config, "attn_layer_indices", layers);
        IReadOnlyList<string> kinds = LayerKinds.Read(
            config,
            layers,
            ["layers_block_type", "layer_types"],
            i => attending?.Contains(i) == true ? LayerKinds.Attention : LayerKinds.Mamba,
            LayerKinds.Mamba,
            LayerKinds.Attention);
        SsdDescription ssd = BambaParts.Ssd(config, config.Count("mamba_expand", 2) * width);
        AttentionDescription attention = BambaParts.Attention(config, Turning);
        var channels = new BlockDescription { Name = "channels", Norm = norm, Mixer = BambaParts.Glu(config) };
        var names = new TensorNames();
        BambaParts.MapEnds(names);
        for (int i = 0; i < layers; i++)
        {
            (string place, string prefix) = BambaParts.LayerAt(i);
            names.Map($"{place}.mixer.prenorm.weight", $"{prefix}.input_layernorm.weight");
            names.Map($"{place}.channels.prenorm.weight", $"{prefix}.pre_ff_layernorm.weight");
            names.Map($"{place}.channels", $"{prefix}.feed_forward", CommonNames.Glu);
            names.Map($"{place}.channels", $"{prefix}.feed_forward", "gate_proj.bias", "up_proj.bias", "down_proj.bias");
            if (kinds[i] == LayerKinds.Mamba)
            {
                names.Map($"{place}.mixer", $"{prefix}.mamba", Mamba2Adapter.MixerNames);
            }
            else
            {
                names.Map($"{place}.mixer", $"{prefix}.self_attn", CommonNames.Attention);
                names.Map($"{place}.mixer", $"{prefix}.self_attn", CommonNames.AttentionBiases);
            }
        }

        int vocabulary = config.Size("vocab_size");
        return new(
            new()
            {
                Width = width,
                Vocabulary = vocabulary,
                Layers = [.. kinds.Select(kind => new LayerDescription([Mixer(kind == LayerKinds.Mamba ? ssd : attention), channels]))],
                FinalNorm = norm,
                Outputs = vocabulary,
                TiedHead = config.Flag("tie_word_embeddings", false),
            },
            names);

        BlockDescription Mixer(MixerDescription mixer) => new() { Name = "mixer", Norm = norm, Mixer = mixer };
    }
}
