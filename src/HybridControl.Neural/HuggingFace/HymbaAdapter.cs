using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;

namespace HybridControl.Neural.HuggingFace;

/// <summary>Hymba: attention and Mamba side by side in every layer, learned first tokens, windows, keys shared between layers.</summary>
/// <remarks>
/// Dong et al., arXiv 2411.13676. Source: modeling_hymba.py as it comes with Hymba-1.5B, by the mask of its prefill: a window of W sees W
/// earlier tokens and all learned ones. Its cached decoding sees one fewer and is not followed.
/// </remarks>
internal sealed class HymbaAdapter : IModelAdapter
{
    private static readonly string[] MixerNames =
    [
        "in_proj.weight", "conv1d.weight", "conv1d.bias", "x_proj.weight=x_proj.0.weight", "dt_proj.weight=dt_proj.0.weight",
        "dt_proj.bias=dt_proj.0.bias", "A_log=A_log.0", "D=D.0", "dt_norm.weight=dt_layernorm.weight", "b_norm.weight=B_layernorm.weight",
        "c_norm.weight=C_layernorm.weight", "attention_norm.weight=pre_avg_layernorm1.weight", "scan_norm.weight=pre_avg_layernorm2.weight",
        "out_proj.weight",
    ];

    public string ModelType => "hymba";

    public AdaptedModel Adapt(ModelConfig config)
    {
        RefuseOtherKinds(config);
        int width = config.Size("hidden_size");
        int layers = config.Few("num_hidden_layers");
        int meta = config.Count("num_memory_tokens", 0);
        var norm = new NormDescription(Epsilon: config.Number("rms_norm_eps", 1e-6));
        MambaDescription scan = Scan(config, width, norm.Epsilon);
        AttentionDescription attention = Attention(config, width, scan.Channels, meta);
        int?[] producers = Producers(config, layers);
        IReadOnlyList<double> global = config.Numbers("global_attn_idx") ?? [];
        var glu = new GluDescription { Hidden = config.Size("intermediate_size"), Activation = config.Function("mlp_hidden_act", config.Text("hidden_act", "silu")) };

        var names = new TensorNames();
        names.Map("embedding", "model.embed_tokens.weight");
        names.Map("meta", "model.memory_tokens");
        names.Map("norm.weight", "model.final_layernorm.weight");
        names.Map("head.weight", "lm_head.weight");
        var list = new LayerDescription[layers];
        for (int i = 0; i < layers; i++)
        {
            string prefix = CommonNames.Numbered("model.layers", i);
            (string mixer, string mlp) = (CommonNames.Block(i, "mixer"), CommonNames.Block(i, "mlp"));
            names.Map($"{mixer}.prenorm.weight", $"{prefix}.input_layernorm.weight");
            names.Map($"{mlp}.prenorm.weight", $"{prefix}.pre_moe_layernorm.weight");
            names.Map(mixer, $"{prefix}.mamba", MixerNames);
            names.Map(mlp, $"{prefix}.moe.experts.0", CommonNames.Glu);
            bool seesAll = global.Contains(i);
            AttentionDescription here = attention with
            {
                Window = seesAll ? 0 : attention.Window,
                Sinks = seesAll ? 0 : attention.Sinks,
                KeysOf = producers[i] is { } producer ? CommonNames.Block(producer, "mixer") : null,
            };
            list[i] = new(
            [
                new() { Name = "mixer", Norm = norm, Mixer = new ParallelHeadsDescription { Attention = here, Scan = scan, Epsilon = norm.Epsilon } },
                new() { Name = "mlp", Norm = norm, Mixer = glu },
            ]);
        }

        int vocabulary = config.Size("vocab_size");
        return new(
            new()
            {
                Width = width,
                Vocabulary = vocabulary,
                MetaTokens = meta,
                Layers = [.. list],
                FinalNorm = norm,
                Outputs = vocabulary,
                TiedHead = config.Flag("tie_word_embeddings", false),
            },
            names);
    }

