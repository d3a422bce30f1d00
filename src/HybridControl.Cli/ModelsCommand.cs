using System.CommandLine;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Serialization;
using Spectre.Console;

namespace HybridControl.Cli;

/// <summary><c>hybrid models</c>: the model files of a folder with their descriptions.</summary>
internal sealed class ModelsCommand : Command
{
    public ModelsCommand(Terminal terminal)
        : base("models", "Lists model files with name and description.")
    {
        var folder = new Argument<string?>("folder")
        {
            Description = "Folder of models; by default 'models' here, or the models that come with the program.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Add(folder);
        SetAction(parsed => Run(parsed.GetValue(folder), terminal));
    }

    private static int Run(string? folder, Terminal terminal)
    {
        folder ??= Directory.Exists("models") ? "models" : ModelFinder.Shipped;
        string[] files = FilesOf(folder);
        var table = new Table().AddColumns("file", "name", "description");
        var broken = new List<(string Path, int Errors)>();
        foreach (string file in files)
        {
            try
            {
                HybridAutomaton model = ModelFile.Load(file);
                table.AddRow(new Text(Path.GetFileName(file)), new Text(model.Name), new Text(model.Description));
            }
            catch (ModelException fault)
            {
                table.AddRow(new Text(Path.GetFileName(file)), new Text("-"), new Text("cannot be read"));
                broken.Add((file, fault.Findings.Length));
            }
        }

        if (files.Length > 0)
        {
            terminal.WriteTable(table);
        }
        else
        {
            terminal.Output.WriteLine($"No model files in {folder}.");
        }

        foreach ((string path, int errors) in broken)
        {
            terminal.WriteError(path, errors == 1 ? "1 finding" : $"{errors} findings", $"See hybrid check {path}.");
        }

        return broken.Count > 0 ? ExitCode.BadFile : ExitCode.Ok;
    }

    private static string[] FilesOf(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal)];
        }
        catch (DirectoryNotFoundException)
        {
            throw new ModelException(folder, "there is no such folder", "Name a folder that holds model files.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ModelException(folder, "the folder cannot be listed", "Name a folder that can be read.");
        }
    }
}
