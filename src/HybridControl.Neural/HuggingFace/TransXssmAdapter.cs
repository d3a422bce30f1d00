using HybridControl.Neural.Stacks;

namespace HybridControl.Neural.HuggingFace;

/// <summary>TransXSSM: state space layers and attention with the same rotary positions, learned weights of the residual stream.</summary>
/// <remarks>
/// Wu et al., arXiv 2506.09507. Source: the authors' modeling_transxssm.py. The parameter A is the rate itself; the authors start it at
/// +1, which grows without bound, so a model that was never trained is not usable.
/// </remarks>
internal sealed class TransXssmAdapter : IModelAdapter
{
    private const string Ssd = "ssd";
    private const string Attention = "attn";

    public string ModelType => "TransXSSM";

    public AdaptedModel Adapt(ModelConfig config)
    {
        int width = config.Size("hidden_size");
        int layers = config.Few("num_hidden_layers");
        int heads = config.Size("num_attention_heads");
        int headWidth = Math.Max(width / heads, 1);
        if (config.Flag("hidden_bias", false) || config.Has("rope_scaling"))
        {
            config.Refuse("hidden_bias", "biases and scaled positions are not supported", "");
        }

        var norm = new NormDescription(Epsilon: config.Number("rms_norm_eps", 1e-6));
        var rotary = new RotaryDescription(config.Number("rope_theta", 10000.0));
        var ssd = new SsdDescription
        {
            Heads = heads,
            HeadWidth = headWidth,
            Groups = heads,
            StateSize = headWidth,
            Taps = 0,
            StepBias = false,
            Direct = false,
            RawRates = true,
            Rotary = rotary,
            Gated = false,
        };
        var attention = new AttentionDescription
        {
            Heads = heads,
            KeyHeads = config.Size("num_key_value_heads", "num_attention_heads"),
            HeadWidth = headWidth,
            Rotary = rotary,
        };
        var glu = new GluDescription { Hidden = config.Size("intermediate_size"), Activation = config.Function("hidden_act", "silu") };
        int period = Math.Max(config.Count("attn_layer_period", 8), 1);
        int offset = config.Count("attn_layer_offset", 7);
        IReadOnlyList<string> kinds = LayerKinds.Read(config, layers, ["layers_type"], i => i % period == offset ? Attention : Ssd, Ssd, Attention);

        var names = new TensorNames();
        names.Map("embedding", "model.word_embed.weight");
        names.Map("norm.weight", "model.final_layernorm.weight");
        names.Map("head.weight", "lm_head.weight");
        var list = new LayerDescription[layers];
        for (int i = 0; i < layers; i++)
        {
            string prefix = CommonNames.Numbered("model.layers", i);
            (string mixer, string mlp) = (CommonNames.Block(i, "mixer"), CommonNames.Block(i, "mlp"));
            names.Map($"{mixer}.prenorm.weight", $"{prefix}.pre_sequence_layernorm.weight");
            names.Map($"{mixer}.residual", $"{prefix}.post_sequence_residual.weight");
            names.Map($"{mlp}.prenorm.weight", $"{prefix}.pre_state_layernorm.weight");
            names.Map($"{mlp}.residual", $"{prefix}.post_state_residual.weight");
            names.Map(mlp, $"{prefix}.feed_forward", CommonNames.Glu);
            bool isAttention = kinds[i] == Attention;
            if (isAttention)
            {
                names.Map(mixer, $"{prefix}.attn", CommonNames.Attention);
            }
            else
            {
                MapSsd(names, mixer, $"{prefix}.ssd");
            }

            list[i] = new(
            [
                new() { Name = "mixer", Norm = norm, Mixer = isAttention ? attention : ssd, LearnedResidual = true },
                new() { Name = "mlp", Norm = norm, Mixer = glu, LearnedResidual = true },
            ]);
        }

        int vocabulary = config.Size("vocab_size");
        return new(
            new()
            {
                Width = width,
                Vocabulary = vocabulary,
                Layers = [.. list],
                FinalNorm = norm,
                Outputs = vocabulary,
                TiedHead = config.Flag("tie_word_embeddings", false),
            },
            names);
    }

    private static void MapSsd(TensorNames names, string place, string prefix)
    {
        var steps = new TensorRule($"{prefix}.dt_proj.weight");
        var c = new TensorRule($"{prefix}.c_proj.weight") { Below = steps };
        var b = new TensorRule($"{prefix}.b_proj.weight") { Below = c };
        names.Map($"{place}.in_proj.weight", new TensorRule($"{prefix}.x_proj.weight") { Below = b });
        names.Map(place, prefix, "A", "out_proj.weight");
    }
}
