using HybridControl.Neural.Backends;
using HybridControl.Neural.Sequences.Channels;
using HybridControl.Neural.Stacks;

namespace HybridControl.Neural.HuggingFace;

/// <summary>Granite 4.0-H: Mamba-2 and some attention, each followed by a mixture of experts beside a shared layer; four multipliers.</summary>
/// <remarks>Source: modeling_granitemoehybrid.py of transformers 4.56, whose gated norm spans all groups. Without experts the shared layer stands alone.</remarks>
internal sealed class GraniteMoeHybridAdapter : IModelAdapter
{
    public string ModelType => "granitemoehybrid";

    public AdaptedModel Adapt(ModelConfig config)
    {
        int width = config.Size("hidden_size");
        int layers = config.Few("num_hidden_layers");
        var norm = new NormDescription(Epsilon: config.Number("rms_norm_eps", 1e-6));
        double residual = config.Number("residual_multiplier", 1.0);
        IReadOnlyList<string> kinds = LayerKinds.Read(
            config, layers, ["layer_types", "layers_block_type"], _ => LayerKinds.Mamba, LayerKinds.Mamba, LayerKinds.Attention);
        AttentionDescription attention = Attention(config, width);
        SsdDescription mamba = Mamba(config, width, norm.Epsilon);
        var shared = new GluDescription { Hidden = config.Size("shared_intermediate_size"), Activation = config.Function("hidden_act", "silu") };
        MoeDescription? moe = config.Few("num_local_experts", 8) is > 0 and var experts ? new()
        {
            Experts = experts,
            Chosen = config.Count("num_experts_per_tok", 2),
            Router = new() { Kind = RouterKind.SoftmaxChosen },
            Expert = shared with { Hidden = config.Size("intermediate_size") },
            Shared = shared,
        } : null;

        var names = new TensorNames();
        names.Map("embedding", "model.embed_tokens.weight");
        names.Map("norm.weight", "model.norm.weight");
        names.Map("head.weight", "lm_head.weight");
        var list = new LayerDescription[layers];
        for (int i = 0; i < layers; i++)
        {
            string prefix = CommonNames.Numbered("model.layers", i);
            (string mixer, string mlp) = (CommonNames.Block(i, "mixer"), CommonNames.Block(i, "mlp"));
            bool isAttention = kinds[i] == LayerKinds.Attention;
            names.Map($"{mixer}.prenorm.weight", $"{prefix}.input_layernorm.weight");
            names.Map($"{mlp}.prenorm.weight", $"{prefix}.post_attention_layernorm.weight");
            names.Map(mixer, isAttention ? $"{prefix}.self_attn" : $"{prefix}.mamba", isAttention ? [.. CommonNames.Attention, .. CommonNames.AttentionBiases] : Mamba2Adapter.MixerNames);
            MapShared(names, moe is null ? mlp : $"{mlp}.shared", $"{prefix}.shared_mlp", width, shared.Hidden);
            if (moe is not null)
            {
                MapExperts(names, mlp, $"{prefix}.block_sparse_moe", moe, width);
            }

            list[i] = new(
            [
                new() { Name = "mixer", Norm = norm, Mixer = isAttention ? attention : mamba, Scale = residual },
                new() { Name = "mlp", Norm = norm, Mixer = moe is null ? shared : moe, Scale = residual },
            ]);
        }

        int vocabulary = config.Size("vocab_size");
        return new(
            new()
            {
                Width = width,
                Vocabulary = vocabulary,
                EncoderScale = config.Number("embedding_multiplier", 1.0),
                Layers = [.. list],
                FinalNorm = norm,
                Outputs = vocabulary,
                TiedHead = config.Flag("tie_word_embeddings", false),
                HeadScale = 1.0 / config.Number("logits_scaling", 1.0),
            },
            names);
    }

    private static AttentionDescription Attention(ModelConfig config, int width)
    {
        int heads = config.Size("num_attention_heads");
        string positions = config.Text("position_embedding_type", "nope");
        if (positions is not ("rope" or "nope"))
        {
            config.Refuse("position_embedding_type", $"unknown positions '{positions}'", "Known are rope, nope.");
        }

        return new()
        {
            Heads = heads,
            KeyHeads = config.Size("num_key_value_heads", "num_attention_heads"),
            HeadWidth = Math.Max(width / heads, 1),
            Scale = config.Number("attention_multiplier", 1.0),
            Rotary = positions == "rope" ? new(config.Number("rope_theta", 10000.0)) : null,
            Bias = config.Flag("attention_bias", false),
        };
    }

    private static SsdDescription Mamba(ModelConfig config, int width, double epsilon)
    {
        int heads = config.Count("mamba_n_heads", 128);
        return new()
        {
            Heads = heads,
            HeadWidth = config.Has("mamba_d_head") && !config.IsText("mamba_d_head")
                ? config.Size("mamba_d_head")
                : Math.Max(config.Count("mamba_expand", 2) * width / Math.Max(heads, 1), 1),
            Groups = config.Count("mamba_n_groups", 1),
            StateSize = config.Count("mamba_d_state", 256),
            Taps = config.Count("mamba_d_conv", 4),
            ConvolutionBias = config.Flag("mamba_conv_bias", true),
            ProjectionBias = config.Flag("mamba_proj_bias", false),
            Order = GateOrder.GateThenNorm,
            Epsilon = epsilon,
        };
    }

    private static void MapShared(TensorNames names, string place, string prefix, int width, int hidden)
    {
        var fused = new FusedExperts($"{prefix}.input_linear.weight", $"{prefix}.output_linear.weight", width, hidden);
        Map(names, place, fused, 0);
    }

    private static void MapExperts(TensorNames names, string place, string prefix, MoeDescription moe, int width)
    {
        names.Map($"{place}.router.weight", $"{prefix}.router.layer.weight");
        var fused = new FusedExperts($"{prefix}.input_linear.weight", $"{prefix}.output_linear.weight", width, ((GluDescription)moe.Expert).Hidden);
        for (int e = 0; e < moe.Experts; e++)
        {
            Map(names, CommonNames.Numbered($"{place}.experts", e), fused, e);
        }
    }

    private static void Map(TensorNames names, string place, FusedExperts fused, int expert)
    {
        names.Map($"{place}.gate_proj.weight", fused.Gate(expert));
        names.Map($"{place}.up_proj.weight", fused.Up(expert));
        names.Map($"{place}.down_proj.weight", fused.Down(expert));
    }
}
