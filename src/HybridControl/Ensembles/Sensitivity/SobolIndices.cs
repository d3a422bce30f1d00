using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Ensembles.Statistics;
using HybridControl.Numerics;

namespace HybridControl.Ensembles.Sensitivity;

/// <summary>Sobol indices: how the variance of a column divides among the varied quantities. Immutable.</summary>
/// <remarks>
/// Saltelli's design: two samples A and B of n rows, and for each quantity i the sample AB(i), which is A with column i of B; n (d + 2)
/// trajectories for d quantities. With f0 the mean and V the variance over A and B,
/// S_i = mean((f(B) - f0) (f(AB(i)) - f(A))) / V and T_i = mean((f(A) - f(AB(i)))^2) / (2 V).
/// A. Saltelli et al., Comput. Phys. Commun. 181 (2010), 259-270, table 2, (b) and (f), the latter after M. J. W. Jansen (1999).
/// Intervals: percentiles of a bootstrap over rows; too wide for Sobol and Latin hypercube designs. Noise inputs are
/// drawn anew in each trajectory and raise every total index by their own share. A row with a failed trajectory is skipped.
/// </remarks>
public sealed class SobolIndices
{
    private SobolIndices(string column, ImmutableArray<SensitivityIndex> indices, double mean, double variance, long rows, long skipped)
    {
        (Column, Indices, Mean, Variance, Rows, Skipped) = (column, indices, mean, variance, rows, skipped);
        Trajectories = (rows + skipped) * (indices.Length + 2);
    }

    /// <summary>Name of the column.</summary>
    public string Column { get; }

    /// <summary>The indices, in the order of the variations.</summary>
    public ImmutableArray<SensitivityIndex> Indices { get; }

    /// <summary>The mean of the column.</summary>
    public double Mean { get; }

    /// <summary>The variance of the column.</summary>
    public double Variance { get; }

    /// <summary>Rows that were used.</summary>
    public long Rows { get; }

    /// <summary>Rows that were skipped because a trajectory lacks the column.</summary>
    public long Skipped { get; }

    /// <summary>Trajectories that were run.</summary>
    public long Trajectories { get; }

    /// <summary>Estimates the indices of a column.</summary>
    /// <param name="plan">The plan; its size is the number of rows n, its design that of the samples A and B. Sobol points converge fastest, with n a power of two.</param>
    /// <param name="on">What runs it.</param>
    /// <param name="column">A scalar column.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <exception cref="ModelException">The plan does not suit, or no row is left.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled: there is no partial result.</exception>
    public static SobolIndices Estimate(
        EnsemblePlan plan, IEnsembleBackend on, string column, SobolOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(on);
        options ??= new SobolOptions();
        PointRuns.Check(plan);
        if (plan.Design == SamplingDesign.Points)
        {
            throw new ModelException(
                "sensitivity", "the plan has points of its own, but indices need two independent samples",
                "Choose a Sobol, Latin hypercube or random design.");
        }

        Normal01.RequireConfidence(options.Confidence);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Resamples, 20, nameof(options));
        int place = PointRuns.ColumnOf(EnsembleLayout.Of(plan), column);
        int d = plan.Variations.Length;
        double[] points = Design(plan, out int n);
        double[] outputs = PointRuns.Run(plan, points, n * (d + 2), on, place, cancellation);
        double[] complete = Complete(outputs, d + 2);
        int rows = complete.Length / (d + 2);
        if (rows < 2)
        {
            throw new ModelException("sensitivity", $"{rows} of {n} rows have column '{column}'", "Raise the size, or see why trajectories fail.");
        }

