using HybridControl.Neural.Backends;
using HybridControl.Neural.Sequences.Channels;
using HybridControl.Neural.Stacks;

namespace HybridControl.Neural.HuggingFace;

/// <summary>Jamba: Mamba with norms on steps, B and C, some attention without positions, every other layer a mixture of experts.</summary>
/// <remarks>
/// Lieber et al., arXiv 2403.19887. Source: modeling_jamba.py of transformers 4.56. Experts stand apart (<c>experts.e.gate_proj</c>) or, as
/// version 5 holds them in memory, in two tensors (<c>experts.gate_up_proj</c>, <c>experts.down_proj</c>).
/// </remarks>
internal sealed class JambaAdapter : IModelAdapter
{
    private static readonly string[] MambaNames =
    [
        "in_proj.weight", "in_proj.bias", "conv1d.weight", "conv1d.bias", "x_proj.weight", "dt_proj.weight", "dt_proj.bias", "A_log", "D",
        "out_proj.weight", "out_proj.bias", "dt_norm.weight=dt_layernorm.weight", "b_norm.weight=b_layernorm.weight",
        "c_norm.weight=c_layernorm.weight",
    ];

    public string ModelType => "jamba";

    public AdaptedModel Adapt(ModelConfig config)
    {
        int width = config.Size("hidden_size");
        int layers = config.Few("num_hidden_layers");
        int hidden = config.Size("intermediate_size");
        var norm = new NormDescription(Epsilon: config.Number("rms_norm_eps", 1e-6));
        IReadOnlyList<string> kinds = LayerKinds.Read(
            config, layers, ["layers_block_type"], i => IsAt(config, i, "attn_layer", 8, 4) ? LayerKinds.Attention : LayerKinds.Mamba, LayerKinds.Mamba, LayerKinds.Attention);
        var glu = new GluDescription { Hidden = hidden, Activation = config.Function("hidden_act", "silu") };
        MoeDescription? moe = config.Few("num_experts", 16) is > 1 and var experts ? new()
        {
            Experts = experts,
            Chosen = config.Count("num_experts_per_tok", 2),
            Router = new() { Kind = RouterKind.SoftmaxAll },
            Expert = glu,
        } : null;
        MambaDescription mamba = Mamba(config, width, norm.Epsilon);
        var attention = new AttentionDescription
        {
            Heads = config.Size("num_attention_heads"),
            KeyHeads = config.Size("num_key_value_heads", "num_attention_heads"),
            HeadWidth = Math.Max(width / config.Size("num_attention_heads"), 1),
        };

        var names = new TensorNames();
        names.Map("embedding", "model.embed_tokens.weight");
        names.Map("norm.weight", "model.final_layernorm.weight");
        names.Map("head.weight", "lm_head.weight");
        var list = new LayerDescription[layers];
        for (int i = 0; i < layers; i++)
        {
            string prefix = CommonNames.Numbered("model.layers", i);
            (string mixer, string mlp) = (CommonNames.Block(i, "mixer"), CommonNames.Block(i, "mlp"));
            bool isAttention = kinds[i] == LayerKinds.Attention;
            bool isMixture = moe is not null && IsAt(config, i, "expert_layer", 2, 1);
            names.Map($"{mixer}.prenorm.weight", $"{prefix}.input_layernorm.weight");
            names.Map($"{mlp}.prenorm.weight", $"{prefix}.pre_ff_layernorm.weight");
            names.Map(mixer, isAttention ? $"{prefix}.self_attn" : $"{prefix}.mamba", isAttention ? CommonNames.Attention : MambaNames);
            if (isMixture)
            {
                MapExperts(names, mlp, $"{prefix}.feed_forward", moe!.Experts, width, hidden);
            }
            else
            {
                names.Map(mlp, $"{prefix}.feed_forward", CommonNames.Glu);
            }

            list[i] = new(
            [
                new() { Name = "mixer", Norm = norm, Mixer = isAttention ? attention : mamba },
                new() { Name = "mlp", Norm = norm, Mixer = isMixture ? moe! : glu },
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

    private static bool IsAt(ModelConfig config, int layer, string key, int period, int offset) =>
        layer % Math.Max(config.Count($"{key}_period", period), 1) == config.Count($"{key}_offset", offset);

    private static MambaDescription Mamba(ModelConfig config, int width, double epsilon) => new()
    {
        Channels = config.Count("mamba_expand", 2) * width,
        StateSize = config.Count("mamba_d_state", 16),
        Taps = config.Count("mamba_d_conv", 4),
        StepRank = config.IsText("mamba_dt_rank") || !config.Has("mamba_dt_rank") ? (width + 15) / 16 : config.Size("mamba_dt_rank"),
        ConvolutionBias = config.Flag("mamba_conv_bias", true),
        ProjectionBias = config.Flag("mamba_proj_bias", false),
        InnerNorm = epsilon,
    };

    private static void MapExperts(TensorNames names, string place, string prefix, int experts, int width, int hidden)
    {
        names.Map($"{place}.router.weight", $"{prefix}.router.weight");
        for (int e = 0; e < experts; e++)
        {
            string here = CommonNames.Numbered($"{place}.experts", e);
            string there = CommonNames.Numbered($"{prefix}.experts", e);
            FusedExperts fused = new($"{prefix}.experts.gate_up_proj", $"{prefix}.experts.down_proj", width, hidden);
            names.Map($"{here}.gate_proj.weight", new TensorRule($"{there}.gate_proj.weight") { Otherwise = fused.Gate(e) });
            names.Map($"{here}.up_proj.weight", new TensorRule($"{there}.up_proj.weight") { Otherwise = fused.Up(e) });
            names.Map($"{here}.down_proj.weight", new TensorRule($"{there}.down_proj.weight") { Otherwise = fused.Down(e) });
        }
    }
}
