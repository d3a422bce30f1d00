using System.Globalization;
using HybridControl.Diagnostics;
using HybridControl.Simulation;
using Spectre.Console;

namespace HybridControl.Cli;

/// <summary>A comparison of solvers as a table, for people and as a file.</summary>
internal static class SolverComparisonReport
{
    private static readonly string[] s_columns =
        ["solver", "tolerance", "error", "event error [s]", "steps", "rejected", "right-hand sides", "time [ms]", "note"];

    /// <summary>Writes the table, the reference, and what failed or was refused with its reasons.</summary>
    public static void Write(SolverComparison comparison, Terminal terminal)
    {
        var table = new Table();
        foreach (string column in s_columns)
        {
            table.AddColumn(column == s_columns[^1] || column == s_columns[0] ? new TableColumn(new Text(column)) : new TableColumn(new Text(column)).RightAligned());
        }

        foreach (SolverRun run in comparison.Runs)
        {
            table.AddRow([.. Cells(run, comparison.Reference).Select(text => new Text(text))]);
        }

        terminal.WriteTable(table);
        if (comparison.Reference is { } reference)
        {
            terminal.Output.WriteLine(FormattableString.Invariant($"Reference: {reference.Solver} at {reference.Tolerance:0.##e-0}, {Check(reference)}."));
        }

        foreach (IGrouping<string, SolverRun> method in comparison.Runs.Where(run => run.Reason.Length > 0).GroupBy(run => run.Solver))
        {
            SolverRun first = method.First();
            terminal.Output.WriteLine(FormattableString.Invariant($"{method.Key} at {first.Tolerance:0.##e-0}: {RunReport.Reason(first.Reason)}"));
        }

        foreach (RefusedSolver refused in comparison.Refused)
        {
            Finding finding = refused.Findings[0];
            terminal.Output.WriteLine($"{refused.Solver} cannot run this model: {finding.What.TrimEnd('.')}. {finding.Mend}".TrimEnd());
        }
    }

    /// <summary>Saves the table with all digits.</summary>
    public static void SaveCsv(SolverComparison comparison, string path)
    {
        IEnumerable<string> lines = comparison.Runs.Select(run => string.Join(
            ',',
            run.Solver,
            Full(run.Tolerance),
            Full(run.Error),
            Full(run.EventError),
            run.Statistics.Steps.ToString(CultureInfo.InvariantCulture),
            run.Statistics.Rejections.ToString(CultureInfo.InvariantCulture),
            run.Statistics.RightHandSides.ToString(CultureInfo.InvariantCulture),
            Full(1000.0 * run.Seconds),
            $"\"{run.Reason.Replace("\"", "\"\"", StringComparison.Ordinal)}\""));
        try
        {
            File.WriteAllLines(path, lines.Prepend(string.Join(',', s_columns)));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ModelException(path, $"the table cannot be written: {fault.Message}", "Choose another file.");
        }
    }

    private static string[] Cells(SolverRun run, SolverReference? reference) =>
    [
        run.Solver,
        run.Tolerance.ToString("0.##e-0", CultureInfo.InvariantCulture),
        Short(run.Error),
        Short(run.EventError),
        run.Statistics.Steps.ToString(CultureInfo.InvariantCulture),
        run.Statistics.Rejections.ToString(CultureInfo.InvariantCulture),
        run.Statistics.RightHandSides.ToString(CultureInfo.InvariantCulture),
        double.IsFinite(run.Seconds) ? (1000.0 * run.Seconds).ToString("G3", CultureInfo.InvariantCulture) : "-",
        Note(run, reference),
    ];

    private static string Note(SolverRun run, SolverReference? reference) => run switch
    {
        { Status: RunStatus.Cancelled } => "too slow",
        { Reason.Length: > 0 } => run.Status == RunStatus.Completed ? "other jumps" : $"failed: {run.Status}",
        _ => run.Error < reference?.Uncertainty ? "below what the reference resolves" : "",
    };

    private static string Check(SolverReference reference) => reference.CheckedBy.Length > 0
        ? FormattableString.Invariant($"checked by {reference.CheckedBy}: they differ by {reference.Uncertainty:0.0e-0}")
        : FormattableString.Invariant($"not checked by a second method; its own tightest run differs by {reference.Uncertainty:0.0e-0}");

    private static string Short(double value) =>
        double.IsFinite(value) ? value.ToString(value == 0.0 ? "0" : "0.0e-0", CultureInfo.InvariantCulture) : "-";

    private static string Full(double value) => double.IsFinite(value) ? value.ToString("R", CultureInfo.InvariantCulture) : "";
}
