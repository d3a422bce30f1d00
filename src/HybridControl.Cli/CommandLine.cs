using System.CommandLine;
using System.CommandLine.Parsing;
using HybridControl.Cli.Ensembles;
using HybridControl.Cli.SequenceModels;
using HybridControl.Cli.Training;
using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Cli;

/// <summary>The command <c>hybrid</c>: chooses a command, and turns every fault into a message and an exit code.</summary>
internal static class CommandLine
{
    /// <summary>Carries a command line out.</summary>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static int Run(IReadOnlyList<string> args, Terminal terminal, CancellationToken cancellation = default)
    {
        var root = new RootCommand($"Checks, simulates, estimates and plots hybrid automata.\n\n{ExitCode.Description}")
        {
            new CheckCommand(terminal, cancellation),
            new SimulateCommand(terminal, cancellation),
            new PlotCommand(terminal, cancellation),
            new ModelsCommand(terminal),
            new InfoCommand(terminal),
            new EnsembleCommand(terminal, cancellation),
            new CampaignCommand(terminal, cancellation),
            new CriticalCommand(terminal, cancellation),
            new FalsifyCommand(terminal, cancellation),
            new EstimateCommand(terminal, cancellation),
            new TrainCommand(terminal, cancellation),
            new NeuralCommand(terminal, cancellation),
            new DevicesCommand(terminal),
        };
        try
        {
            ParseResult parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (parsed.Errors.Count > 0 && !IsHelp(parsed))
            {
                WriteUsageErrors(parsed, terminal);
                return ExitCode.BadUsage;
            }

            return parsed.Invoke(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                Output = terminal.Output,
                Error = terminal.Error,
            });
        }
        catch (UsageException fault)
        {
            terminal.WriteFindings(fault.Findings);
            return ExitCode.BadUsage;
        }
        catch (ModelException fault)
        {
            terminal.WriteFindings(fault.Findings);
            return ExitCode.BadFile;
        }
        catch (OperationCanceledException)
        {
            terminal.WriteError("hybrid", "stopped before there was a result", "");
            return ExitCode.Cancelled;
        }
        catch (IOException) when (cancellation.IsCancellationRequested)
        {
            return ExitCode.Cancelled;
        }
        catch (OutputException fault)
        {
            terminal.WriteError("hybrid", $"cannot write to the standard output: {fault.Message.ReplaceLineEndings(" ")}",
                "Send it to a place that can be written, or print errors only with --quiet.");
            return ExitCode.BadFile;
        }
        catch (Exception fault)
        {
            // The last line of defence: a user never sees a stack trace.
            terminal.WriteError("hybrid", $"fault of the program: {fault.GetType().Name}: {fault.Message.ReplaceLineEndings(" ").TrimEnd('.')}",
                "This should not happen: please report it with the command line and the model.");
            return ExitCode.Internal;
        }
    }

    private static string PathOf(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent and not RootCommand ? $"{PathOf(parent)} {command.Name}" : $"hybrid {command.Name}";

    private static bool IsHelp(ParseResult parsed) =>
        parsed.Tokens.Any(token => token.Value is "--help" or "-h" or "-?" or "/?" or "/h");

    private static void WriteUsageErrors(ParseResult parsed, Terminal terminal)
    {
        Command command = parsed.CommandResult.Command;
        string name = command is RootCommand ? "hybrid" : PathOf(command);
        string[] known =
        [
            .. command.Subcommands.Select(c => c.Name), .. command.Options.Select(o => o.Name),
        ];
        var unmatched = new HashSet<string>(parsed.UnmatchedTokens, StringComparer.Ordinal);
        foreach (string token in unmatched)
        {
            string word = token.StartsWith('-') ? "option" : parsed.CommandResult.Command is RootCommand ? "command" : "argument";
            string? nearest = Suggestions.Nearest(token, known);
            terminal.WriteError(name, $"unknown {word} '{token}'",
                nearest is null ? $"See {name} --help." : $"Did you mean '{nearest}'? See {name} --help.");
        }

        foreach (ParseError error in parsed.Errors)
        {
            bool said = unmatched.Any(token => error.Message.Contains($"'{token}'", StringComparison.Ordinal)) ||
                (command is RootCommand && unmatched.Count > 0);
            if (!said)
            {
                int stop = error.Message.IndexOf(". ", StringComparison.Ordinal);
                string what = stop < 0 ? error.Message : error.Message[..stop];
                string mend = stop < 0 ? $"See {name} --help." : string.Join(' ', error.Message[(stop + 2)..].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
                terminal.WriteError(name, what, mend);
            }
        }
    }
}
