using System.CommandLine;
using HybridControl.Automata;
using HybridControl.Cli.Ensembles;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Serialization;

namespace HybridControl.Cli;

/// <summary><c>hybrid check</c>: every finding about model and plan files.</summary>
internal sealed class CheckCommand : Command
{
    public CheckCommand(Terminal terminal)
        : base("check", "Reports everything that is wrong with model and plan files: where, what, and how to mend it. Exit code 3 if there are errors.")
    {
        var files = new Argument<string[]>("model") { Description = "Model or plan files.", Arity = ArgumentArity.OneOrMore };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Print errors only." };
        Add(files);
        Add(quiet);
        SetAction(parsed => Run(parsed.GetRequiredValue(files), parsed.GetValue(quiet), terminal));
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
