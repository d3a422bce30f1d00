using System.CommandLine;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Statistics;

namespace HybridControl.Cli.Ensembles;

/// <summary><c>hybrid critical</c>: the value of a parameter at which a requirement stops being met.</summary>
internal sealed class CriticalCommand : Command
{
    private readonly PlanOptions _plan = new();
    private readonly Option<string> _parameter = new("--parameter", "-p") { Description = "Parameter, initial value or constant input that is searched for.", HelpName = "name", Required = true };
    private readonly Option<double[]> _between = new("--between")
    {
        Description = "Two values: the requirement is met at one of them and not at the other.",
        HelpName = "low high",
        Required = true,
        Arity = new ArgumentArity(2, 2),
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string?> _requirement = new("--requirement") { Description = "Name of the requirement, if there are several.", HelpName = "name" };
    private readonly Option<double?> _probability = OptionValues.Positive("--probability", "number", "If something varies: the probability with which the requirement shall just be met; by default 0.5.");
    private readonly Option<double?> _tolerance = OptionValues.Positive("--tolerance", "number", "Width of the bracket at which the search ends.");
    private readonly Option<string> _on = new("--on") { Description = $"What runs it: {string.Join(", ", BackendChoice.Kinds)}.", HelpName = "name", DefaultValueFactory = _ => "auto" };

    public CriticalCommand(Terminal terminal, CancellationToken cancellation)
        : base("critical", "Finds the value of a parameter at which a requirement stops being met; with an interval if something varies.")
    {
        _plan.AddTo(this);
        _on.AcceptOnlyFromAmong(BackendChoice.Kinds);
        foreach (Option option in new Option[] { _parameter, _between, _requirement, _probability, _tolerance, _on })
        {
            Add(option);
        }

        SetAction(parsed => Run(parsed, terminal, cancellation));
    }

    private int Run(ParseResult parsed, Terminal terminal, CancellationToken cancellation)
    {
        EnsemblePlan plan = _plan.Read(parsed);
        double[] between = parsed.GetRequiredValue(_between);
        if (!(between[0] < between[1]) || !double.IsFinite(between[1] - between[0]))
        {
            throw new UsageException("--between", FormattableString.Invariant($"{between[0]} and {between[1]} do not ascend"), "Write the lower value first.");
        }

        if (parsed.GetValue(_probability) is >= 1.0)
        {
            throw new UsageException("--probability", "a probability lies between 0 and 1", "Write for instance --probability 0.99.");
        }

        using var choice = BackendChoice.Choose(parsed.GetRequiredValue(_on), plan, threads: 0);
        var options = new CriticalParameterOptions();
        options = options with
        {
            Probability = parsed.GetValue(_probability) ?? options.Probability,
            Tolerance = parsed.GetValue(_tolerance) ?? options.Tolerance,
        };
        string parameter = parsed.GetRequiredValue(_parameter);
        CriticalParameterResult found = CriticalParameter.Find(
            plan, choice.Backend, parameter, between[0], between[1], parsed.GetValue(_requirement), options, cancellation);
        Write(found, plan, options, choice, terminal);
        return found.Findings.Any(finding => finding.Severity == Severity.Error) ? ExitCode.RunFailed : ExitCode.Ok;
    }

    private static void Write(CriticalParameterResult found, EnsemblePlan plan, CriticalParameterOptions options, BackendChoice choice, Terminal terminal)
    {
        bool isRandom = !plan.Variations.IsEmpty || !plan.Noise.IsEmpty;
        TextWriter output = terminal.Output;
        output.WriteLine(FormattableString.Invariant($"{found.Parameter} = {found.Estimate:G10}: the requirement is met {(found.IsMetBelow ? "below" : "above")}{(isRandom ? FormattableString.Invariant($" with a probability of more than {options.Probability}") : "")}."));
        ConfidenceInterval interval = found.Interval;
        output.WriteLine(FormattableString.Invariant($"{(isRandom ? FormattableString.Invariant($"{100.0 * interval.Confidence:G4} % interval") : "Bracket")}: {interval.Lower:G10} .. {interval.Upper:G10}."));
        if (found.Check is { } check)
        {
            ConfidenceInterval wilson = check.Wilson();
            output.WriteLine(FormattableString.Invariant($"Checked with other random numbers: met by {check.Successes} of {check.Trials} ({check.Estimate:G4}, Wilson 95 % {wilson.Lower:G4} .. {wilson.Upper:G4})."));
        }

        output.WriteLine(FormattableString.Invariant($"{found.Trajectories} trajectories on {choice.Backend.Name} ({choice.Why})."));
        terminal.WriteFindings(found.Findings);
    }
}
