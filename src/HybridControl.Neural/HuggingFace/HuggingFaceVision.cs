using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Safetensors;
using HybridControl.Neural.Tensors;
using HybridControl.Neural.Vision;
using HybridControl.Numerics;

namespace HybridControl.Neural.HuggingFace;

/// <summary>Reads models of images as Hugging Face keeps them: a folder with <c>config.json</c> and safetensors.</summary>
public static class HuggingFaceVision
{
    private const string ConfigName = "config.json";
    private const string Wrapper = "model.";

    private static readonly Dictionary<string, Func<ModelConfig, VisionDescription>> Adapters = new(StringComparer.OrdinalIgnoreCase)
    {
        ["mambavision"] = MambaVision,
        ["heracles"] = Heracles,
    };

    /// <summary>The values of <c>model_type</c> that can be read.</summary>
    public static IReadOnlyCollection<string> ModelTypes => Adapters.Keys;

    /// <summary>What a configuration describes, without any parameters.</summary>
    /// <exception cref="ModelException">The kind of model is unknown or values are wrong; carries every finding.</exception>
    public static VisionDescription Describe(ModelConfig config)
    {
        if (!Adapters.TryGetValue(config.ModelType, out Func<ModelConfig, VisionDescription>? adapt))
        {
            config.Refuse("model_type", $"unknown kind of model of images '{config.ModelType}'", Suggestions.For(config.ModelType, Adapters.Keys));
            throw new ModelException(config.Findings.ToImmutable());
        }

        VisionDescription description = adapt(config);
        return config.Findings.Count == 0 ? description : throw new ModelException(config.Findings.ToImmutable());
    }

    /// <summary>Reads the model of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="backend">Where it runs; the caller keeps it.</param>
    /// <param name="format">How learned matrices are kept.</param>
    /// <exception cref="ModelException">
    /// A file cannot be read, values or shapes are wrong, or tensors are missing or not used; carries every finding.
    /// </exception>
    /// <remarks>Counts of batches, which training keeps beside batch norms, are read over; names may stand below <c>model.</c>.</remarks>
    public static VisionStack Load(string folder, ITensorBackend backend, WeightFormat format = WeightFormat.Native)
    {
        VisionDescription description = Describe(ModelConfig.Load(Path.Combine(folder, ConfigName)));
        using SafetensorsCheckpoint checkpoint = SafetensorsCheckpoint.Open(folder);
        bool wrapped = checkpoint.Tensors.All(tensor => tensor.Name.StartsWith(Wrapper, StringComparison.Ordinal));
        var names = new TensorNames();
        var counts = new List<string>();
        foreach (SafetensorsEntry tensor in checkpoint.Tensors)
        {
            string name = wrapped ? tensor.Name[Wrapper.Length..] : tensor.Name;
            bool isCount = name.EndsWith(".num_batches_tracked", StringComparison.Ordinal);
            names.Map(name, new TensorRule(tensor.Name) { Columns = isCount ? 1 : 0 });
            if (isCount)
            {
                counts.Add(name);
            }
        }

        var parameters = new CheckpointParameters(checkpoint, names);
        return description.Build(parameters, backend, format, findings =>
        {
            counts.ForEach(name => parameters.Find(name, 1, 1));
            parameters.Conclude(findings);
        });
    }

    /// <summary>Source: NVlabs/MambaVision <c>mamba_vision.py</c>; sizes of the scan are fixed there.</summary>
    private static MambaVisionDescription MambaVision(ModelConfig config)
    {
        if (config.Has("qk_scale") && config.Flag("qk_scale", false))
        {
            config.Refuse("qk_scale", "norms of queries and keys are not known", "");
        }

        return new()
        {
            ImageSize = ImageSize(config),
            Channels = config.Count("in_chans", 3),
            Classes = config.Count("num_classes", 1000),
            Width = config.Size("dim"),
            StemWidth = config.Size("in_dim"),
            Depths = Sizes(config, "depths"),
            Heads = Sizes(config, "num_heads"),
            Windows = Sizes(config, "window_size"),
            HiddenRatio = config.Number("mlp_ratio", 4.0),
            StateSize = config.Count("d_state", 8),
            Taps = config.Count("d_conv", 3),
            AttentionBias = config.Flag("qkv_bias", true),
            Scaled = config.Has("layer_scale"),
            ScaledConvolutions = config.Has("layer_scale_conv"),
        };
    }

    /// <summary>Source: badripatro/heracles <c>heracles.py</c>.</summary>
    private static HeraclesDescription Heracles(ModelConfig config)
    {
        if (config.Text("spectral", "dct2") is not "dct2" and var spectral)
        {
            config.Refuse("spectral", $"unknown transform '{spectral}'", "Known is dct2.");
        }

        return new()
        {
            ImageSize = ImageSize(config),
            Channels = config.Count("in_chans", 3),
            Classes = config.Count("num_classes", 1000),
            StemWidth = config.Size("stem_hidden_dim"),
            Widths = Sizes(config, "embed_dims"),
            Depths = Sizes(config, "depths"),
            Heads = Sizes(config, "num_heads"),
            HiddenRatios = Sizes(config, "mlp_ratios"),
            TokenLabels = config.Flag("token_label", true),
            NormEpsilon = config.Number("layer_norm_eps", 1e-6),
        };
    }

    private static int ImageSize(ModelConfig config) => config.Has("image_size") ? config.Size("image_size") : config.Count("resolution", 224);

    private static ImmutableArray<int> Sizes(ModelConfig config, string key)
    {
        IReadOnlyList<double>? numbers = config.Numbers(key);
        if (numbers is null || numbers.Any(number => !double.IsInteger(number) || number < 1 || number > int.MaxValue))
        {
            config.Refuse(key, numbers is null ? "it is missing" : "it has a number that is no size", "A list of whole numbers from 1 on is expected, one for each stage.");
            return [];
        }

        return [.. numbers.Select(number => (int)number)];
    }
}
