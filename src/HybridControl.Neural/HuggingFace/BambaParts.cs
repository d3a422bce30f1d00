using System.Globalization;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Stacks;

namespace HybridControl.Neural.HuggingFace;

/// <summary>Parts that Bamba and its relatives spell alike: keys of the configuration and names of tensors.</summary>
internal static class BambaParts
{
    /// <summary>A Mamba-2 mixer.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="channels">Its channels.</param>
    public static SsdDescription Ssd(ModelConfig config, int channels)
    {
        int heads = config.Size("mamba_n_heads");
        int groups = config.Count("mamba_n_groups", 1);
        int headWidth = channels / heads;
        if (config.Has("mamba_d_head") && !config.IsText("mamba_d_head"))
        {
            headWidth = config.Size("mamba_d_head");
        }

        if (heads * headWidth != channels)
        {
            config.Refuse("mamba_n_heads", $"{heads} heads of {headWidth} do not make {channels} channels", "");
        }

        config.CheckMultiple("mamba_n_heads", heads, Math.Max(groups, 1), "mamba_n_groups");
        return new()
        {
            Heads = heads,
            HeadWidth = headWidth,
            Groups = groups,
            StateSize = config.Size("mamba_d_state"),
            Taps = config.Count("mamba_d_conv", 4),
            ConvolutionBias = config.Flag("mamba_conv_bias", true),
            ProjectionBias = config.Flag("mamba_proj_bias", false),
            Epsilon = Epsilon(config),
        };
    }

    /// <summary>Attention with rotary positions.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="turning">Part of a head that turns if the configuration does not say it.</param>
    public static AttentionDescription Attention(ModelConfig config, double turning)
    {
        int width = config.Size("hidden_size");
        int heads = config.Size("num_attention_heads");
        int keyHeads = config.Count("num_key_value_heads", heads);
        config.CheckMultiple("num_attention_heads", heads, Math.Max(keyHeads, 1), "num_key_value_heads");
        int headWidth = config.Has("head_dim") ? config.Size("head_dim") : Math.Max(width / heads, 1);
        return new()
        {
            Heads = heads,
            KeyHeads = keyHeads,
            HeadWidth = headWidth,
            Bias = config.Flag("attention_bias", false),
            Rotary = Rotary(config, headWidth, turning),
        };
    }

    /// <summary>The gated channel mixer.</summary>
    public static GluDescription Glu(ModelConfig config)
    {
        config.ExpectSilu();
        return new() { Hidden = config.Size("intermediate_size"), Bias = config.Flag("mlp_bias", false) };
    }

    /// <summary>Epsilon of all norms.</summary>
    public static double Epsilon(ModelConfig config) => config.Number("rms_norm_eps", 1e-5);

    /// <summary>Rotary positions.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="headWidth">Entries of a head.</param>
    /// <param name="turning">Part of them that turns if the configuration does not say it.</param>
    public static RotaryDescription Rotary(ModelConfig config, int headWidth, double turning = 1.0)
    {
        if (config.RotaryRule != "default")
        {
            config.Refuse("rope_scaling", $"unknown rule '{config.RotaryRule}'", "Known is default.");
        }

        int width = (int)(headWidth * config.Number("partial_rotary_factor", turning));
        if (width < 2 || width > headWidth || width % 2 != 0)
        {
            config.Refuse("partial_rotary_factor", $"{width} of the {headWidth} entries of a head would turn; they turn in pairs", "");
            width = 0;
        }

        return new(config.Number("rope_theta", 10000.0), width);
    }

    /// <summary>Enters the tensors outside the layers.</summary>
    public static void MapEnds(TensorNames names)
    {
        names.Map("embedding", "model.embed_tokens.weight");
        names.Map("norm.weight", "model.final_layernorm.weight");
        names.Map("head.weight", "lm_head.weight");
    }

    /// <summary>The name of a layer here and there.</summary>
    public static (string Place, string Prefix) LayerAt(int number) =>
        (string.Create(CultureInfo.InvariantCulture, $"layers.{number}"), string.Create(CultureInfo.InvariantCulture, $"model.layers.{number}"));
}
