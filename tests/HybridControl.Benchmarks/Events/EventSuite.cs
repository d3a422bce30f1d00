using System.Diagnostics;
using System.Globalization;
using HybridControl.Serialization;
using HybridControl.Tests.Simulation.Families;

namespace HybridControl.Benchmarks.Events;

/// <summary>Random hybrid automata with known events, by the million.</summary>
internal static class EventSuite
{
    private const int Block = 1000;

    /// <summary>Runs the cases: <c>[--count n] [--seed n] [--threads n] [--case k]</c>.</summary>
    /// <returns>Zero if no event was missed, doubled or out of order.</returns>
    public static int Run(string[] args)
    {
        long count = Option(args, "--count", 1_000_000);
        ulong seed = (ulong)Option(args, "--seed", 1);
        long only = Option(args, "--case", -1);
        if (only >= 0)
        {
            return Finish(RunCase(seed, only));
        }

        int threads = (int)Option(args, "--threads", 2);
        var tallies = new EventTally[threads];
        long next = 0;
        long start = Stopwatch.GetTimestamp();
        var workers = new Thread[threads];
        for (int i = 0; i < threads; i++)
        {
            int worker = i;
            workers[i] = new Thread(() => tallies[worker] = Work(seed, count, ref next, worker == 0 ? start : 0));
            workers[i].Start();
        }

        var all = new EventTally();
        for (int i = 0; i < threads; i++)
        {
            workers[i].Join();
            all.Add(tallies[i]);
        }

        Console.WriteLine(FormattableString.Invariant(
            $"{all.Expected} events in {count} cases of seed {seed}, {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s; largest error {all.Worst:G3} of the allowed; {all.Touches} touches, {all.Pieces} pieces, {all.FloorHits} floor hits, {all.NotBounded} not bounded; runs with monitors that differ: {all.Disturbed}"));
        return Finish(all);
    }

    private static EventTally RunCase(ulong seed, long number)
    {
        var tally = new EventTally();
        Console.WriteLine(ModelFile.Write(new EventTrial(seed).Run(number, tally, always: true).Model));
        tally.Messages.ForEach(Console.WriteLine);
        return tally;
    }

    private static EventTally Work(ulong seed, long count, ref long next, long progressFrom)
    {
        var trial = new EventTrial(seed);
        var tally = new EventTally();
        double reported = 0.0;
        while (true)
        {
            long from = Interlocked.Add(ref next, Block) - Block;
            for (long number = from; number < Math.Min(from + Block, count); number++)
            {
                int known = tally.Messages.Count;
                trial.Run(number, tally);
                if (tally.Messages.Count > known)
                {
                    Console.WriteLine(tally.Messages[^1]);
                }
            }

            if (from >= count)
            {
                return tally;
            }

            double seconds = progressFrom == 0 ? 0.0 : Stopwatch.GetElapsedTime(progressFrom).TotalSeconds;
            if (seconds > reported + 10.0)
            {
                reported = seconds;
                Console.WriteLine(FormattableString.Invariant($"{Math.Min(from + Block, count)} of {count} cases, {seconds:F0} s, {tally.Messages.Count} failures on this thread"));
            }
        }
    }

    private static int Finish(EventTally tally)
    {
        Console.WriteLine(tally.Verdict());
        return tally.IsClean ? 0 : 1;
    }

    private static long Option(string[] args, string name, long usual)
    {
        int place = Array.IndexOf(args, name);
        return place >= 0 && place + 1 < args.Length ? long.Parse(args[place + 1], CultureInfo.InvariantCulture) : usual;
    }
}
