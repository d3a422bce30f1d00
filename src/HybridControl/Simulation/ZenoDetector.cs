using HybridControl.Numerics;

namespace HybridControl.Simulation;

/// <summary>Watches the event times of one guard for accumulation (semantics 8).</summary>
internal struct ZenoDetector
{
    private const int Intervals = 10;
    private const int Burst = 100;
    private const int Budget = 10_000;

    private double[]? _recent;
    private int _count;
    private double _last;
    private double _interval;
    private double _ratio;
    private int _run;
    private int _beyond;

    /// <summary>Events so far.</summary>
    public readonly int Count => _count;

    /// <summary>The ratio of successive intervals.</summary>
    public readonly double Ratio => _ratio;

    /// <summary>Whether the last event was one of many within a few instants, rather than of intervals in a constant ratio.</summary>
    public bool IsBurst { get; private set; }

    /// <summary>Whether a warning was given.</summary>
    public readonly bool HasWarned => _beyond > 0;

    /// <summary>Whether more events have followed the warning, close to each other, than a run that goes on may take.</summary>
    public readonly bool IsSpent => _beyond > Budget;

    /// <summary>How close the predicted end must be, and how far it may be awaited: sqrt(eps) max(1, |t|).</summary>
    public static double Window(double time) => Math.Sqrt(Math.ScaleB(1.0, -52)) * Math.Max(1.0, Math.Abs(time));

    /// <summary>Notes that a warning was given.</summary>
    public void Warn() => _beyond = 1;

    /// <summary>Notes an event and tells whether events accumulate.</summary>
    /// <param name="time">Time of the event.</param>
    /// <param name="tau">Width of an instant.</param>
    /// <param name="limit">The predicted accumulation time.</param>
    public bool Add(double time, double tau, out double limit)
    {
        _recent ??= new double[Burst];
        limit = time;
        double interval = time - _last;
        if (_count > 1 && interval > 0.0)
        {
            double ratio = interval / _interval;
            _run = ratio < 1.0 && Math.Abs(ratio - _ratio) <= 0.01 * _ratio ? _run + 1 : 0;
            _ratio = ratio;
        }

        IsBurst = _count >= Burst && time - _recent[_count % Burst] < 1000.0 * tau;
        _beyond = _beyond == 0 ? 0 : interval > Window(time) ? 1 : _beyond + 1;
        _recent[_count % Burst] = time;
        _count++;
        _last = time;
        _interval = interval > 0.0 ? interval : _interval;
        if (_run >= 2)
        {
            // Where intervals shrink fast there are not ten of them above the resolution of time: fewer must do close to it.
            double remainder = _interval * _ratio / (1.0 - _ratio);
            bool many = _run >= Intervals - 1 && remainder < Math.Max(10.0 * tau, Window(time));
            bool fast = interval > 10.0 * tau && remainder < (_run == 2 ? tau : 1000.0 * tau);
            if (many || fast)
            {
                limit = time + remainder;
                IsBurst = false;
                return true;
            }
        }

        return IsBurst || IsSpent;
    }

    /// <summary>Exchanges what was seen with an archive.</summary>
    public void Exchange(StateArchive archive)
    {
        archive.Exchange(ref _recent);
        archive.Exchange(ref _count);
        archive.Exchange(ref _last);
        archive.Exchange(ref _interval);
        archive.Exchange(ref _ratio);
        archive.Exchange(ref _run);
        archive.Exchange(ref _beyond);
        IsBurst = archive.Exchange(IsBurst);
        if (_count < 0 || _recent is { Length: not Burst })
        {
            throw StateArchive.Damage("a watch over accumulating events is no such watch");
        }
    }
}
