using System.CommandLine;
using System.Globalization;
using HybridControl.Diagnostics;
using HybridControl.Plotting;
using HybridControl.Simulation;

namespace HybridControl.Cli;

/// <summary><c>hybrid simulate --compare-solvers</c>: several solvers on one model in place of one run.</summary>
internal sealed class SolverComparisonOption
{
    private readonly Option<string?> _names = new("--compare-solvers")
    {
        Description = "Run several solvers, by default all that choose their steps, over a ladder of tolerances, and print work and precision; --plot draws them, --out saves a .csv.",
        HelpName = "names",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<IReadOnlyList<double>?> _tolerances = new("--tolerances")
    {
        Description = "With --compare-solvers, the relative tolerances; by default 1e-3 to 1e-10.",
        HelpName = "1e-4,1e-8",
        CustomParser = result =>
        {
            var values = new List<double>();
            foreach (string text in result.Tokens[0].Value.Split(','))
            {
                if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
                {
                    values.Add(value);
                }
                else
                {
                    result.AddError($"--tolerances needs numbers separated by commas, not '{text}'. Write --tolerances 1e-4,1e-8.");
                    return null;
                }
            }

            return values;
        },
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_names);
        command.Add(_tolerances);
    }

    /// <summary>Whether solvers are compared, and no single run is made.</summary>
    /// <exception cref="UsageException">Another option belongs to a single run.</exception>
    public bool IsAsked(ParseResult parsed, params ReadOnlySpan<Option> ofOneRun)
    {
        if (parsed.GetResult(_names) is null)
        {
            return parsed.GetResult(_tolerances) is null
                ? false
                : throw new UsageException("--tolerances", "a single run has one tolerance", "Add --compare-solvers, or use --rtol.");
        }

        foreach (Option option in ofOneRun)
        {
            if (parsed.GetResult(option) is { Implicit: false })
            {
                throw new UsageException(option.Name, "it belongs to a single run", "Leave it or --compare-solvers out.");
            }
        }

        return true;
    }

    /// <summary>Compares, prints the table, and saves what is asked for.</summary>
    /// <returns>The exit code.</returns>
    public int Run(
        ParseResult parsed, RunRequest request, string? table, Action<CurvePlot>? draw, Terminal terminal, CancellationToken cancellation)
    {
        var comparison = new SolverComparisonOptions
        {
            Solvers = [.. (parsed.GetValue(_names) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)],
        };
        comparison = parsed.GetValue(_tolerances) is { } tolerances ? comparison with { Tolerances = [.. tolerances] } : comparison;
        SolverComparison result;
        using (var progress = new ComparisonProgressLine(terminal, !request.Quiet))
        {
            try
            {
                result = request.Model.CompareSolvers(request.Until, request.Options, comparison with { Progress = progress }, cancellation);
            }
            catch (ModelException refusal)
            {
                throw new UsageException(refusal.Findings);
            }
        }

        if (!request.Quiet)
        {
            SolverComparisonReport.Write(result, terminal);
        }

        if (table is not null)
        {
            SolverComparisonReport.SaveCsv(result, table);
        }

        draw?.Invoke(result.Plot());
        if (result.Cancelled)
        {
            terminal.WriteError(result.Model, "the comparison was stopped", "The runs done before are kept; without a reference they have no error.");
            return ExitCode.Cancelled;
        }

        if (result.Reference is null)
        {
            terminal.WriteError(result.Model, "no solver reached the end", "Look at the reasons above, or run one with --explain.");
            return ExitCode.RunFailed;
        }

        return ExitCode.Ok;
    }
}
