using HybridControl.Neural.Backends;
using HybridControl.Neural.Stacks;

namespace HybridControl.Neural.HuggingFace;

/// <summary>Falcon-H1: attention and Mamba-2 side by side in every layer. Source: modeling_falcon_h1.py of transformers 4.56.</summary>
/// <remarks>
/// All factors of the configuration act on linear maps, so they are multiplied into the weights as these are read: what enters a map
/// and what leaves it scale its rows, biases take the factors of what leaves alone.
/// </remarks>
internal sealed class FalconH1Adapter : IModelAdapter
{
    public string ModelType => "falcon_h1";

    public AdaptedModel Adapt(ModelConfig config)
    {
        int width = config.Size("hidden_size");
        int layers = config.Few("num_hidden_layers");
        int channels = config.Has("mamba_d_ssm") ? config.Size("mamba_d_ssm") : config.Count("mamba_expand", 2) * width;
        var norm = new NormDescription(Epsilon: BambaParts.Epsilon(config));
        bool hasNorm = config.Flag("mamba_rms_norm", false);
        SsdDescription ssd = BambaParts.Ssd(config, channels);
        ssd = ssd with
        {
            Order = !hasNorm ? GateOrder.None : config.Flag("mamba_norm_before_gate", true) ? GateOrder.NormThenGate : GateOrder.GateThenNorm,
            NormGroupWidth = ssd.Heads * ssd.HeadWidth / Math.Max(ssd.Groups, 1),
        };
        if (config.Flag("projectors_bias", false) != ssd.ProjectionBias)
        {
            config.Refuse("projectors_bias", "it differs from mamba_proj_bias", "Both projections of the state space layers have a bias, or none has.");
        }

        var layer = new LayerDescription(
        [
            new()
            {
                Name = "mixer",
                Norm = norm,
                Mixer = new ParallelDescription([new("ssd", ssd), new("attention", BambaParts.Attention(config, 1.0))]),
            },
            new() { Name = "channels", Norm = norm, Mixer = BambaParts.Glu(config) },
        ]);
        var names = new TensorNames();
        BambaParts.MapEnds(names);
        var factors = new Factors(config, ssd);
        for (int i = 0; i < layers; i++)
        {
            (string place, string prefix) = BambaParts.LayerAt(i);
            names.Map($"{place}.mixer.prenorm.weight", $"{prefix}.input_layernorm.weight");
            names.Map($"{place}.channels.prenorm.weight", $"{prefix}.pre_ff_layernorm.weight");
            names.Map($"{place}.mixer.ssd", $"{prefix}.mamba", "conv1d.weight", "conv1d.bias", "dt_bias", "A_log", "D", "norm.weight");
            factors.Map(names, place, prefix);
        }

        int vocabulary = config.Size("vocab_size");
        return new(
            new()
            {
                Width = width,
                Vocabulary = vocabulary,
                EncoderScale = config.Number("embedding_multiplier", 1.0),
                Layers = [.. Enumerable.Repeat(layer, layers)],
                FinalNorm = norm,
                Outputs = vocabulary,
                TiedHead = config.Flag("tie_word_embeddings", false),
                HeadScale = config.Number("lm_head_multiplier", 1.0),
            },
            names);
    }

    /// <summary>The factors, and the maps that they are multiplied into.</summary>
    private sealed class Factors
    {
        private readonly double _ssdIn;
        private readonly double _ssdOut;
        private readonly double _attentionIn;
        private readonly double _attentionOut;
        private readonly double _key;
        private readonly double _gate;
        private readonly double _down;
        private readonly IReadOnlyList<double> _slices;
        private readonly int[] _ends;

        public Factors(ModelConfig config, SsdDescription ssd)
        {
            (_ssdIn, _ssdOut) = (config.Number("ssm_in_multiplier", 1.0), config.Number("ssm_out_multiplier", 1.0));
            (_attentionIn, _attentionOut) = (config.Number("attention_in_multiplier", 1.0), config.Number("attention_out_multiplier", 1.0));
            _key = config.Number("key_multiplier", 1.0);
            IReadOnlyList<double> channels = List(config, "mlp_multipliers", 2);
            (_gate, _down) = (channels[0], channels[1]);
            _slices = List(config, "ssm_multipliers", 5);

            // Gate, inputs, B, C; steps are the rest.
            (int inner, int shared) = (ssd.Heads * ssd.HeadWidth, ssd.Groups * ssd.StateSize);
            _ends = [inner, 2 * inner, (2 * inner) + shared, 2 * (inner + shared)];
        }

        public void Map(TensorNames names, string place, string prefix)
        {
            Fold("mixer.ssd.in_proj", "mamba.in_proj", _ssdIn, OfSlice);
            Fold("mixer.ssd.out_proj", "mamba.out_proj", 1.0, _ => _ssdOut);
            Fold("mixer.attention.q_proj", "self_attn.q_proj", _attentionIn, _ => 1.0);
            Fold("mixer.attention.k_proj", "self_attn.k_proj", _attentionIn, _ => _key);
            Fold("mixer.attention.v_proj", "self_attn.v_proj", _attentionIn, _ => 1.0);
            Fold("mixer.attention.o_proj", "self_attn.o_proj", 1.0, _ => _attentionOut);
            Fold("channels.gate_proj", "feed_forward.gate_proj", 1.0, _ => _gate);
            Fold("channels.up_proj", "feed_forward.up_proj", 1.0, _ => 1.0);
            Fold("channels.down_proj", "feed_forward.down_proj", 1.0, _ => _down);

            void Fold(string here, string there, double entering, Func<int, double> leaving)
            {
                names.Map($"{place}.{here}.weight", new TensorRule($"{prefix}.{there}.weight") { RowFactor = row => entering * leaving(row) });
                names.Map($"{place}.{here}.bias", new TensorRule($"{prefix}.{there}.bias") { Columns = 1, RowFactor = leaving, AsRow = true });
            }
        }

        private static IReadOnlyList<double> List(ModelConfig config, string key, int count)
        {
            IReadOnlyList<double>? given = config.Numbers(key);
            if (given is not null && given.Count != count)
            {
                config.Refuse(key, $"it lists {given.Count} factors; {count} are expected", "");
                given = null;
            }

            return given ?? [.. Enumerable.Repeat(1.0, count)];
        }

        private double OfSlice(int row)
        {
            int slice = 0;
            while (slice < _ends.Length && row >= _ends[slice])
            {
                slice++;
            }

            return _slices[slice];
        }
    }
}
