using System.Diagnostics;
using HybridControl.Neural.Backends.Cpu;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;

namespace HybridControl.Benchmarks.Neural;

/// <summary>Decoding many sequences at once: tokens in a second and bytes of a sequence.</summary>
internal static class StreamStudy
{
    // Caches that grow by doubling then have room for all steps.
    private const int Context = 2000;
    private const int Steps = 11;
    private const double WarmUpMilliseconds = 400.0;

    /// <summary>Measures and prints.</summary>
    public static void Print(bool quick)
    {
        int[] counts = quick ? [1, 16] : [1, 4, 16, 64, 256];
        Console.WriteLine();
        Console.WriteLine(HybridStacks.Invariant($"Decoding after {Context} tokens, tokens/s of all streams together (bytes of a stream, float32):"));
        Console.WriteLine();
        Console.WriteLine($"| stack | {string.Join(" | ", counts.Select(count => HybridStacks.Invariant($"{count} streams")))} | KiB a stream |");
        Console.WriteLine($"| --- | {string.Join(" | ", counts.Select(_ => "---"))} | --- |");
        foreach ((string name, int attention) in HybridStacks.All)
        {
            if (attention is 0 or 1 or 2 or 8)
            {
                Console.WriteLine($"| {name} | {Row(attention, counts)} |");
            }
        }
    }

    private static string Row(int attention, int[] counts)
    {
        using var backend = new SimdBackend<float>();
        using LayerStack stack = StackBuilder.Build(HybridStacks.With(attention), new RandomParameters(1), backend);
        using SequenceState one = stack.NewState();
        float[] logits = new float[stack.Outputs];
        stack.Scan(HybridStacks.Tokens(Context), 1, one, logits, new ScanOptions { LastOnly = true });
        WarmUp(stack, one, logits);
        var cells = new List<string>();
        long bytes = 0;
        foreach (int count in counts)
        {
            using SequenceState state = stack.NewState(count);
            for (int s = 0; s < count; s++)
            {
                state.CopyStream(one, 0, s);
            }

            cells.Add(Timing.Short(count / Seconds(stack, state, HybridStacks.Tokens(count), new float[count * stack.Outputs])));
            bytes = state.Bytes / count;
        }

        return $"{string.Join(" | ", cells)} | {HybridStacks.Invariant($"{bytes / 1024.0:F0}")}";
    }

    /// <summary>Compiles what will be measured, on a copy.</summary>
    private static void WarmUp(LayerStack stack, SequenceState state, float[] logits)
    {
        using SequenceState fork = state.Fork();
        int[] tokens = HybridStacks.Tokens(1);
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalMilliseconds < WarmUpMilliseconds)
        {
            stack.Step(tokens, fork, logits);
        }
    }

    private static double Seconds(LayerStack stack, SequenceState state, int[] tokens, float[] logits)
    {
        stack.Step(tokens, state, logits); // memory on the way grows now
        double[] times = new double[Steps];
        for (int i = 0; i < Steps; i++)
        {
            long start = Stopwatch.GetTimestamp();
            stack.Step(tokens, state, logits);
            times[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        Array.Sort(times);
        return times[Steps / 2];
    }
}
