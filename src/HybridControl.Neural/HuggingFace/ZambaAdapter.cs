using System.Globalization;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Stacks;

namespace HybridControl.Neural.HuggingFace;

/// <summary>Zamba: Mamba in heads, one shared transformer block. Source: modeling_zamba.py of transformers 4.56.</summary>
/// <remarks>Rows of <c>in_proj</c> are inputs and gates in turn.</remarks>
internal sealed class ZambaAdapter : IModelAdapter
{
    private const string Block = "shared.0";

    public string ModelType => "zamba";

    public AdaptedModel Adapt(ModelConfig config)
    {
        int width = config.Size("hidden_size");
        int layers = config.Few("num_hidden_layers");
        (int period, int offset) = (Math.Max(config.Count("attn_layer_period", 6), 1), config.Count("attn_layer_offset", 4));

        // The third layer is the first that listens; from the fourth on they do so in turn.
        IReadOnlyList<string> kinds = LayerKinds.Read(
            config,
            layers,
            ["layers_block_type"],
            i => i == 2 || (i > 2 && (i - 3) % period == offset) ? ZambaParts.Hybrid : LayerKinds.Mamba,
            LayerKinds.Mamba,
            ZambaParts.Hybrid);
        if (config.Function("hidden_mamba_act", "silu") != Activation.Silu)
        {
            config.Refuse("hidden_mamba_act", "the state space layers know silu only", "");
        }

        var mixer = new MambaDescription
        {
            Channels = config.Count("mamba_expand", 2) * width,
            StateSize = config.Size("mamba_d_state"),
            Taps = config.Count("mamba_d_conv", 4),
            StepRank = config.IsText("mamba_dt_rank") ? (width + 15) / 16 : config.Size("mamba_dt_rank"),
            Heads = config.Size("n_mamba_heads"),
            ConvolutionBias = config.Flag("mamba_conv_bias", true),
            ProjectionBias = config.Flag("mamba_proj_bias", false),
        };
        config.CheckMultiple("mamba_expand", mixer.Channels, mixer.Heads, "n_mamba_heads");
        var side = new SharedTransformerDescription
        {
            Block = Block,
            Attention = ZambaParts.Attention(config),
            Channels = new() { Hidden = config.Size("intermediate_size"), Activation = config.Function("hidden_act", "gelu") },
            Norm = new(Epsilon: BambaParts.Epsilon(config)),
        };
        var names = new TensorNames();
        BambaParts.MapEnds(names);
        bool mapped = false;
        for (int i = 0; i < layers; i++)
        {
            (string place, string prefix) = BambaParts.LayerAt(i);
            bool listens = kinds[i] == ZambaParts.Hybrid;
            if (listens && !mapped)
            {
                ZambaParts.MapBlock(names, Block, $"{prefix}.shared_transf");
                names.Map($"{Block}.channels", $"{prefix}.shared_transf.feed_forward", CommonNames.Glu);
                mapped = true;
            }

            MapMixer(names, $"{place}.mixer", ZambaParts.MapLayer(names, place, prefix, listens), mixer);
        }

        return new(ZambaParts.Stack(config, mixer, [.. kinds.Select(kind => kind == ZambaParts.Hybrid ? side : null)]), names);
    }

    private static void MapMixer(TensorNames names, string place, string prefix, MambaDescription mixer)
    {
        (int heads, int width) = (mixer.Heads, mixer.Channels / mixer.Heads);
        names.Map($"{place}.in_proj.weight", new TensorRule($"{prefix}.in_proj.weight") { Interleaved = 2 });
        names.Map($"{place}.in_proj.bias", new TensorRule($"{prefix}.in_proj.bias") { Columns = 1, Interleaved = 2, AsRow = true });
        names.Map(place, prefix, "conv1d.weight", "conv1d.bias", "out_proj.weight", "out_proj.bias");
        names.Map($"{place}.A_log", new TensorRule($"{prefix}.A_log") { Columns = mixer.StateSize });
        names.Map($"{place}.D", new TensorRule($"{prefix}.D") { Columns = mixer.Channels });
        names.Map($"{place}.dt_proj.bias", new TensorRule($"{prefix}.dt_proj_bias") { Columns = mixer.Channels });
        for (int h = 0; h < heads; h++)
        {
            string head = heads == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $".{h}");
            MapHead($"x_proj{head}.weight", "x_proj_weight", mixer.StepRank + (2 * mixer.StateSize), width);
            MapHead($"dt_proj{head}.weight", "dt_proj_weight", width, mixer.StepRank);

            void MapHead(string here, string there, int rows, int columns) =>
                names.Map($"{place}.{here}", new TensorRule($"{prefix}.{there}") { Columns = columns, FirstRow = h * rows, RowCount = rows });
        }
    }
}
