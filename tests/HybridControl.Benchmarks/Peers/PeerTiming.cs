using System.Diagnostics;

namespace HybridControl.Benchmarks.Peers;

/// <summary>Times a problem as the peers do: the whole of it, again and again, median and minimum.</summary>
/// <param name="WarmUpMilliseconds">C++ is compiled before it starts; here the first runs are interpreted by the runtime's quick compiler.</param>
/// <param name="WarmUpRuns">The least number of runs before the first that counts.</param>
/// <param name="BudgetMilliseconds">Time of the runs that count, of a row at the peers' tolerance.</param>
/// <param name="SweepMilliseconds">The same of a row at another tolerance.</param>
internal sealed record PeerTiming(double WarmUpMilliseconds, int WarmUpRuns, double BudgetMilliseconds, double SweepMilliseconds)
{
    /// <summary>For numbers that are kept.</summary>
    public static PeerTiming Whole { get; } = new(1000.0, 60, 1200.0, 200.0);

    /// <summary>For development.</summary>
    public static PeerTiming Short { get; } = new(400.0, 30, 100.0, 30.0);

    /// <summary>At most 201 repeats, at least 3, until the budget is spent.</summary>
    /// <param name="run">The problem.</param>
    /// <param name="isUsual">Whether it runs at the peers' tolerance.</param>
    /// <param name="isWarm">Whether the same code has run before, with other tolerances.</param>
    public PeerResult Measure(Func<PeerResult> run, bool isUsual = true, bool isWarm = false)
    {
        PeerResult result = run();
        double warmUp = isWarm ? 0.1 * WarmUpMilliseconds : WarmUpMilliseconds;
        int runs = isWarm ? 3 : WarmUpRuns;
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; Elapsed() < warmUp || (i < runs && Elapsed() < 3.0 * warmUp); i++)
        {
            result = run();
        }

        var times = new List<double>();
        start = Stopwatch.GetTimestamp();
        while (times.Count < 201 && (times.Count < 3 || Elapsed() < (isUsual ? BudgetMilliseconds : SweepMilliseconds)))
        {
            long begin = Stopwatch.GetTimestamp();
            result = run();
            times.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        }

        times.Sort();
        return result with { Milliseconds = times[times.Count / 2], MinimumMilliseconds = times[0] };

        double Elapsed() => Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
