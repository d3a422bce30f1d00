using System.Diagnostics;
using HybridControl.Simulation;

namespace HybridControl.Cli;

/// <summary>One line on the error stream that says how far a long run has come; removed when the run ends.</summary>
internal sealed class ProgressLine : IProgress<SimulationProgress>, IDisposable
{
    private const double QuietSeconds = 0.5;

    private readonly StatusLine _line;
    private readonly bool _shown;
    private readonly Stopwatch _clock;

    public ProgressLine(Terminal terminal, bool shown, Stopwatch clock)
    {
        _line = new(terminal);
        _shown = shown && terminal.ShowsProgress;
        _clock = clock;
    }

    /// <summary>What else to say.</summary>
    public string Note { get; set; } = "";

    public void Report(SimulationProgress value)
    {
        if (!_shown || _clock.Elapsed.TotalSeconds < QuietSeconds)
        {
            return;
        }

        int percent = value.End > 0.0 ? (int)Math.Clamp(100.0 * value.Time / value.End, 0.0, 100.0) : 0;
        _line.Write(FormattableString.Invariant(
            $"{percent,3} %  t = {value.Time:G6} of {value.End:G6} s, {value.Jumps} jumps, {value.Steps} steps{Note} (Ctrl-C stops and keeps the result)"));
    }

    public void Dispose() => _line.Dispose();
}
