using HybridControl.Neural.Backends;
using HybridControl.Neural.Sequences.Channels;
using HybridControl.Neural.Stacks;

namespace HybridControl.Neural.HuggingFace;

/// <summary>Nemotron-H and Nemotron 3: one mixer a layer by the letters of a pattern - M Mamba-2, * attention, - dense layer, E mixture of experts.</summary>
/// <remarks>
/// NVIDIA, arXiv 2504.03624. Source: modeling_nemotron_h.py as it comes with the checkpoints, attention with mask and cache. The gated
/// norm goes by groups, attention has no positions.
/// </remarks>
internal sealed class NemotronHAdapter : IModelAdapter
{
    private static readonly string[] Letters = ["M", "*", "-", "E"];

    public string ModelType => "nemotron_h";

    public AdaptedModel Adapt(ModelConfig config)
    {
        int width = config.Size("hidden_size");
        var norm = new NormDescription(Epsilon: config.Number("layer_norm_epsilon", config.Number("norm_eps", 1e-5)));
        string pattern = Pattern(config);
        MixerDescription?[] parts =
        [
            pattern.Contains('M') ? Mamba(config, norm.Epsilon) : null,
            pattern.Contains('*') ? Attention(config, width) : null,
            pattern.Contains('-') ? Dense(config, "intermediate_size") : null,
            pattern.Contains('E') ? Mixture(config) : null,
        ];
        var names = new TensorNames();
        names.Map("embedding", "backbone.embeddings.weight");
        names.Map("norm.weight", "backbone.norm_f.weight");
        names.Map("head.weight", "lm_head.weight");
        var list = new LayerDescription[pattern.Length];
        for (int i = 0; i < pattern.Length; i++)
        {
            string place = CommonNames.Block(i, "mixer");
            string prefix = CommonNames.Numbered("backbone.layers", i);
            MixerDescription mixer = parts[Array.IndexOf(Letters, pattern[i].ToString())]!;
            names.Map($"{place}.prenorm.weight", $"{prefix}.norm.weight");
            MapMixer(names, place, $"{prefix}.mixer", mixer);
            list[i] = new([new() { Name = "mixer", Norm = norm, Mixer = mixer }]);
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

    private static string Pattern(ModelConfig config)
    {
        string pattern = config.Text("hybrid_override_pattern", "");
        if (pattern.Length == 0 || pattern.Any(letter => !Letters.Contains(letter.ToString())))
        {
            config.Refuse("hybrid_override_pattern", $"'{pattern}' is not a pattern of layers", "Write a letter for each layer: M Mamba-2, * attention, - dense, E mixture of experts.");
            return "M";
        }

        if (config.Has("num_hidden_layers") && config.Few("num_hidden_layers") is var layers && layers != pattern.Length)
        {
            config.Refuse("hybrid_override_pattern", $"it has {pattern.Length} letters; there are {layers} layers", "Write a letter for each layer.");
        }

        return pattern;
    }

    private static SsdDescription Mamba(ModelConfig config, double epsilon)
    {
        (double least, double greatest) = StepLimits.Read(config);
        int heads = config.Size("mamba_num_heads", "mamba_n_heads");
        int headWidth = config.Size("mamba_head_dim", "mamba_d_head");
        int groups = config.Size("n_groups", "mamba_n_groups");
        return new()
        {
            Heads = heads,
            HeadWidth = headWidth,
            Groups = groups,
            StateSize = config.Size("ssm_state_size", "mamba_d_state"),
            Taps = config.Size("conv_kernel", "mamba_d_conv"),
            ConvolutionBias = config.Flag("use_conv_bias", config.Flag("mamba_conv_bias", true)),
            ProjectionBias = config.Flag("use_bias", config.Flag("mamba_proj_bias", false)),
            LeastStep = least,
            GreatestStep = greatest,
            Order = GateOrder.GateThenNorm,
            NormGroupWidth = Math.Max(heads * headWidth / groups, 1),
            Epsilon = epsilon,
        };
    }

    private static AttentionDescription Attention(ModelConfig config, int width)
    {
        int heads = config.Size("num_attention_heads");
        return new()
        {
            Heads = heads,
            KeyHeads = config.Size("num_key_value_heads", "num_attention_heads"),
            HeadWidth = config.Has("head_dim") ? config.Size("head_dim") : config.Has("attention_head_dim") ? config.Size("attention_head_dim") : Math.Max(width / heads, 1),
            Bias = config.Flag("attention_bias", false),
        };
    }

    private static MlpDescription Dense(ModelConfig config, string size) => new()
    {
        Hidden = config.Size(size),
        Activation = config.Function("mlp_hidden_act", "relu2"),
        Bias = config.Flag("mlp_bias", false),
    };

    private static MoeDescription Mixture(ModelConfig config) => new()
    {
        Experts = config.Few("n_routed_experts"),
        Chosen = config.Count("num_experts_per_tok", 2),
        Router = new()
        {
            Kind = RouterKind.Sigmoid,
            Renormalize = config.Flag("norm_topk_prob", true),
            Scale = config.Number("routed_scaling_factor", 1.0),
            Groups = config.Count("n_group", 1),
            ChosenGroups = config.Count("topk_group", 1),
        },
        Expert = Dense(config, "moe_intermediate_size"),
        Shared = Dense(config, "moe_shared_expert_intermediate_size"),
    };

    private static void MapMixer(TensorNames names, string place, string prefix, MixerDescription mixer)
    {
        string[] mlp = [.. CommonNames.Mlp, "up_proj.bias", "down_proj.bias"];
        switch (mixer)
        {
            case SsdDescription:
                names.Map(place, prefix, Mamba2Adapter.MixerNames);
                break;
            case AttentionDescription:
                names.Map(place, prefix, [.. CommonNames.Attention, .. CommonNames.AttentionBiases]);
                break;
            case MoeDescription moe:
                names.Map(place, prefix, "router.weight=gate.weight", "router.bias=gate.e_score_correction_bias");
                names.Map($"{place}.shared", $"{prefix}.shared_experts", mlp);
                for (int e = 0; e < moe.Experts; e++)
                {
                    names.Map(CommonNames.Numbered($"{place}.experts", e), CommonNames.Numbered($"{prefix}.experts", e), mlp);
                }

                break;
            default:
                names.Map(place, prefix, mlp);
                break;
        }
    }
}
