using System.Collections.Immutable;
using System.Globalization;
using HybridControl.Simulation;
using Spectre.Console;

namespace HybridControl.Cli;

/// <summary>A run in tables: its events, its end, what it cost.</summary>
internal static class RunReport
{
    /// <summary>The longest event list that is printed whole.</summary>
    public const int LongestList = 24;

    private const int ShownAtEachEnd = 8;
    private const int MostIgnoredCommands = 5;

    /// <summary>Writes the event list; the middle of a long one is left out unless all is asked for.</summary>
    public static void WriteEvents(Trajectory trajectory, Terminal terminal, bool all)
    {
        int count = trajectory.Jumps.Length;
        if (count == 0)
        {
            terminal.Output.WriteLine("No transition was taken.");
            return;
        }

        var table = new Table();
        table.AddColumn(new TableColumn("t").RightAligned());
        table.AddColumn(new TableColumn("j").RightAligned());
        table.AddColumns("from", "to", "transition");
        foreach (string name in trajectory.Sensitivities)
        {
            table.AddColumn(new TableColumn(new Text($"dt/d({name})")).RightAligned());
        }

        bool whole = all || count <= LongestList;
        int shown = whole ? count : ShownAtEachEnd;
        foreach (Jump jump in trajectory.Jumps.Take(shown))
        {
            AddRow(table, jump);
        }

        if (!whole)
        {
            table.AddRow(new Text("..."), new Text(""), new Text(FormattableString.Invariant($"{count - (2 * shown)} more")), new Text("..."), new Text("..."));
            foreach (Jump jump in trajectory.Jumps.Skip(count - shown))
            {
                AddRow(table, jump);
            }
        }

        terminal.WriteTable(table);
    }

    /// <summary>Writes how the run ended, the last values, and the statistics.</summary>
    public static void WriteSummary(Trajectory trajectory, double seconds, Terminal terminal)
    {
        string mode = trajectory.Segments[^1].Mode;
        string status = trajectory.Status switch
        {
            RunStatus.Completed => "completed at",
            // That it was stopped is said once, on the error stream.
            RunStatus.Cancelled => "up to",
            RunStatus.Zeno => "ended: events accumulate at",
            RunStatus.Chattering => "ended: the flow chatters at",
            RunStatus.InvariantViolated => "ended: an invariant was left at",
            RunStatus.Livelock => "ended: livelock at",
            RunStatus.StepTooSmall => "ended: the step became too small at",
            RunStatus.NotFinite => "ended: a value is not finite at",
            RunStatus.StepLimit => "ended: too many steps at",
            RunStatus.ValueRefused => "ended: a variable was given a value that it cannot have at",
            RunStatus.SingularSystem => "ended: the equations do not determine their unknowns at",
            RunStatus.NoConvergence => "ended: the implicit step does not converge at",
            RunStatus.InconsistentState => "ended: no consistent algebraic variables were found at",
            RunStatus.BlockRefused => "ended: a sampled block could not go on at",
            _ => $"{trajectory.Status} at",
        };
        terminal.Output.WriteLine(FormattableString.Invariant(
            $"{trajectory.Model.Name}: {status} t = {trajectory.EndTime} s in mode {mode}, {trajectory.Jumps.Length} jumps."));
        if (trajectory is { IsError: false, Reason.Length: > 0 } and not { Status: RunStatus.Cancelled })
        {
            terminal.Output.WriteLine(Reason(trajectory));
        }

        ModelState end = trajectory.At(trajectory.EndTime);
        IEnumerable<string> states = trajectory.Model.States.Select((state, i) => Value(state.Name, end.States[i], state.Unit));
        IEnumerable<string> discretes = trajectory.Model.Discretes.Select((d, i) => Value(d.Name, end.Discretes[i], d.Unit));
        string[] values = [.. states, .. discretes];
        if (values.Length > 0)
        {
            terminal.Output.WriteLine($"End values: {string.Join(", ", values)}.");
        }

        WriteSensitivities(trajectory, terminal);
        RunStatistics s = trajectory.Statistics;
        terminal.Output.WriteLine(FormattableString.Invariant(
            $"Cost: {seconds:0.000} s, {s.Steps} steps, {s.Rejections} rejected, {s.RightHandSides} right-hand sides, {s.GuardEvaluations} guard evaluations."));
        terminal.Output.WriteLine(FormattableString.Invariant(
            $"Event search: {s.Dismissed} guards dismissed at once, {s.Escalated} searched in {s.Pieces} pieces, {s.Roots} roots, {s.Touches} touches, {s.FloorHits} undecided, {s.NotBounded} not bounded."));
        int warnings = trajectory.Log.Count(record => record.Kind == LogKind.Warning);
        if (warnings > 0)
        {
            terminal.Output.WriteLine(FormattableString.Invariant($"Warnings: {warnings}; the first at t = {trajectory.Log.First(r => r.Kind == LogKind.Warning).Time} s: {trajectory.Log.First(r => r.Kind == LogKind.Warning).Detail}"));
        }
    }

