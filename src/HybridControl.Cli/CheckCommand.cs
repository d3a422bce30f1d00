using System.Collections.Immutable;
using System.CommandLine;
using HybridControl.Automata;
using HybridControl.Cli.Ensembles;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Requirements;
using HybridControl.Serialization;
using HybridControl.Simulation;

namespace HybridControl.Cli;

/// <summary><c>hybrid check</c>: every finding about model and plan files.</summary>
internal sealed class CheckCommand : Command
{
    private readonly RunOptions _run = new();
    private readonly RequirementOptions _requirements = new();
    private readonly Argument<string[]> _files = new("model") { Description = "Model or plan files.", Arity = ArgumentArity.OneOrMore };

    public CheckCommand(Terminal terminal, CancellationToken cancellation)
        : base("check", "Reports everything that is wrong with model and plan files: where, what, and how to mend it. Exit code 3 if there are errors. " +
            "With requirements, runs one model and judges the run: exit code 4 if one is violated, 5 if one is undecided.")
    {
        Add(_files);
        _requirements.AddTo(this);
        _run.AddWithoutModelTo(this);
        SetAction(parsed => _requirements.AreGiven(parsed)
            ? Judge(parsed, terminal, cancellation)
            : Run(parsed.GetRequiredValue(_files), _run.IsQuiet(parsed), terminal));
    }

    private int Judge(ParseResult parsed, Terminal terminal, CancellationToken cancellation)
    {
        string[] files = parsed.GetRequiredValue(_files);
        if (files.Length != 1)
        {
            throw new UsageException("model", $"there are {files.Length} models for one specification", "Check one model at a time.");
        }

        RunRequest request = _run.Read(parsed, files[0]);
        ImmutableArray<Requirement> requirements = _requirements.Read(parsed, request.Model);
        (Trajectory trajectory, _) = request.Run(terminal, cancellation);
        RequirementResult[] results = [.. requirements.Select(requirement => trajectory.Check(requirement))];
        if (!request.Quiet)
        {
            RequirementReport.Write(results, terminal);
        }

        return RequirementReport.Conclude(results, RunRequest.Conclude(trajectory, terminal), terminal);
    }

    private static int Run(IEnumerable<string> files, bool quiet, Terminal terminal)
    {
        int code = ExitCode.Ok;
        foreach (string file in files)
        {
            (string path, IReadOnlyList<Finding> findings) = Check(file);
            terminal.WriteFindings(findings, errorsOnly: quiet);
            int errors = findings.Count(finding => finding.Severity == Severity.Error);
            if (errors > 0)
            {
                code = ExitCode.BadFile;
            }

            if (!quiet)
            {
                terminal.Output.WriteLine(errors > 0
                    ? $"{path}: {Count(errors, "error")}, {Count(findings.Count - errors, "warning")}."
                    : $"{path}{Summary(path)}, {Count(findings.Count, "warning")}.");
            }
        }

        return code;
    }

    private static (string Path, IReadOnlyList<Finding> Findings) Check(string file)
    {
        try
        {
            string path = ModelFinder.Resolve(file);
            return (path, PlanSource.IsPlan(path) ? PlanFile.Check(path) : ModelFile.Check(path));
        }
        catch (ModelException fault)
        {
            return (file, fault.Findings);
        }
    }

    private static string Summary(string path) => PlanSource.IsPlan(path) ? Summary(PlanFile.Load(path)) : Summary(ModelFile.Load(path));

    private static string Summary(EnsemblePlan plan)
    {
        string alternatives = plan.Alternatives.IsEmpty ? "" : $", {Count(plan.Alternatives.Length, "alternative")}";
        string count = FormattableString.Invariant($"{PlanSampler.For(plan).TrajectoryCount} trajectories");
        return $" is a sound plan of {plan.Model.Name}: {count}, {Count(plan.Variations.Length, "varied quantity", "varied quantities")}{alternatives}";
    }

    private static string Summary(HybridAutomaton model) =>
        $": sound: {Count(model.States.Length, "state")}, {Count(model.Modes.Length, "mode")}, {Count(model.Transitions.Length, "transition")}";

    private static string Count(int count, string word, string? words = null) =>
        FormattableString.Invariant($"{count} {(count == 1 ? word : words ?? word + "s")}");
}
