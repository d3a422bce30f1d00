using HybridControl.Automata;
using HybridControl.Serialization;

namespace HybridControl.Cli;

/// <summary>Finds model files: by path, or by bare name among the models that come with the program.</summary>
internal static class ModelFinder
{
    /// <summary>The folder of the models that come with the program.</summary>
    public static string Shipped => Path.Combine(AppContext.BaseDirectory, "models");

    /// <summary>The path of a model given by path or bare name.</summary>
    public static string Resolve(string model)
    {
        bool bare = model.Length > 0 && model.IndexOfAny(Path.GetInvalidFileNameChars()) < 0 && !Path.HasExtension(model);
        if (!bare || File.Exists(model) || Directory.Exists(model))
        {
            return model;
        }

        string[] candidates = [Path.Combine("models", $"{model}.json"), Path.Combine(Shipped, $"{model}.json")];
        return Array.Find(candidates, File.Exists) ?? model;
    }

    /// <summary>Reads a model given by path or bare name.</summary>
    public static HybridAutomaton Load(string model) => ModelFile.Load(Resolve(model));
}
