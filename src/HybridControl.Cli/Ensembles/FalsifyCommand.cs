using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using HybridControl.Diagnostics;
using HybridControl.Ensembles.Falsification;
using HybridControl.Requirements;
using HybridControl.Serialization;
using Spectre.Console;

namespace HybridControl.Cli.Ensembles;

/// <summary><c>hybrid falsify</c>: searches for a run that violates a requirement.</summary>
internal sealed class FalsifyCommand : Command
{
    private readonly RunOptions _run = new();
    private readonly RequirementOptions _requirements = new();
    private readonly Option<string?> _requirement = new("--requirement") { Description = "Name of the requirement, if there are several.", HelpName = "name" };
    private readonly Option<string[]> _vary = new("--vary")
    {
        Description = $"What may be chosen, as name=bounds: {SearchedText.Forms}; may be repeated.",
        HelpName = "name=bounds",
        Required = true,
    };

    private readonly Option<string> _method = new("--method") { Description = "How to search.", HelpName = "name", DefaultValueFactory = _ => "cma-es" };
    private readonly Option<int> _budget = new("--budget") { Description = "The most runs.", HelpName = "count", DefaultValueFactory = _ => 1000 };
    private readonly Option<ulong> _seed = new("--seed") { Description = "Seed of the search.", HelpName = "number", DefaultValueFactory = _ => 1 };
    private readonly Option<int> _threads = new("--threads") { Description = "Runs at a time; 0 for one for each processor.", HelpName = "count" };
    private readonly Option<bool> _worst = new("--worst") { Description = "Spend the whole budget on the worst run instead of stopping at the first violation." };
    private readonly Option<string?> _out = new("--out", "-o") { Description = "Save the worst run as a model that repeats it.", HelpName = "model.json" };

    public FalsifyCommand(Terminal terminal, CancellationToken cancellation)
        : base("falsify", "Searches for a run that violates a requirement, by the least robustness. Exit code 4 if there is one.")
    {
        _run.AddTo(this);
        _requirements.AddTo(this);
        _method.AcceptOnlyFromAmong("cma-es", "nelder-mead");
        foreach (Option option in new Option[] { _requirement, _vary, _method, _budget, _seed, _threads, _worst, _out })
        {
            Add(option);
        }

        SetAction(parsed => Run(parsed, terminal, cancellation));
    }

    private int Run(ParseResult parsed, Terminal terminal, CancellationToken cancellation)
    {
        string? file = parsed.GetValue(_out);
        OutputFile.Check("--out", file, ".json");
        RunRequest request = _run.Read(parsed);
        OutputFile.CheckDistinct(("the model", request.Path), ("--out", file));
        Requirement requirement = Choose(_requirements.Read(parsed, request.Model), parsed.GetValue(_requirement));
        var faults = new List<Finding>();
        ImmutableArray<SearchedQuantity> searched = [.. parsed.GetRequiredValue(_vary).Select(text => SearchedText.Read(text, faults)).OfType<SearchedQuantity>()];
        if (faults.Count > 0)
        {
            throw new UsageException(faults);
        }

        FalsificationResult worst = request.Accuse(() => Falsifier.Run(
            new()
            {
                Model = request.Model,
                Requirement = requirement,
                Until = request.Until,
                Searched = searched,
                Solver = request.Options.Solver,
                Values = request.Options.Values,
                Commands = request.Model.Experiment?.Commands ?? [],
            },
            new()
            {
                Method = parsed.GetRequiredValue(_method) == "nelder-mead" ? FalsificationMethod.NelderMead : FalsificationMethod.CmaEs,
                Budget = parsed.GetRequiredValue(_budget),
                Seed = parsed.GetRequiredValue(_seed),
                Threads = parsed.GetValue(_threads),
                StopsAtViolation = !parsed.GetValue(_worst),
            },
            cancellation));
        if (!request.Quiet)
        {
            Write(worst, terminal);
        }

        if (file is not null)
        {
            ModelFile.Save(worst.Case.ToModel(), file);
            if (!request.Quiet)
            {
                terminal.Output.WriteLine($"Repeat it: hybrid check {file} --require \"{requirement.Formula.ToString().Replace("\"", "\\\"", StringComparison.Ordinal)}\"");
            }
        }

        return worst.IsFalsified ? ExitCode.Violated : cancellation.IsCancellationRequested ? ExitCode.Cancelled : ExitCode.Ok;
    }

    private static Requirement Choose(ImmutableArray<Requirement> all, string? name)
    {
        Requirement[] found = [.. all.Where(requirement => name is null || requirement.Name == name)];
        return found.Length == 1
            ? found[0]
            : throw new UsageException("--requirement", found.Length == 0 ? "there is no such requirement" : $"there are {found.Length} requirements",
                all.IsEmpty ? "Give one with --require or --spec." : $"Choose one of {string.Join(", ", all.Select(requirement => requirement.Name))}.");
    }

    private static void Write(FalsificationResult worst, Terminal terminal)
    {
        var table = new Table();
        table.AddColumn("chosen");
        table.AddColumn(new Spectre.Console.TableColumn("value").RightAligned());
        foreach ((string name, double value) in worst.Case.Chosen)
        {
            table.AddRow(new Text(name), new Text(value.ToString("R", CultureInfo.InvariantCulture)));
        }

        terminal.WriteTable(table);
        terminal.Output.WriteLine(FormattableString.Invariant(
            $"{(worst.IsFalsified ? "Falsified" : "Not falsified")} in {worst.Evaluations} runs; least robustness {worst.Robustness:G6}."));
        terminal.Output.WriteLine($"{worst.Verdict}.");
    }
}
