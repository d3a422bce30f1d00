using HybridControl.Diagnostics;
using Spectre.Console;

namespace HybridControl.Cli;

/// <summary>Where a command writes: results to one stream, complaints and progress to the other.</summary>
internal sealed class Terminal
{
    private const int WidthOfFiles = 160;

    public Terminal(TextWriter output, TextWriter error, bool showsProgress = false, int? width = null)
    {
        Output = new GuardedWriter(output, fault => throw new OutputException(fault));
        // Nowhere is left to complain about the stream of complaints.
        Error = new GuardedWriter(error, _ => { });
        ShowsProgress = showsProgress;
        Width = width ?? WidthOfFiles;
    }

    /// <summary>Results.</summary>
    public TextWriter Output { get; }

    /// <summary>Errors, warnings and progress.</summary>
    public TextWriter Error { get; }

    /// <summary>Whether someone watches the error stream.</summary>
    public bool ShowsProgress { get; }

    /// <summary>Columns of the output.</summary>
    public int Width { get; }

    /// <summary>The streams of the process.</summary>
    public static Terminal Standard()
    {
        int? width = null;
        try
        {
            width = Console.IsOutputRedirected || Console.WindowWidth < 20 ? null : Console.WindowWidth;
        }
        catch (IOException)
        {
            // No window to measure.
        }

        return new Terminal(Console.Out, Console.Error, !Console.IsErrorRedirected, width);
    }

    /// <summary>Writes a table of plain text.</summary>
    public void WriteTable(Table table)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(Output),
        });
        console.Profile.Width = Width;
        console.Write(table.Border(TableBorder.Simple));
    }

    /// <summary>Writes findings as where and what on one line, how to mend it on the next.</summary>
    public void WriteFindings(IEnumerable<Finding> findings, bool errorsOnly = false)
    {
        foreach (Finding finding in findings)
        {
            bool error = finding.Severity == Severity.Error;
            if (error || !errorsOnly)
            {
                string label = error ? "error" : "warning";
                Error.WriteLine($"{label}: {finding.Where}: {finding.What.TrimEnd('.')}.");
                foreach (string line in finding.Mend.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                {
                    Error.WriteLine($"{new string(' ', label.Length + 2)}{line}");
                }
            }
        }
    }

    /// <summary>Writes one error.</summary>
    public void WriteError(string where, string what, string mend) => WriteFindings([new Finding(where, what, mend)]);
}
