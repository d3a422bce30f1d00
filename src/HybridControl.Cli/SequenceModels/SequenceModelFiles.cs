using HybridControl.Diagnostics;
using HybridControl.Neural.Backends;
using HybridControl.Neural.HuggingFace;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tensors;

namespace HybridControl.Cli.SequenceModels;

/// <summary>Finds a sequence model: a folder with a configuration of Hugging Face or a stack of our own, and weights.</summary>
internal static class SequenceModelFiles
{
    private const string ConfigName = "config.json";

    /// <summary>The kind of a model, and what it is made of; weights are not read.</summary>
    /// <param name="model">A folder, or the file in it that describes the model.</param>
    /// <exception cref="ModelException">There is none, or it is not sound.</exception>
    public static (string Kind, StackDescription Stack) Describe(string model)
    {
        string path = PathOf(model);
        if (IsOurs(path))
        {
            return ("stack", StackFile.LoadDescription(FolderOf(path)));
        }

        ModelConfig config = ModelConfig.Load(path);
        return (config.ModelType, HuggingFaceModel.Describe(config).Stack);
    }

    /// <summary>The model with its weights; or with drawn ones.</summary>
    /// <param name="model">A folder, or the file in it that describes the model.</param>
    /// <param name="backend">Where it runs.</param>
    /// <param name="format">How matrices are kept.</param>
    /// <param name="seed">Draws weights; null reads them.</param>
    /// <exception cref="ModelException">A file is missing or not sound.</exception>
    public static LayerStack Load(string model, ITensorBackend backend, WeightFormat format, ulong? seed = null)
    {
        if (seed is { } drawn)
        {
            return StackBuilder.Build(Describe(model).Stack, new RandomParameters(drawn), backend, format);
        }

        string path = PathOf(model);
        return IsOurs(path) ? StackFile.Load(FolderOf(path), backend, format) : HuggingFaceModel.Load(FolderOf(path), backend, format);
    }

    private static string PathOf(string model)
    {
        if (!Directory.Exists(model))
        {
            return File.Exists(model)
                ? model
                : throw new ModelException(model, "there is no such file or folder", $"Name a folder with {ConfigName} or {StackFile.DescriptionName} and safetensors.");
        }

        string[] found = [.. new[] { StackFile.DescriptionName, ConfigName }.Select(name => Path.Combine(model, name)).Where(File.Exists)];
        return found.Length > 0
            ? found[0]
            : throw new ModelException(model, $"the folder has neither {ConfigName} nor {StackFile.DescriptionName}", "Name the folder of a model.");
    }

    private static bool IsOurs(string path) => Path.GetFileName(path) == StackFile.DescriptionName;

    private static string FolderOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path))!;
}
