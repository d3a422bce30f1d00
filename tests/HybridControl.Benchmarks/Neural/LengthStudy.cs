using System.Diagnostics;
using System.Text.Json;
using HybridControl.Neural.Backends.Cpu;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;

namespace HybridControl.Benchmarks.Neural;

/// <summary>Prefill, decoding and memory of hybrid stacks against the length of the sequence.</summary>
internal sealed class LengthStudy(int longest, int rounds, int longestAgain)
{
    private const int Steps = 33;
    private const int First = 256;
    private const double WarmUpMilliseconds = 600.0;

    private static readonly ScanOptions s_last = new() { LastOnly = true };

    /// <summary>Points of every stack, in the order of <see cref="HybridStacks.All"/>; a length that was measured several times gives the median.</summary>
    public LengthPoint[][] Run()
    {
        var points = new List<LengthPoint>[HybridStacks.All.Length];
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < points.Length; i++)
            {
                points[i] ??= [];
                points[i].AddRange(Apart(HybridStacks.All[i].Attention, round == 0 ? longest : Math.Min(longest, longestAgain)));
            }
        }

        return [.. points.Select(list => list.GroupBy(point => point.Length).Select(MedianOf).ToArray())];
    }

    private static LengthPoint MedianOf(IGrouping<int, LengthPoint> group)
    {
        double[] prefill = [.. group.Select(point => point.Prefill).Order()];
        double[] decode = [.. group.Select(point => point.Decode).Order()];
        return group.First() with { Prefill = prefill[prefill.Length / 2], Decode = decode[decode.Length / 2] };
    }

    /// <summary>Points of one stack, measured in a process of its own: what others have left of memory does not count.</summary>
    private static LengthPoint[] Apart(int attention, int longest)
    {
        string self = Environment.ProcessPath!;
        string[] program = Path.GetFileNameWithoutExtension(self) == "dotnet" ? [typeof(LengthStudy).Assembly.Location] : [];
        var start = new ProcessStartInfo(self, [.. program, "neural", "length", $"{attention}", $"{longest}"]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<LengthPoint[]>(output)!
            : throw new InvalidOperationException($"The process of a stack ended with {process.ExitCode}.");
    }

    /// <summary>Measures one stack and prints its points.</summary>
    public static int Print(int attention, int longest)
    {
        Console.WriteLine(JsonSerializer.Serialize(Measure(attention, longest)));
        return 0;
    }

    private static List<LengthPoint> Measure(int attention, int longest)
    {
        using var backend = new SimdBackend<float>();
        using LayerStack stack = StackBuilder.Build(HybridStacks.With(attention), new RandomParameters(1), backend);
        float[] logits = new float[stack.Outputs];
        int[] tokens = HybridStacks.Tokens(longest);
        WarmUp(stack, tokens, logits);
        long before = WorkingSet();
        using SequenceState state = stack.NewState();
        var points = new List<LengthPoint>();
        double prefill = 0.0;
        for (int from = 0, to = First; to <= longest; from = to, to *= 2)
        {
            long start = Stopwatch.GetTimestamp();
            stack.Scan(tokens.AsSpan(from, to - from), 1, state, logits, s_last);
            prefill += Stopwatch.GetElapsedTime(start).TotalSeconds;
            long grown = WorkingSet() - before;
            points.Add(new(to, prefill, Decode(stack, state, tokens, logits), state.Bytes, stack.WorkspaceBytes, grown));
        }

        return points;
    }

    /// <summary>Compiles what will be measured and grows the memory on the way.</summary>
    private static void WarmUp(LayerStack stack, int[] tokens, float[] logits)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalMilliseconds < WarmUpMilliseconds)
        {
            using SequenceState state = stack.NewState();
            stack.Scan(tokens.AsSpan(0, Math.Min(tokens.Length, 512)), 1, state, logits, s_last);
            Decode(stack, state, tokens, logits);
        }
    }

    /// <summary>Median seconds of a token, on a copy: the sequence itself stays as it is.</summary>
    private static double Decode(LayerStack stack, SequenceState state, int[] tokens, float[] logits)
    {
        using SequenceState fork = state.Fork();
        stack.Step(tokens.AsSpan(0, 1), fork, logits); // caches grow now
        double[] times = new double[Steps];
        for (int i = 0; i < Steps; i++)
        {
            long start = Stopwatch.GetTimestamp();
            stack.Step(tokens.AsSpan(i, 1), fork, logits);
            times[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        Array.Sort(times);
        return times[Steps / 2];
    }

    /// <summary>Pages of the process, after all that is free was given back.</summary>
    private static long WorkingSet()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return Environment.WorkingSet;
    }
}
