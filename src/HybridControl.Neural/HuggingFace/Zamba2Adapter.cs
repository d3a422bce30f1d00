using System.Globalization;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;

namespace HybridControl.Neural.HuggingFace;

/// <summary>Zamba2: Mamba-2, some shared transformer blocks in turn, adapters of each place. Source: modeling_zamba2.py of transformers 4.56.</summary>
/// <remarks>
/// Tensors of a shared block, and the adapters of all its places, are stored under the first layer that uses it. Steps are at least
/// <c>time_step_min</c>, as in the published code without kernels, unless <c>time_step_limit</c> says otherwise.
/// </remarks>
internal sealed class Zamba2Adapter : IModelAdapter
{
    private const double NormEpsilon = 1e-5;

    // How much longer the context is that use_long_context stretches rotary positions for.
    private const double LongContext = 8.0;

    public string ModelType => "zamba2";

    public AdaptedModel Adapt(ModelConfig config)
    {
        int layers = config.Few("num_hidden_layers");
        IReadOnlySet<int>? hybrids = LayerNumbers.Read(config, "hybrid_layer_ids", layers);
        if (hybrids is null && !config.Has("layers_block_type"))
        {
            config.Refuse("layers_block_type", "it is missing", "A list of mamba and hybrid is expected, one for each layer.");
        }

        IReadOnlyList<string> kinds = LayerKinds.Read(
            config, layers, ["layers_block_type"], i => hybrids?.Contains(i) == true ? ZambaParts.Hybrid : LayerKinds.Mamba, LayerKinds.Mamba, ZambaParts.Hybrid);
        SsdDescription mixer = Mixer(config);
        SharedTransformerDescription shared = Shared(config);
        int blocks = config.Count("num_mem_blocks", 1);
        if (blocks < 1)
        {
            config.Refuse("num_mem_blocks", "there is no shared block", "");
            blocks = 1;
        }

        var sides = new MixerDescription?[layers];
        var homes = new List<string>();
        var names = new TensorNames();
        BambaParts.MapEnds(names);
        int uses = 0;
        for (int i = 0; i < layers; i++)
        {
            (string place, string prefix) = BambaParts.LayerAt(i);
            bool listens = kinds[i] == ZambaParts.Hybrid;
            names.Map($"{place}.mixer", ZambaParts.MapLayer(names, place, prefix, listens), Mamba2Adapter.MixerNames);
            if (listens)
            {
                string block = string.Create(CultureInfo.InvariantCulture, $"shared.{uses % blocks}");
                if (uses < blocks)
                {
                    homes.Add($"{prefix}.shared_transformer");
                    MapBlock(names, block, homes[uses], shared);
                }

                MapAdapters(names, block, homes[uses % blocks], uses, shared);
                sides[i] = shared with { Block = block, Adapter = uses };
                uses++;
            }
        }

        return new(ZambaParts.Stack(config, mixer, sides), names);
    }

    private static SsdDescription Mixer(ModelConfig config)
    {
        int channels = config.Count("mamba_expand", 2) * config.Size("hidden_size");
        int heads = config.Size("n_mamba_heads");
        int groups = config.Count("mamba_ngroups", 1);
        config.CheckMultiple("mamba_expand", channels, heads, "n_mamba_heads");
        config.CheckMultiple("n_mamba_heads", heads, Math.Max(groups, 1), "mamba_ngroups");
        (double least, double greatest) = config.Has("time_step_limit") ? StepLimits.Read(config) : (config.Number("time_step_min", 1e-3), 0.0);
        return new()
        {
            Heads = heads,
            HeadWidth = channels / heads,
            Groups = groups,
            StateSize = config.Size("mamba_d_state"),
            Taps = config.Count("mamba_d_conv", 4),
            ConvolutionBias = config.Flag("use_conv_bias", true),
            ProjectionBias = config.Flag("add_bias_linear", false),
            LeastStep = least,
            GreatestStep = greatest,
            NormGroupWidth = channels / Math.Max(groups, 1),
            Epsilon = NormEpsilon,
        };
    }

    private static SharedTransformerDescription Shared(ModelConfig config)
    {
        AttentionDescription attention = ZambaParts.Attention(config);
        if (config.Flag("use_mem_rope", false))
        {
            RotaryDescription rotary = BambaParts.Rotary(config, attention.HeadWidth);
            attention = attention with
            {
                Rotary = config.Flag("use_long_context", false)
                    ? rotary with { Theta = RotaryAngles.Stretch(rotary.Theta, LongContext, attention.HeadWidth) }
                    : rotary,
            };
        }

        return new()
        {
            Block = "",
            Attention = attention,
            Channels = new()
            {
                Hidden = config.Size("intermediate_size"),
                Activation = config.Function("hidden_act", "gelu"),
                Bias = config.Flag("add_bias_linear", false),
            },
            Norm = new(Epsilon: BambaParts.Epsilon(config)),
            AdapterRank = config.Size("adapter_rank"),
            AttentionAdapters = config.Flag("use_shared_attention_adapter", false),
        };
    }

    private static void MapBlock(TensorNames names, string block, string prefix, SharedTransformerDescription shared)
    {
        ZambaParts.MapBlock(names, block, prefix);
        names.Map($"{block}.channels", $"{prefix}.feed_forward", "down_proj.weight", "down_proj.bias");
        MapHalves(names, $"{block}.channels", "gate_proj.weight", "up_proj.weight", $"{prefix}.feed_forward.gate_up_proj.weight", shared, bias: false);
        MapHalves(names, $"{block}.channels", "gate_proj.bias", "up_proj.bias", $"{prefix}.feed_forward.gate_up_proj.bias", shared, bias: true);
    }

    private static void MapAdapters(TensorNames names, string block, string prefix, int use, SharedTransformerDescription shared)
    {
        string adapter = string.Create(CultureInfo.InvariantCulture, $"{block}.channels.adapter.{use}");
        string list = string.Create(CultureInfo.InvariantCulture, $"{prefix}.feed_forward.gate_up_proj_adapter_list.{use}");
        names.Map($"{adapter}.down.weight", $"{list}.0.weight");
        MapHalves(names, adapter, "gate.weight", "up.weight", $"{list}.1.weight", shared, bias: false);
        foreach (char map in "qkv")
        {
            string here = string.Create(CultureInfo.InvariantCulture, $"{block}.attention.{map}_adapter.{use}");
            string there = string.Create(CultureInfo.InvariantCulture, $"{prefix}.self_attn.linear_{map}_adapter_list.{use}");
            names.Map(here, there, "down.weight=0.weight", "up.weight=1.weight");
        }
    }

    /// <summary>The first half of the rows makes gates, the second what they gate.</summary>
    private static void MapHalves(TensorNames names, string place, string gate, string up, string tensor, SharedTransformerDescription shared, bool bias)
    {
        int hidden = shared.Channels.Hidden;
        TensorRule first = new(tensor) { RowCount = hidden, Columns = bias ? 1 : 0, AsRow = bias };
        names.Map($"{place}.{gate}", first);
        names.Map($"{place}.{up}", first with { FirstRow = hidden });
    }
}
