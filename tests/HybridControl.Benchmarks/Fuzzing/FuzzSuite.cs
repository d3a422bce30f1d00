using System.Diagnostics;
using System.Globalization;
using System.Text;
using HybridControl.Tests.Serialization.Fuzzing;

namespace HybridControl.Benchmarks.Fuzzing;

/// <summary>Damaged inputs for every reader, by the hundred thousand.</summary>
internal static class FuzzSuite
{
    private const int Block = 500;

    /// <summary>The longest that one input may take before the run is given up, in seconds.</summary>
    private const double Patience = 60.0;

    /// <summary>Runs the inputs: <c>[--count n] [--seed n] [--threads n] [--case k]</c>.</summary>
    /// <returns>Zero if every input was refused or accepted in order; 2 if one hangs.</returns>
    public static int Run(string[] args)
    {
        long count = Option(args, "--count", 500_000);
        ulong seed = (ulong)Option(args, "--seed", 1);
        long only = Option(args, "--case", -1);
        int threads = only >= 0 ? 1 : (int)Option(args, "--threads", 2);
        FuzzTrial[] trials = [.. Enumerable.Range(0, threads).Select(_ => new FuzzTrial(seed))];
        long next = 0;
        long start = Stopwatch.GetTimestamp();
        Thread[] workers = [.. trials.Select(trial => new Thread(() => Work(trial, count, only, ref next)))];
        Array.ForEach(workers, worker => worker.Start());
        double reported = 0.0;
        while (!Array.TrueForAll(workers, worker => worker.Join(500 / threads)))
        {
            foreach (FuzzTrial trial in trials)
            {
                long began = Volatile.Read(ref trial.Began);
                if (began != 0 && Stopwatch.GetElapsedTime(began).TotalSeconds > Patience)
                {
                    Console.WriteLine($"--seed {seed} --case {Volatile.Read(ref trial.Present)} hangs");
                    Environment.Exit(2);
                }
            }

            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (seconds > reported + 10.0)
            {
                reported = seconds;
                Console.WriteLine(FormattableString.Invariant($"{Math.Min(count, Volatile.Read(ref next))} of {count} inputs, {seconds:F0} s"));
            }
        }

        foreach (string message in trials.SelectMany(trial => trial.Messages))
        {
            Console.WriteLine(message);
        }

        long faults = trials.Sum(trial => trial.Faults);
        Console.WriteLine(FormattableString.Invariant(
            $"{trials.Sum(trial => trial.Cases)} inputs of seed {seed} in {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s: {trials.Sum(trial => trial.Accepted)} accepted, slowest {trials.Max(trial => trial.Slowest):F3} s, at most {trials.Max(trial => trial.Largest) / 1048576.0:F1} MiB for one, peak of the process {Process.GetCurrentProcess().PeakWorkingSet64 / 1048576} MiB; faults {faults}"));
        return faults == 0 ? 0 : 1;
    }

    private static void Work(FuzzTrial trial, long count, long only, ref long next)
    {
        if (only >= 0)
        {
            Console.WriteLine(Encoding.UTF8.GetString(trial.InputOf(only).Input));
            trial.Run(only);
            return;
        }

        while (true)
        {
            long from = Interlocked.Add(ref next, Block) - Block;
            for (long number = from; number < Math.Min(from + Block, count); number++)
            {
                trial.Run(number);
            }

            if (from >= count)
            {
                return;
            }
        }
    }

    private static long Option(string[] args, string name, long usual)
    {
        int place = Array.IndexOf(args, name);
        return place >= 0 && place + 1 < args.Length ? long.Parse(args[place + 1], CultureInfo.InvariantCulture) : usual;
    }
}