    private static void WriteSensitivities(Trajectory trajectory, Terminal terminal)
    {
        foreach (string name in trajectory.Sensitivities)
        {
            ImmutableArray<double> end = trajectory.Sensitivity(name).At(trajectory.EndTime);
            terminal.Output.WriteLine($"End values of d/d({name}): {string.Join(", ", trajectory.Model.States.Select((state, i) => Value(state.Name, end[i], "")))}.");
        }

        if (trajectory.Sensitivities.Length == 0)
        {
            return;
        }

        foreach (RunDiagnosis diagnosis in RunExplanation.Of(trajectory).Diagnoses.Where(diagnosis => diagnosis.Kind == DiagnosisKind.Sensitivity))
        {
            terminal.Error.WriteLine($"warning: {diagnosis.What}");
        }
    }

    /// <summary>Why a run ended, with options of the command line in place of those of the library.</summary>
    public static string Reason(Trajectory trajectory) =>
        Reason(trajectory.IsError ? trajectory.Reason : trajectory.Reason.Replace(", or use ZenoPolicy.Stop", "", StringComparison.Ordinal));

    /// <summary>A reason with options of the command line in place of those of the library.</summary>
    public static string Reason(string reason) => reason
        .Replace("use ZenoPolicy.Stop", "use --zeno stop", StringComparison.Ordinal)
        .Replace("use ChatteringPolicy.Slide", "use --chattering slide", StringComparison.Ordinal)
        .Replace("Raise MaxSteps, loosen", "Loosen", StringComparison.Ordinal)
        .Replace("Raise MaxSteps, give", "Give", StringComparison.Ordinal)
        .Replace("Else raise MaxSteps, or shorten", "Else shorten", StringComparison.Ordinal);

    /// <summary>Warns of the commands that no transition took: the first few and how many more.</summary>
    public static void WriteIgnoredCommands(Trajectory trajectory, Terminal terminal)
    {
        LogRecord[] ignored = [.. trajectory.Log.Where(record => record is { Kind: LogKind.Command, Detail: "ignored" })];
        foreach (LogRecord record in ignored.Take(MostIgnoredCommands))
        {
            string mode = trajectory.At(record.Time, Side.Left).Mode;
            terminal.Error.WriteLine(FormattableString.Invariant($"warning: command '{record.Name}' at t = {record.Time} s was ignored in mode '{mode}'"));
        }

        if (ignored.Length > MostIgnoredCommands)
        {
            terminal.Error.WriteLine(FormattableString.Invariant($"warning: {ignored.Length - MostIgnoredCommands} more commands were ignored, {ignored.Length} in all"));
        }
    }

    private static void AddRow(Table table, Jump jump) => table.AddRow(
    [
        new Text(jump.Time.ToString("R", CultureInfo.InvariantCulture)),
        new Text(jump.Index.ToString(CultureInfo.InvariantCulture)),
        new Text(jump.From),
        new Text(jump.To),
        new Text(jump.Transition),
        .. jump.TimeSensitivities.Select(value => new Text(value.ToString("G10", CultureInfo.InvariantCulture))),
    ]);

    private static string Value(string name, double value, string unit) =>
        FormattableString.Invariant($"{name} = {value:G10}{(unit.Length > 0 ? " " : "")}{unit}");
}
