using HybridControl.Ensembles;

namespace HybridControl.Plotting;

/// <summary>How the mean of a column depends on each varied quantity, from the trajectories of one ensemble.</summary>
internal static class TailSwings
{
    public static TornadoChart Chart(EnsembleResult result, string column, string unit, double tail, string? alternative)
    {
        EnsembleColumns.RequireBlocks(result, "tornado diagram");
        int number = EnsembleColumns.Alternative(result, alternative);
        double[] output = EnsembleColumns.Read(result, column);
        double[] status = EnsembleColumns.Read(result, "status");
        int[] alternatives = EnsembleColumns.AlternativeOf(result);
        int[] good =
        [
            .. Enumerable.Range(0, output.Length)
                .Where(i => alternatives[i] == number && EnsembleColumns.IsGood(status[i]) && double.IsFinite(output[i])),
        ];
        double[][] samples = [.. result.Layout.Samples.Select((_, variation) => Sample(result, variation))];
        List<TornadoBar> bars =
        [
            .. result.Layout.Samples.Select((name, variation) => Bar(name, samples[variation], output, good, tail)),
        ];
        string share = EnsembleColumns.Percent(tail);
        return new(
            bars, $"mean of {column}", unit, good.Length == 0 ? double.NaN : good.Average(i => output[i]),
            $"input in its lowest {share}", $"input in its highest {share}", EnsembleColumns.Title(result, alternative));
    }

    private static double[] Sample(EnsembleResult result, int variation) =>
        [.. result.Blocks.SelectMany(block => block.Sample(variation).ToArray())];

    private static TornadoBar Bar(string name, double[] sample, double[] output, int[] good, double tail)
    {
        if (good.Length == 0)
        {
            return new(name, double.NaN, double.NaN);
        }

        double[] sorted = [.. good.Select(i => sample[i]).Order()];
        int depth = Math.Clamp((int)Math.Round(tail * sorted.Length), 1, sorted.Length) - 1;
        (double low, double high) = (sorted[depth], sorted[^(depth + 1)]);
        return new(
            name,
            good.Where(i => sample[i] <= low).Average(i => output[i]),
            good.Where(i => sample[i] >= high).Average(i => output[i]));
    }
}
