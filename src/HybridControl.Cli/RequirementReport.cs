using System.Globalization;
using HybridControl.Requirements;
using Spectre.Console;

namespace HybridControl.Cli;

/// <summary>Verdicts as a table, and as an exit code.</summary>
internal static class RequirementReport
{
    /// <summary>Writes a row for each requirement.</summary>
    public static void Write(IEnumerable<RequirementResult> results, Terminal terminal)
    {
        var table = new Table();
        table.AddColumns("requirement", "verdict");
        table.AddColumn(new TableColumn("robustness").RightAligned());
        table.AddColumn(new TableColumn("t").RightAligned());
        table.AddColumns("mode", "why");
        foreach (RequirementResult result in results)
        {
            RequirementWitness? witness = result.Witness;
            table.AddRow(
                new Text(result.Requirement.Name), new Text(result.Verdict.ToString().ToLowerInvariant()), new Text(Robustness(result)),
                new Text(witness is null ? "" : witness.Time.ToString("G9", CultureInfo.InvariantCulture)), new Text(witness?.Mode ?? ""),
                new Text(witness is null ? result.Reason : witness.Comparison));
        }

        terminal.WriteTable(table);
    }

    /// <summary>Says on the error stream what is not met.</summary>
    /// <returns>The exit code: violated before undecided before <paramref name="otherwise"/>.</returns>
    public static int Conclude(IReadOnlyCollection<RequirementResult> results, int otherwise, Terminal terminal)
    {
        foreach (RequirementResult result in results.Where(result => result.Verdict != Verdict.Satisfied))
        {
            terminal.Error.WriteLine($"{result}.");
        }

        return results.Any(result => result.Verdict == Verdict.Violated) ? ExitCode.Violated
            : otherwise != ExitCode.Ok ? otherwise
            : results.Any(result => result.Verdict == Verdict.Undecided) ? ExitCode.Undecided
            : ExitCode.Ok;
    }

    private static string Robustness(RequirementResult result) => result.Verdict == Verdict.Undecided
        ? FormattableString.Invariant($"{result.Lower:G6} .. {result.Upper:G6}")
        : result.Robustness.ToString("G6", CultureInfo.InvariantCulture);
}
