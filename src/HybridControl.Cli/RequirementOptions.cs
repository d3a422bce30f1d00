using System.Collections.Immutable;
using System.CommandLine;
using HybridControl.Automata;
using HybridControl.Cli.Ensembles;
using HybridControl.Diagnostics;
using HybridControl.Requirements;
using HybridControl.Serialization;

namespace HybridControl.Cli;

/// <summary>The options that say what a run must do.</summary>
internal sealed class RequirementOptions
{
    private readonly Option<string?> _spec = new("--spec") { Description = "Requirements as a .json file.", HelpName = "file" };
    private readonly Option<string[]> _require = new("--require")
    {
        Description = "A requirement as text, such as \"always[0,10](h > 0)\" or \"soft: at-end(v > -3)\"; may be repeated.",
        HelpName = "formula",
        DefaultValueFactory = _ => [],
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_spec);
        command.Add(_require);
    }

    /// <summary>Whether anything is required.</summary>
    public bool AreGiven(ParseResult parsed) => parsed.GetValue(_spec) is not null || parsed.GetRequiredValue(_require).Length > 0;

    /// <summary>Reads the requirements of a model.</summary>
    /// <exception cref="ModelException">The file cannot be read or has errors.</exception>
    /// <exception cref="UsageException">A text is no requirement.</exception>
    public ImmutableArray<Requirement> Read(ParseResult parsed, HybridAutomaton model)
    {
        var faults = new List<Finding>();
        ImmutableArray<Requirement> all =
        [
            .. parsed.GetValue(_spec) is { } file ? RequirementFile.Load(file, model) : [],
            .. parsed.GetRequiredValue(_require).Select(text => RequirementText.Read("--require", text, model, faults)).OfType<Requirement>(),
        ];
        return faults.Count > 0 ? throw new UsageException(faults) : all;
    }
}
