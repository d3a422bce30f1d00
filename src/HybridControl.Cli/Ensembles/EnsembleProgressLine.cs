using System.Diagnostics;
using HybridControl.Ensembles;

namespace HybridControl.Cli.Ensembles;

/// <summary>How far an ensemble has come: on a terminal one line that is written over, elsewhere a line every few seconds.</summary>
internal sealed class EnsembleProgressLine : IProgress<EnsembleProgress>, IDisposable
{
    private const double QuietSeconds = 0.5;
    private const double TerminalSeconds = 0.2;
    private const double LogSeconds = 10.0;

    private readonly Terminal _terminal;
    private readonly StatusLine _line;
    private readonly bool _shown;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private double _next;

    public EnsembleProgressLine(Terminal terminal, bool shown)
    {
        _terminal = terminal;
        _line = new(terminal);
        _shown = shown;
        _next = terminal.ShowsProgress ? QuietSeconds : LogSeconds;
    }

    /// <summary>A time in words: "3 s", "2 min 5 s", "4 h 10 min", "3 d 2 h".</summary>
    public static string Words(TimeSpan time) => time.TotalSeconds switch
    {
        < 60 => FormattableString.Invariant($"{Math.Ceiling(time.TotalSeconds):0} s"),
        < 3600 => FormattableString.Invariant($"{time.Minutes} min {time.Seconds} s"),
        < 86400 => FormattableString.Invariant($"{time.Hours} h {time.Minutes} min"),
        _ => FormattableString.Invariant($"{time.Days} d {time.Hours} h"),
    };

    /// <summary>A rate in words: "1.25 million trajectories/s".</summary>
    public static string Rate(double perSecond) => perSecond switch
    {
        >= 1e6 => FormattableString.Invariant($"{perSecond / 1e6:G4} million trajectories/s"),
        >= 100 => FormattableString.Invariant($"{perSecond:0} trajectories/s"),
        _ => FormattableString.Invariant($"{perSecond:G3} trajectories/s"),
    };

    public void Report(EnsembleProgress value)
    {
        double now = _clock.Elapsed.TotalSeconds;
        if (!_shown || now < _next || value.Done >= value.Total)
        {
            return;
        }

        _next = now + (_terminal.ShowsProgress ? TerminalSeconds : LogSeconds);
        double percent = value.Total > 0 ? Math.Clamp(100.0 * value.Done / value.Total, 0.0, 100.0) : 0.0;
        string remaining = value.Remaining is { } time ? $", {Words(time)} left" : "";
        string line = FormattableString.Invariant($"{Math.Floor(percent),3} %  {value.Done} of {value.Total} trajectories, {Rate(value.Rate)}{remaining}");
        if (_terminal.ShowsProgress)
        {
            _line.Write($"{line} (Ctrl-C stops and keeps what is finished)");
        }
        else
        {
            _terminal.Error.WriteLine(line);
        }
    }

    public void Dispose() => _line.Dispose();
}
