using System.Diagnostics;
using System.Globalization;

namespace HybridControl.Benchmarks.Neural;

/// <summary>How long an operation took, again and again.</summary>
/// <param name="Times">Milliseconds of each repeat, rising.</param>
/// <param name="Bytes">Allocated in a call, on all threads; null if the peer does not tell.</param>
internal sealed record Timing(double[] Times, double? Bytes = null)
{
    private const int MostRepeats = 200;
    private const int LeastRepeats = 3;

    /// <summary>The median, in milliseconds.</summary>
    public double Median => Times[Times.Length / 2];

    /// <summary>What the middle half of the repeats spans, over the median.</summary>
    public double Spread => (Times[Times.Length * 3 / 4] - Times[Times.Length / 4]) / Median;

    /// <summary>Several rounds as one.</summary>
    public static Timing Of(IReadOnlyList<Timing> rounds) => new([.. rounds.SelectMany(round => round.Times).Order()], rounds[0].Bytes);

    /// <summary>Times an operation as the peer does: repeats until the time is spent, each of one millisecond at least.</summary>
    /// <param name="run">The operation, called before so that it is compiled.</param>
    /// <param name="milliseconds">Time to spend.</param>
    public static Timing Measure(Action run, double milliseconds)
    {
        long start = Stopwatch.GetTimestamp();
        run();
        double once = Math.Max(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 1e-4);
        int inner = (int)Math.Clamp(Math.Ceiling(1.0 / once), 1.0, 1000.0);
        double[] times = new double[MostRepeats];
        int count = 0;
        long before = GC.GetTotalAllocatedBytes(precise: true);
        long begin = Stopwatch.GetTimestamp();
        while (count < MostRepeats && (count < LeastRepeats || Stopwatch.GetElapsedTime(begin).TotalMilliseconds < milliseconds))
        {
            start = Stopwatch.GetTimestamp();
            for (int i = 0; i < inner; i++)
            {
                run();
            }

            times[count++] = Stopwatch.GetElapsedTime(start).TotalMilliseconds / inner;
        }

        long bytes = GC.GetTotalAllocatedBytes(precise: true) - before;
        return new([.. times.Take(count).Order()], (double)bytes / (count * inner));
    }

    /// <summary>A number with three digits.</summary>
    public static string Short(double value) => value switch
    {
        >= 999.5 => value.ToString("F0", CultureInfo.InvariantCulture),
        >= 99.95 => value.ToString("F0", CultureInfo.InvariantCulture),
        >= 9.995 => value.ToString("F1", CultureInfo.InvariantCulture),
        >= 0.9995 => value.ToString("F2", CultureInfo.InvariantCulture),
        _ => value.ToString("G3", CultureInfo.InvariantCulture),
    };
}