    /// <summary>The published code has variants that no released model uses.</summary>
    private static void RefuseOtherKinds(ModelConfig config)
    {
        foreach ((string key, int usual) in new[] { ("num_experts", 1), ("num_mamba", 1) })
        {
            if (config.Count(key, usual) != usual)
            {
                config.Refuse(key, $"{config.Count(key, usual)} is not supported", $"Only {usual} is.");
            }
        }

        foreach (string key in new[] { "attn_hidden_size", "kq_head_dim", "kv_reuse_every_i_layer" })
        {
            if (config.Number(key, -1.0) > 0.0)
            {
                config.Refuse(key, "only the usual value -1 is supported", "");
            }
        }

        if (config.Text("kq_norm", "none") != "none" || config.Flag("kv_weight_reuse", false) || config.Count("memory_tokens_interspersed_every", 0) > 0)
        {
            config.Refuse("kq_norm", "norms on keys, reused weights and memory tokens between others are not supported", "");
        }

        if (config.Texts("layer_type")?.Any(kind => kind != "h") == true)
        {
            config.Refuse("layer_type", "only layers of both kinds of heads, 'h', are supported", "");
        }
    }

    private static MambaDescription Scan(ModelConfig config, int width, double epsilon) => new()
    {
        Channels = config.Count("mamba_expand", 2) * width,
        StateSize = config.Count("mamba_d_state", 16),
        Taps = config.Count("mamba_d_conv", 4),
        StepRank = config.IsText("mamba_dt_rank") || !config.Has("mamba_dt_rank") ? (width + 15) / 16 : config.Size("mamba_dt_rank"),
        ConvolutionBias = config.Flag("mamba_conv_bias", true),
        ProjectionBias = config.Flag("mamba_proj_bias", false),
        InnerNorm = config.Flag("mamba_inner_layernorms", true) ? epsilon : null,
    };

    private static AttentionDescription Attention(ModelConfig config, int width, int channels, int meta)
    {
        int heads = config.Size("num_attention_heads");
        int headWidth = Math.Max(width / heads, 1);
        int window = config.Count("sliding_window", 0);
        double theta = config.Number("rope_theta", 10000.0);
        switch (config.Text("rope_type", "default"))
        {
            case "ntk":
                double longer = config.Number("max_position_embeddings", 8192) / Math.Max(config.Number("orig_max_position_embeddings", 2048), 1);
                theta = RotaryAngles.Stretch(theta, (2.0 * longer) - 1.0, headWidth);
                break;
            case "default":
                break;
            default:
                config.Refuse("rope_type", $"unknown kind of rotary positions '{config.Text("rope_type", "")}'", "Known are ntk, default.");
                break;
        }

        return new()
        {
            Heads = heads,
            KeyHeads = config.Size("num_key_value_heads", "num_attention_heads"),
            HeadWidth = headWidth,
            ValueWidth = channels / heads,
            Rotary = config.Flag("rope", true) ? new(theta) : null,
            Window = window,
            Sinks = window > 0 ? meta : 0,
        };
    }

    /// <summary>For each layer the one whose keys it uses; null for its own.</summary>
    private static int?[] Producers(ModelConfig config, int layers)
    {
        var producers = new int?[layers];
        foreach (IReadOnlyList<double> group in config.NumberLists("kv_reuse_group") ?? [])
        {
            for (int i = 1; i < group.Count; i++)
            {
                if (!(group[i] > group[0]) || !(group[i] < layers) || !(group[0] >= 0.0))
                {
                    config.Refuse("kv_reuse_group", $"layer {group[i]} cannot use the keys of layer {group[0]}", "Groups list layers in order; the first makes the keys.");
                    continue;
                }

                producers[(int)group[i]] = (int)group[0];
            }
        }

        return producers;
    }
}
