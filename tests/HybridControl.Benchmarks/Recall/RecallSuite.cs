using System.Diagnostics;
using System.Globalization;
using HybridControl.Neural.Layers;
using HybridControl.Neural.Stacks.Sizing;

namespace HybridControl.Benchmarks.Recall;

/// <summary>Why hybrids exist, small: four architectures of equal size learn to recall and to forecast.</summary>
internal static class RecallSuite
{
    private const int BytesOfNumber = 4;

    /// <summary>Trains and prints tables: [--quick] [--only recall|forecast] [--model S5] [--seeds 5] [--first 1] [--steps N] [--threads 2].</summary>
    public static int Run(string[] arguments)
    {
        bool quick = arguments.Contains("--quick");
        int seeds = Number(arguments, "--seeds", quick ? 2 : 5);
        int first = Number(arguments, "--first", 1);
        int threads = Number(arguments, "--threads", 2);
        string only = Text(arguments, "--only");
        string chosen = Text(arguments, "--model");
        foreach (IStudyTask task in new IStudyTask[] { new RecallTask(), new ForecastTask() }.Where(task => only.Length == 0 || task.Name == only))
        {
            int steps = Number(arguments, "--steps", quick ? 200 : task.Steps);
            Console.WriteLine(Invariant($"{task.Name}: {task.Measure}; {steps} steps, mean of {seeds} seeds (least to greatest)"));
            Console.WriteLine($"| model | parameters | state bytes | KV bytes a row | {string.Join(" | ", task.Lengths)} | s per seed |");
            Console.WriteLine($"| --- | --- | --- | --- |{string.Concat(task.Lengths.Select(_ => " --- |"))} --- |");
            foreach (StudyModel model in StudyModel.All.Where(model => chosen.Length == 0 || model.Name.StartsWith(chosen, StringComparison.OrdinalIgnoreCase)))
            {
                Row(task, model, steps, seeds, (ulong)first, threads);
            }

            Console.WriteLine();
        }

        return 0;
    }

    private static void Row(IStudyTask task, StudyModel model, int steps, int seeds, ulong first, int threads)
    {
        StackSizes sizes = StackSizes.Of(model.Describe(task));
        var scores = new double[seeds][];
        var watch = Stopwatch.StartNew();
        Parallel.For(0, seeds, new ParallelOptions { MaxDegreeOfParallelism = threads }, seed =>
        {
            SequenceModel trained = model.Train(task, steps, first + (ulong)seed);
            scores[seed] = [.. task.Lengths.Select(length => task.Score(trained, length, first + (ulong)seed))];
        });
        double seconds = watch.Elapsed.TotalSeconds * Math.Min(threads, seeds) / seeds;
        IEnumerable<string> cells = Enumerable.Range(0, task.Lengths.Length).Select(i =>
        {
            double[] each = [.. scores.Select(score => score[i])];
            return Digits(each.Average()) + (seeds > 1 ? $" ({Digits(each.Min())} to {Digits(each.Max())})" : "");
        });
        Console.WriteLine(Invariant(
            $"| {model.Name} | {sizes.Parameters} | {sizes.StateNumbers * BytesOfNumber} | {sizes.KeyNumbers * BytesOfNumber:F0} | {string.Join(" | ", cells)} | {seconds:F0} |"));

        string Digits(double value) => value.ToString(task.Format, CultureInfo.InvariantCulture);
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private static string Text(string[] arguments, string name)
    {
        int at = Array.IndexOf(arguments, name);
        return at >= 0 && at + 1 < arguments.Length ? arguments[at + 1] : "";
    }

    private static int Number(string[] arguments, string name, int otherwise) =>
        Text(arguments, name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
