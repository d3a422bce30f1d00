using System.Globalization;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Stacks;

namespace HybridControl.Neural.HuggingFace;

/// <summary>Mamba-2. Source: modeling_mamba2.py of transformers 4.56, whose gated norm spans all groups.</summary>
internal sealed class Mamba2Adapter : IModelAdapter
{
    /// <summary>What a mixer's parameters are called here and there.</summary>
    public static readonly string[] MixerNames =
    [
        "in_proj.weight", "in_proj.bias", "conv1d.weight", "conv1d.bias", "dt_bias", "A_log", "D", "norm.weight", "out_proj.weight", "out_proj.bias",
    ];

    public string ModelType => "mamba2";

    public AdaptedModel Adapt(ModelConfig config)
    {
        int width = config.Size("hidden_size");
        int layers = config.Few("num_hidden_layers");
        double epsilon = config.Number("layer_norm_epsilon", 1e-5);
        (double least, double greatest) = StepLimits.Read(config);
        var mixer = new SsdDescription
        {
            Heads = config.Size("num_heads"),
            HeadWidth = config.Size("head_dim"),
            Groups = config.Count("n_groups", 8),
            StateSize = config.Size("state_size"),
            Taps = config.Count("conv_kernel", 4),
            ConvolutionBias = config.Flag("use_conv_bias", true),
            ProjectionBias = config.Flag("use_bias", false),
            LeastStep = least,
            GreatestStep = greatest,
            Order = config.Flag("rms_norm", true) ? GateOrder.GateThenNorm : GateOrder.None,
            Epsilon = epsilon,
        };
        config.ExpectSilu();
        var names = new TensorNames();
        names.Map("embedding", new TensorRule("backbone.embeddings.weight") { Otherwise = new("backbone.embedding.weight") });
        names.Map("norm.weight", "backbone.norm_f.weight");
        names.Map("head.weight", "lm_head.weight");
        for (int i = 0; i < layers; i++)
        {
            string place = string.Create(CultureInfo.InvariantCulture, $"layers.{i}.mixer");
            string prefix = string.Create(CultureInfo.InvariantCulture, $"backbone.layers.{i}");
            names.Map($"{place}.prenorm.weight", $"{prefix}.norm.weight");
            names.Map(place, $"{prefix}.mixer", MixerNames);
        }

        var block = new BlockDescription { Name = "mixer", Norm = new(Epsilon: epsilon), Mixer = mixer };
        int vocabulary = config.Size("vocab_size");
        return new(
            new()
            {
                Width = width,
                Vocabulary = vocabulary,
                Layers = [.. Enumerable.Repeat(new LayerDescription([block]), layers)],
                FinalNorm = new(Epsilon: epsilon),
                Outputs = vocabulary,
                TiedHead = config.Flag("tie_word_embeddings", false),
            },
            names);
    }
}
