using HybridControl.Automata;
using HybridControl.Cli.Ensembles;
using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Serialization;

namespace HybridControl.Cli;

/// <summary>Finds model files: by path, or by bare name among the models that come with the program.</summary>
internal static class ModelFinder
{
    /// <summary>The folder of the models that come with the program.</summary>
    public static string Shipped => Path.Combine(AppContext.BaseDirectory, "models");

    /// <summary>The path of a model given by path or bare name.</summary>
    /// <exception cref="UsageException">The name is empty.</exception>
    /// <exception cref="ModelException">It is a bare name, and no model has it.</exception>
    public static string Resolve(string model)
    {
        if (string.IsNullOrWhiteSpace(model))
        {
            throw new UsageException("model", "the model name is empty", "Name a model file, or a model that hybrid models lists.");
        }

        bool bare = model.IndexOfAny(Path.GetInvalidFileNameChars()) < 0 && !Path.HasExtension(model);
        if (!bare || File.Exists(model) || Directory.Exists(model))
        {
            return model;
        }

        string[] candidates = [Path.Combine("models", $"{model}.json"), Path.Combine(Shipped, $"{model}.json")];
        return Array.Find(candidates, File.Exists) ?? throw Unknown(model);
    }

    /// <summary>Reads a model given by path or bare name.</summary>
    /// <exception cref="ModelException">The file cannot be read, has errors, or is a plan.</exception>
    public static HybridAutomaton Load(string model)
    {
        string path = Resolve(model);
        return PlanSource.IsPlan(path)
            ? throw new ModelException(path, "this is the plan of an ensemble, not a model", $"Run it with hybrid ensemble {path}, or name its model.")
            : ModelFile.Load(path);
    }

    private static ModelException Unknown(string model)
    {
        IEnumerable<string> known = new[] { "models", Shipped }.Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.json"))
            .Select(path => Path.GetFileNameWithoutExtension(path)).Distinct().Order(StringComparer.Ordinal);
        string question = Suggestions.Nearest(model, known) is { } nearest ? $"Did you mean the model '{nearest}'? " : "";
        return new(model, "there is no such file or model", $"{question}See hybrid models.");
    }
}
