using HybridControl.Diagnostics;
using HybridControl.Neural.Backends;
using HybridControl.Neural.HuggingFace;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tensors;

namespace HybridControl.Cli.SequenceModels;

/// <summary>Finds a sequence model: a folder with <c>config.json</c> and weights, or the configuration alone.</summary>
internal static class SequenceModelFiles
{
    private const string ConfigName = "config.json";

    /// <summary>The path of the configuration.</summary>
    /// <exception cref="ModelException">There is none.</exception>
    public static string ConfigOf(string model)
    {
        string path = Directory.Exists(model) ? Path.Combine(model, ConfigName) : model;
        return File.Exists(path)
            ? path
            : throw new ModelException(model, Directory.Exists(model) ? "the folder has no config.json" : "there is no such file or folder", "Name a folder with config.json and safetensors.");
    }

    /// <summary>What a configuration describes.</summary>
    public static StackDescription Describe(string model) => HuggingFaceModel.Describe(ModelConfig.Load(ConfigOf(model))).Stack;

    /// <summary>The model with its weights; or with drawn ones.</summary>
    /// <param name="model">A folder; or a configuration if weights are drawn.</param>
    /// <param name="backend">Where it runs.</param>
    /// <param name="format">How matrices are kept.</param>
    /// <param name="seed">Draws weights; null reads them.</param>
    public static LayerStack Load(string model, ITensorBackend backend, WeightFormat format, ulong? seed = null)
    {
        if (seed is { } drawn)
        {
            return StackBuilder.Build(Describe(model), new RandomParameters(drawn), backend, format);
        }

        string config = ConfigOf(model);
        return HuggingFaceModel.Load(Path.GetDirectoryName(Path.GetFullPath(config))!, backend, format);
    }
}
