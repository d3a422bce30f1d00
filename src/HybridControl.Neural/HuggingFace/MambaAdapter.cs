using System.Globalization;
using HybridControl.Neural.Stacks;

namespace HybridControl.Neural.HuggingFace;

/// <summary>Mamba. Source: modeling_mamba.py of transformers 4.56.</summary>
internal sealed class MambaAdapter : IModelAdapter
{
    public string ModelType => "mamba";

    public AdaptedModel Adapt(ModelConfig config)
    {
        int width = config.Size("hidden_size");
        int layers = config.Few("num_hidden_layers");
        double epsilon = config.Number("layer_norm_epsilon", 1e-5);
        int channels = config.Has("intermediate_size") ? config.Size("intermediate_size") : config.Product("expand", config.Count("expand", 2), width);
        var mixer = new MambaDescription
        {
            Channels = channels,
            StateSize = config.Size("state_size"),
            Taps = config.Count("conv_kernel", 4),
            StepRank = config.IsText("time_step_rank") ? (width + 15) / 16 : config.Size("time_step_rank"),
            ConvolutionBias = config.Flag("use_conv_bias", true),
            ProjectionBias = config.Flag("use_bias", false),
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
            names.Map(
                place, $"{prefix}.mixer", "in_proj.weight", "in_proj.bias", "conv1d.weight", "conv1d.bias", "x_proj.weight",
                "dt_proj.weight", "dt_proj.bias", "A_log", "D", "out_proj.weight", "out_proj.bias");
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
                TiedHead = config.Flag("tie_word_embeddings", true),
            },
            names);
    }
}
