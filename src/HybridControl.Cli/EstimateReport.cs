using System.Globalization;
using HybridControl.Estimation;
using HybridControl.Estimation.Diagnostics;
using Spectre.Console;

namespace HybridControl.Cli;

/// <summary>An estimation in tables: which mode when, the last belief, whether the filter agrees with the measurements.</summary>
internal static class EstimateReport
{
    private const int MostPeriods = 24;

    /// <summary>Writes everything.</summary>
    public static void Write(HybridEstimator estimator, EstimationHistory history, Terminal terminal)
    {
        WriteModes(history, terminal);
        WriteBelief(estimator, terminal);
        int rows = history.Count;
        terminal.Output.WriteLine(FormattableString.Invariant(
            $"{estimator.Automaton.Name}: mode {estimator.MostLikelyMode} at t = {estimator.Time:G6} s; {rows} rows, log-likelihood {estimator.LogLikelihood:G8}, {estimator.Hypotheses.Count} hypotheses."));
        ConsistencyReport report = history.Judge();
        if (report.IsConsistent)
        {
            terminal.Output.WriteLine("The innovations agree with the model.");
        }

        foreach (ConsistencyFinding finding in report.Findings)
        {
            terminal.Output.WriteLine(finding.ToString());
        }
    }

    // Periods in which one mode is the most probable one.
    private static void WriteModes(EstimationHistory history, Terminal terminal)
    {
        var table = new Table();
        table.AddColumn(new TableColumn("from").RightAligned());
        table.AddColumn(new TableColumn("to").RightAligned());
        table.AddColumn("mode");
        table.AddColumn(new TableColumn("mean probability").RightAligned());
        int shown = 0;
        int start = 0;
        int mode = Likely(history, 0);
        double sum = 0.0;
        for (int row = 0; row <= history.Count; row++)
        {
            int next = row < history.Count ? Likely(history, row) : -1;
            if (next != mode)
            {
                if (shown++ < MostPeriods)
                {
                    table.AddRow(
                        Number(history.Times[start]), Number(history.Times[row - 1]), Markup.Escape(history.Modes[mode]),
                        (sum / (row - start)).ToString("F3", CultureInfo.InvariantCulture));
                }

                (start, mode, sum) = (row, next, 0.0);
            }

            sum += row < history.Count ? history.ModeProbability(row)[mode] : 0.0;
        }

        terminal.WriteTable(table);
        if (shown > MostPeriods)
        {
            terminal.Output.WriteLine($"... and {shown - MostPeriods} more periods; --out saves them all.");
        }
    }

    private static void WriteBelief(HybridEstimator estimator, Terminal terminal)
    {
        var table = new Table();
        table.AddColumn("state");
        table.AddColumn(new TableColumn("mean").RightAligned());
        table.AddColumn(new TableColumn("deviation").RightAligned());
        for (int i = 0; i < estimator.StateCount; i++)
        {
            table.AddRow(Markup.Escape(estimator.StateNames[i]), Number(estimator.Belief.Mean[i]), Number(estimator.Belief.Deviation(i)));
        }

        terminal.WriteTable(table);
    }

    private static int Likely(EstimationHistory history, int row)
    {
        ReadOnlySpan<double> probabilities = history.ModeProbability(row);
        int best = 0;
        for (int i = 1; i < probabilities.Length; i++)
        {
            best = probabilities[i] > probabilities[best] ? i : best;
        }

        return best;
    }

    private static string Number(double value) => value.ToString("G6", CultureInfo.InvariantCulture);
}
