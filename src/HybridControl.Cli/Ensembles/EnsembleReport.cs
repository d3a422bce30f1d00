using System.Collections.Immutable;
using System.Globalization;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Statistics;
using Spectre.Console;
using SpectreColumn = Spectre.Console.TableColumn;

namespace HybridControl.Cli.Ensembles;

/// <summary>An ensemble in tables: how trajectories ended, what was recorded, requirements, events.</summary>
internal static class EnsembleReport
{
    private const double Confidence = 0.95;

    /// <summary>Writes everything that the result has.</summary>
    public static void Write(EnsembleResult result, Terminal terminal)
    {
        WriteStatuses(result, terminal);
        string?[] alternatives = Alternatives(result);
        WriteScalars(result, alternatives, terminal);
        WriteRequirements(result, alternatives, terminal);
        WriteEvents(result, alternatives, terminal);
    }

    /// <summary>The alternatives by name; null for the only one.</summary>
    public static string?[] Alternatives(EnsembleResult result) =>
        result.Layout.Alternatives.IsEmpty ? [null] : [.. result.Layout.Alternatives];

    /// <summary>The scalar columns that are summarised: all but status, mode and requirements.</summary>
    public static IEnumerable<string> Summarised(EnsembleLayout layout) =>
        layout.Scalars.Where((_, i) => i is not (EnsembleLayout.Status or EnsembleLayout.Mode) && i < layout.FirstRequirement);

    private static void WriteStatuses(EnsembleResult result, Terminal terminal)
    {
        Table table = Columns("status", ["trajectories", "share"]);
        foreach ((TrajectoryStatus status, long count) in result.StatusCounts.Where(entry => entry.Value > 0))
        {
            Row(table, [BlockTable.NameOf(status)], Count(count), Percent(count, result.Count));
        }

        terminal.WriteTable(table);
    }

    private static void WriteScalars(EnsembleResult result, string?[] alternatives, Terminal terminal)
    {
        Table table = Columns(Head("quantity", alternatives), ["mean", "deviation", "5 %", "50 %", "95 %", "n"]);
        foreach (string column in Summarised(result.Layout))
        {
            foreach (string? alternative in alternatives)
            {
                SampleSummary summary = result.Scalar(column, alternative);
                Row(table, Keys(column, alternative), Number(summary.Mean), Number(summary.StandardDeviation), Number(summary.Quantile(0.05)),
                    Number(summary.Quantile(0.5)), Number(summary.Quantile(0.95)), Count(summary.Count));
            }
        }

        terminal.WriteTable(table);
        if (!result.IsExact)
        {
            terminal.Output.WriteLine("Quantiles are approximate: the ensemble is too large to keep every number in memory.");
        }
    }

    private static void WriteRequirements(EnsembleResult result, string?[] alternatives, Terminal terminal)
    {
        ImmutableArray<string> names = [.. result.Layout.Scalars.Skip(result.Layout.FirstRequirement)];
        if (names.IsEmpty)
        {
            return;
        }

        Table table = Columns(Head("requirement", alternatives), ["met", "of", "unknown", "probability", "Wilson 95 %", "Clopper-Pearson 95 %"]);
        foreach (string name in names)
        {
            foreach (string? alternative in alternatives)
            {
                Proportion met = result.Requirement(name, alternative);
                Row(table, Keys(name, alternative), Count(met.Successes), Count(met.Trials), Count(met.Unknown), Number(met.Estimate),
                    Interval(met.Wilson(Confidence)), Interval(met.ClopperPearson(Confidence)));
            }
        }

        terminal.WriteTable(table);
    }

    private static void WriteEvents(EnsembleResult result, string?[] alternatives, Terminal terminal)
    {
        if (result.Layout.EventSlots == 0 || result.Layout.Transitions.IsEmpty)
        {
            return;
        }

        long truncated = 0;
        Table table = Columns(Head("transition", alternatives), ["events", "per trajectory", "first at, mean", "5 %", "95 %"]);
        foreach (string? alternative in alternatives)
        {
            foreach (string transition in result.Layout.Transitions)
            {
                EventSummary events = result.Events(transition, alternative);
                SampleSummary first = events.Time(0);
                Row(table, Keys(transition, alternative), Count(events.Times.Count), Number(events.CountPerTrajectory.Mean),
                    Number(first.Mean), Number(first.Quantile(0.05)), Number(first.Quantile(0.95)));
                truncated = Math.Max(truncated, events.Truncated);
            }
        }

        terminal.WriteTable(table);
        if (truncated > 0)
        {
            terminal.Output.WriteLine(FormattableString.Invariant(
                $"{truncated} trajectories had more events than the {result.Layout.EventSlots} that the plan keeps of each: counts are lower bounds."));
        }
    }

    private static string[] Head(string first, string?[] alternatives) => alternatives is [null] ? [first] : [first, "alternative"];

    private static string[] Keys(string first, string? alternative) => alternative is null ? [first] : [first, alternative];

    private static Table Columns(string first, string[] numbers) => Columns([first], numbers);

    private static Table Columns(string[] keys, string[] numbers)
    {
        Table table = new Table().AddColumns(keys);
        foreach (string number in numbers)
        {
            table.AddColumn(new SpectreColumn(number).RightAligned());
        }

        return table;

    }

    private static void Row(Table table, string[] keys, params string[] numbers) =>
        table.AddRow([.. keys.Concat(numbers).Select(text => new Text(text))]);

    private static string Number(double value) => double.IsNaN(value) ? "-" : value.ToString("G6", CultureInfo.InvariantCulture);

    private static string Count(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Percent(long count, long all) => FormattableString.Invariant($"{100.0 * count / all:0.###} %");

    private static string Interval(ConfidenceInterval interval) => FormattableString.Invariant($"{interval.Lower:G5} .. {interval.Upper:G5}");
}
