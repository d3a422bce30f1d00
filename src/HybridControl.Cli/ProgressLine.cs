using System.Diagnostics;
using HybridControl.Simulation;

namespace HybridControl.Cli;

/// <summary>One line on the error stream that says how far a long run has come; removed when the run ends.</summary>
internal sealed class ProgressLine : IProgress<SimulationProgress>, IDisposable
{
    private const double QuietSeconds = 0.5;

    private readonly Terminal _terminal;
    private readonly bool _shown;
    private readonly Stopwatch _clock;
    private int _written;

    public ProgressLine(Terminal terminal, bool shown, Stopwatch clock)
    {
        _terminal = terminal;
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
        Write(FormattableString.Invariant(
            $"{percent,3} %  t = {value.Time:G6} of {value.End:G6} s, {value.Jumps} jumps, {value.Steps} steps{Note} (Ctrl-C stops and keeps the result)"));
    }

    public void Dispose()
    {
        if (_written > 0)
        {
            _terminal.Error.Write($"\r{new string(' ', _written)}\r");
        }
    }

    private void Write(string line)
    {
        _terminal.Error.Write($"\r{line.PadRight(_written)}");
        _written = Math.Max(_written, line.Length);
    }
}
