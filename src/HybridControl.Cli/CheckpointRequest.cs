using HybridControl.Diagnostics;
using HybridControl.Serialization;
using HybridControl.Simulation;

namespace HybridControl.Cli;

/// <summary>Which checkpoints a run reads and writes, and how its values are spaced.</summary>
/// <param name="Path">The file to write; null for none.</param>
/// <param name="ResumePath">The file to go on from; null to start anew.</param>
/// <param name="Every">Time of the clock between two checkpoints.</param>
/// <param name="Spacing">Spacing of the saved values, in seconds of the run; null for every step.</param>
internal sealed record CheckpointRequest(string? Path, string? ResumePath, TimeSpan Every, double? Spacing)
{
    /// <summary>What takes the snapshots of the run; null if there are to be no checkpoints.</summary>
    public ISnapshotSink? Start(Terminal terminal, ProgressLine progress) => Path is null
        ? null
        : new PeriodicCheckpoint(Path, Every) { Report = checkpoint => Say(checkpoint, terminal, progress) };

    // A fault is told when it begins, not each time.
    private static void Say(PeriodicCheckpoint checkpoint, Terminal terminal, ProgressLine progress)
    {
        if (checkpoint.Fault is null)
        {
            progress.Note = FormattableString.Invariant($", checkpoint at t = {checkpoint.LastTime:G6} s");
        }
        else if (progress.Note != Failing)
        {
            progress.Note = Failing;
            terminal.WriteFindings(checkpoint.Fault.Findings.Select(finding => finding with
            {
                What = $"no checkpoint was written: {finding.What}",
                Severity = Severity.Warning,
            }));
        }
    }

    private const string Failing = ", no checkpoint could be written";
}
