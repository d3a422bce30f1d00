using HybridControl.Dynamics;

namespace HybridControl.Simulation;

/// <summary>Ends a run after the step in which a terminal watch has found a root.</summary>
internal sealed class TerminalWatch(IEnumerable<OdeWatch> watches) : IRunWatcher
{
    private readonly HashSet<string> _names = [.. watches.Where(watch => watch.IsTerminal).Select(watch => watch.Name)];
    private int _seen;

    /// <summary>The root, as the run counts its time; null if there was none yet.</summary>
    public LogRecord? Root { get; private set; }

    /// <inheritdoc/>
    public string? ReasonToStop(RunEngine engine)
    {
        LogList log = engine.Record.Log;
        for (; Root is null && _seen < log.Count; _seen++)
        {
            Root = log[_seen] is { Kind: LogKind.Monitor } record && _names.Contains(record.Name) ? record : null;
        }

        return Root is null ? null : $"the watch '{Root.Name}' ended the solution";
    }
}
