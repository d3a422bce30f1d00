using System.Globalization;
using HybridControl.Ensembles;

namespace HybridControl.Gpu.Tests.Ensembles;

/// <summary>Two runs of one plan, number by number.</summary>
internal static class BlockComparison
{
    /// <summary>Runs a whole plan and gives its blocks in order.</summary>
    public static EnsembleBlock[] Run(IEnsembleBackend backend, EnsemblePlan plan)
    {
        var blocks = new List<EnsembleBlock>();
        backend.Run(plan, 0, PlanSampler.For(plan).BlockCount, blocks.Add, CancellationToken.None);
        return [.. blocks.OrderBy(block => block.First)];
    }

    /// <summary>Every number of some blocks.</summary>
    public static double[] Numbers(IEnumerable<EnsembleBlock> blocks) =>
    [
        .. blocks.SelectMany(block => new[] { block.Samples, block.Scalars, block.Grid, block.EventTimes, block.EventTransitions }
            .SelectMany(table => table)),
    ];

    /// <summary>Asserts that the numbers of two runs agree; the count of steps is the method's own affair.</summary>
    /// <param name="found">One run.</param>
    /// <param name="expected">The other.</param>
    /// <param name="tolerance">What a difference may be, absolute and relative.</param>
    public static void Agree(EnsembleBlock[] found, EnsembleBlock[] expected, double tolerance)
    {
        Assert.That(found.Select(block => block.First), Is.EqualTo(expected.Select(block => block.First)));
        var largest = (Difference: 0.0, What: "nothing");
        foreach ((EnsembleBlock a, EnsembleBlock b) in found.Zip(expected))
        {
            EnsembleLayout layout = a.Layout;
            Look("sample", a.Samples, b.Samples, column => layout.Samples[column]);
            Look("", a.Scalars, b.Scalars, column => layout.Scalars[column]);
            Look("grid", a.Grid, b.Grid, column => $"entry {column}");
            Look("time of event", a.EventTimes, b.EventTimes, column => $"{column}");
            Look("transition of event", a.EventTransitions, b.EventTransitions, column => $"{column}");

            void Look(string table, double[] left, double[] right, Func<int, string> column)
            {
                for (int i = 0; i < left.Length; i++)
                {
                    bool counted = !ReferenceEquals(left, a.Scalars) || i / a.Count != EnsembleLayout.Steps;
                    double difference = counted ? Difference(left[i], right[i]) : 0.0;
                    if (difference > largest.Difference)
                    {
                        largest = (difference, string.Create(
                            CultureInfo.InvariantCulture,
                            $"{table} {column(i / a.Count)} of trajectory {a.First + (i % a.Count)}: {left[i]:R}, expected {right[i]:R}"));
                    }
                }
            }
        }

        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"largest difference {largest.Difference:E1} ({largest.What})"));
        Assert.That(largest.Difference, Is.LessThanOrEqualTo(tolerance), largest.What);
    }

    private static double Difference(double found, double expected) =>
        found.Equals(expected) ? 0.0
        : double.IsFinite(found) && double.IsFinite(expected) ? Math.Abs(found - expected) / Math.Max(1.0, Math.Abs(expected))
        : double.PositiveInfinity;
}
