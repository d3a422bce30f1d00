using System.Diagnostics;

namespace HybridControl.Benchmarks.Peers;

/// <summary>Times a problem as the peers do: the whole of it, again and again, median and minimum.</summary>
internal static class PeerTiming
{
    // C++ is compiled before it starts; here the first runs are interpreted by the runtime's quick compiler.
    private const double WarmUpMilliseconds = 1500.0;
    private const int WarmUpRuns = 60;

    /// <summary>At most 201 repeats, at least 3, until the budget is spent.</summary>
    public static PeerResult Measure(Func<PeerResult> run, double budgetMilliseconds = 1200.0)
    {
        PeerResult result = run();
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < WarmUpRuns || Stopwatch.GetElapsedTime(start).TotalMilliseconds < WarmUpMilliseconds; i++)
        {
            result = run();
        }

        var times = new List<double>();
        start = Stopwatch.GetTimestamp();
        while (times.Count < 201 &&
            (times.Count < 3 || Stopwatch.GetElapsedTime(start).TotalMilliseconds < budgetMilliseconds))
        {
            long begin = Stopwatch.GetTimestamp();
            result = run();
            times.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        }

        times.Sort();
        return result with { Milliseconds = times[times.Count / 2], MinimumMilliseconds = times[0] };
    }
}
