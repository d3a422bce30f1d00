using HybridControl.Neural.Stacks.Sizing;
using HybridControl.Plotting;

namespace HybridControl.Benchmarks.Neural;

/// <summary>What length costs a pure state-space stack, pure attention and hybrids of both.</summary>
internal static class ScalingStudy
{
    /// <summary>Measures, prints the tables, and draws.</summary>
    /// <param name="quick">Whether short sequences will do.</param>
    /// <param name="plots">Folder for pictures; null for none.</param>
    public static void Print(bool quick, string? plots)
    {
        LengthPoint[][] points = new LengthStudy(quick ? 2048 : 32768, quick ? 1 : 3, 8192).Run();
        int[] lengths = [.. points[0].Select(point => point.Length)];
        Console.WriteLine();
        Console.WriteLine(HybridStacks.Invariant(
            $"{HybridStacks.Layers} layers of width {HybridStacks.Width}; parameters: {string.Join(", ", HybridStacks.All.Select(stack => HybridStacks.Invariant($"{stack.Name} {StackSizes.Of(HybridStacks.With(stack.Attention)).Parameters:N0}")))}"));
        Table("Prefill, milliseconds", lengths, points, point => Timing.Short(1e3 * point.Prefill), series => HybridStacks.Invariant($"{Slope(series, 2048):F2} | {Slope(series, int.MaxValue):F2}"), "slope to 2k | slope at the end");
        Table("Decoding, tokens/s", lengths, points, point => Timing.Short(1.0 / point.Decode), series => HybridStacks.Invariant($"{series[0].Decode / series[^1].Decode:F2}"), "last / first");
        Table("State, KiB", lengths, points, point => HybridStacks.Invariant($"{point.StateBytes / 1024.0:F0}"), series => HybridStacks.Invariant($"{(double)series[^1].StateBytes / series[0].StateBytes:F1}"), "last / first");
        Table("Memory on the way, KiB", lengths, points, point => HybridStacks.Invariant($"{point.WorkspaceBytes / 1024.0:F0}"), series => HybridStacks.Invariant($"{(double)series[^1].WorkspaceBytes / series[0].WorkspaceBytes:F1}"), "last / first");
        Table("Growth of the process, MiB", lengths, points, point => HybridStacks.Invariant($"{point.WorkingSet / 1048576.0:F1}"), _ => "", "");
        Console.WriteLine();
        Console.WriteLine($"SSD overtakes attention: prefill {Crossing(points[0], points[^1], point => point.Prefill)}; decoding {Crossing(points[0], points[^1], point => point.Decode)}.");
        if (plots is not null)
        {
            Draw(plots, lengths, points);
        }
    }

    /// <summary>The exponent of length in the time to take a sequence in: the least-squares slope of logarithms over the last four lengths up to a bound.</summary>
    private static double Slope(LengthPoint[] series, int most)
    {
        (double X, double Y)[] logs = [.. series.Where(point => point.Length <= most).TakeLast(4).Select(point => (Math.Log(point.Length), Math.Log(point.Prefill)))];
        double x = logs.Average(log => log.X);
        double y = logs.Average(log => log.Y);
        return logs.Sum(log => (log.X - x) * (log.Y - y)) / logs.Sum(log => (log.X - x) * (log.X - x));
    }

    /// <summary>The length from which one curve stays below another, between measured lengths by straight lines of logarithms.</summary>
    private static string Crossing(LengthPoint[] falling, LengthPoint[] rising, Func<LengthPoint, double> value)
    {
        double[] gaps = [.. falling.Zip(rising, (a, b) => Math.Log(value(a) / value(b)))];
        int last = Array.FindLastIndex(gaps, gap => gap > 0.0);
        if (last < 0)
        {
            return HybridStacks.Invariant($"below {falling[0].Length} tokens");
        }

        if (last == gaps.Length - 1)
        {
            return HybridStacks.Invariant($"beyond {falling[^1].Length} tokens");
        }

        double part = gaps[last] / (gaps[last] - gaps[last + 1]);
        return HybridStacks.Invariant($"at {falling[last].Length * Math.Pow(2.0, part):F0} tokens");
    }

    private static void Table(string title, int[] lengths, LengthPoint[][] points, Func<LengthPoint, string> cell, Func<LengthPoint[], string> sum, string sumName)
    {
        string last = sumName.Length > 0 ? $" {sumName} |" : "";
        Console.WriteLine();
        Console.WriteLine($"{title}:");
        Console.WriteLine();
        Console.WriteLine($"| stack | {string.Join(" | ", lengths)} |{last}");
        Console.WriteLine($"| --- |{string.Concat(lengths.Select(_ => " --- |"))}{string.Concat(last.Where(letter => letter == '|').Select(_ => " --- |"))}");
        for (int i = 0; i < points.Length; i++)
        {
            string end = last.Length > 0 ? $" {sum(points[i])} |" : "";
            Console.WriteLine($"| {HybridStacks.All[i].Name} | {string.Join(" | ", points[i].Select(cell))} |{end}");
        }
    }

    private static void Draw(string folder, int[] lengths, LengthPoint[][] points)
    {
        Save("neural-prefill.svg", "Time to take a sequence in", ("log₁₀ time", "s"), point => Math.Log10(point.Prefill));
        Save("neural-decode.svg", "Rate of decoding", ("log₁₀ rate", "tokens/s"), point => -Math.Log10(point.Decode));
        Save("neural-state.svg", "What a stream remembers", ("log₁₀ state", "bytes"), point => Math.Log10(point.StateBytes));

        void Save(string file, string title, (string Name, string Unit) y, Func<LengthPoint, double> value) => LayerPlots.Traces(
                [.. lengths.Select(length => Math.Log10(length))],
                [.. points.Select((series, i) => (HybridStacks.All[i].Name, (IReadOnlyList<double>)[.. series.Select(value)]))],
                y.Name,
                y.Unit,
                "log₁₀ length",
                "tokens")
            .Title(title)
            .Save(Path.Combine(folder, file));
    }
}