        double mean = Center(complete, d + 2);
        (double[] first, double[] total, double variance) = Shares(complete, d, row => row);
        return new(
            column, WithBands(plan, complete, first, total, options), mean, variance, rows, n - rows);
    }

    // Rows of d + 2 points: A, B, AB(1), ... AB(d). A and B are the halves of one sample in twice as many dimensions.
    private static double[] Design(EnsemblePlan plan, out int n)
    {
        int d = plan.Variations.Length;
        var sampler = PlanSampler.For(plan with { Variations = [.. plan.Variations, .. plan.Variations] });
        if (sampler.SampleCount * (d + 2) * d > Array.MaxLength)
        {
            throw new ModelException(
                "sensitivity", $"{sampler.SampleCount} rows of {d + 2} points with {d} values are more than an array holds", "Lower the size.");
        }

        n = (int)sampler.SampleCount;
        double[] points = new double[n * (d + 2) * d];
        EnsembleLayout layout = EnsembleLayout.Of(plan with { Variations = [.. plan.Variations, .. plan.Variations], Recording = new(), Requirements = [] });
        for (long b = 0; b < sampler.BlockCount; b++)
        {
            var block = new EnsembleBlock(layout, b * EnsembleBlock.Capacity, sampler.CountOf(b));
            sampler.Fill(block);
            for (int i = 0; i < block.Count; i++)
            {
                Span<double> row = points.AsSpan((int)(block.First + i) * (d + 2) * d, (d + 2) * d);
                for (int v = 0; v < d; v++)
                {
                    double a = block.Sample(v)[i];
                    double other = block.Sample(d + v)[i];
                    for (int matrix = 0; matrix < d + 2; matrix++)
                    {
                        row[(matrix * d) + v] = matrix == 1 || matrix == v + 2 ? other : a;
                    }
                }
            }
        }

        return points;
    }

    private static double[] Complete(double[] outputs, int width)
    {
        var kept = new List<double>(outputs.Length);
        for (int start = 0; start < outputs.Length; start += width)
        {
            ReadOnlySpan<double> row = outputs.AsSpan(start, width);
            if (!HasNaN(row))
            {
                kept.AddRange(row);
            }
        }

        return [.. kept];
    }

    private static bool HasNaN(ReadOnlySpan<double> row)
    {
        foreach (double value in row)
        {
            if (double.IsNaN(value))
            {
                return true;
            }
        }

        return false;
    }

    // Products of a large mean would drown the differences.
    private static double Center(double[] outputs, int width)
    {
        double[] ab = new double[outputs.Length / width * 2];
        for (int r = 0; r < ab.Length / 2; r++)
        {
            (ab[2 * r], ab[(2 * r) + 1]) = (outputs[r * width], outputs[(r * width) + 1]);
        }

        double mean = Moments.Of(ab, 0).Mean;
        for (int i = 0; i < outputs.Length; i++)
        {
            outputs[i] -= mean;
        }

        return mean;
    }

    private static (double[] First, double[] Total, double Variance) Shares(double[] outputs, int d, Func<int, int> choose)
    {
        int width = d + 2;
        int n = outputs.Length / width;
        double[] first = new double[d];
        double[] total = new double[d];
        double sum = 0.0, squares = 0.0;
        for (int r = 0; r < n; r++)
        {
            ReadOnlySpan<double> row = outputs.AsSpan(choose(r) * width, width);
            sum += row[0] + row[1];
            squares += (row[0] * row[0]) + (row[1] * row[1]);
            for (int i = 0; i < d; i++)
            {
                double change = row[i + 2] - row[0];
                first[i] += row[1] * change;
                total[i] += change * change;
            }
        }

        double variance = Math.Max(0.0, squares - (sum * sum / (2.0 * n))) / ((2.0 * n) - 1.0);
        for (int i = 0; i < d; i++)
        {
            first[i] /= n * variance;
            total[i] /= 2.0 * n * variance;
        }

        return (first, total, variance);
    }

    private static ImmutableArray<SensitivityIndex> WithBands(
        EnsemblePlan plan, double[] outputs, double[] first, double[] total, SobolOptions options)
    {
        int d = first.Length;
        int n = outputs.Length / (d + 2);
        double[][] firsts = new double[options.Resamples][];
        double[][] totals = new double[options.Resamples][];
        Parallel.For(0, options.Resamples, b =>
        {
            (firsts[b], totals[b], _) = Shares(
                outputs, d, r => (int)(Philox4x32.Uniform(plan.Seed, b, StatisticsStreams.Bootstrap, r) * n));
        });
        return
        [
            .. Enumerable.Range(0, d).Select(i => new SensitivityIndex(
                plan.Variations[i].Name, first[i], Band(firsts, i), total[i], Band(totals, i))),
        ];

        ConfidenceInterval Band(double[][] resamples, int i)
        {
            double[] sorted = [.. resamples.Select(indices => indices[i]).Order()];
            int cut = (int)(0.5 * (1.0 - options.Confidence) * sorted.Length);
            return new(sorted[cut], sorted[^(cut + 1)], options.Confidence);
        }
    }
}
