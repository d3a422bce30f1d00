using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Ensembles.Statistics;
using HybridControl.Numerics;

namespace HybridControl.Ensembles.Sensitivity;

/// <summary>Morris' elementary effects: a cheap ranking of what matters. Immutable.</summary>
/// <remarks>
/// Paths that change one quantity at a time, d + 1 trajectories each. A quantity is moved in its cumulative probability u, from one of
/// p levels (k + 1/2) / p to the level half the range away, so that unbounded distributions serve too; an effect is the change of the
/// result divided by the change of u, in the unit of the result. M. D. Morris, Technometrics 33 (1991), 161-174, with levels at the middle of their
/// cells instead of at 0 and 1; mu* after F. Campolongo, J. Cariboni and A. Saltelli, Environ. Model. Softw. 22 (2007), 1509-1518.
/// Noise inputs are drawn anew in each trajectory and add to every effect.
/// </remarks>
public sealed class MorrisEffects
{
    private MorrisEffects(string column, ImmutableArray<ElementaryEffect> effects, long trajectories) =>
        (Column, Effects, Trajectories) = (column, effects, trajectories);

    /// <summary>Name of the column.</summary>
    public string Column { get; }

    /// <summary>The effects, in the order of the variations.</summary>
    public ImmutableArray<ElementaryEffect> Effects { get; }

    /// <summary>Trajectories that were run.</summary>
    public long Trajectories { get; }

    /// <summary>Estimates the effects on a column.</summary>
    /// <param name="plan">The plan; its size is the number of paths, 10 to 100 as a rule. Its design is not used.</param>
    /// <param name="on">What runs it.</param>
    /// <param name="column">A scalar column.</param>
    /// <param name="levels">The number of levels p, even.</param>
    /// <param name="confidence">Of the intervals.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <exception cref="ModelException">The plan does not suit, or a distribution is impossible.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled: there is no partial result.</exception>
    public static MorrisEffects Estimate(
        EnsemblePlan plan, IEnsembleBackend on, string column, int levels = 4, double confidence = 0.95,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(on);
        PointRuns.Check(plan);
        Normal01.RequireConfidence(confidence);
        if (levels < 2 || levels % 2 != 0)
        {
            throw new ModelException("sensitivity", $"{levels} levels", "Give an even number of levels, such as 4.");
        }

        _ = PlanSampler.For(plan with { Design = SamplingDesign.Random });
        int d = plan.Variations.Length;
        if (plan.Size * (d + 1) * d > Array.MaxLength)
        {
            throw new ModelException("sensitivity", $"{plan.Size} paths over {d} quantities are more than an array holds", "Lower the size.");
        }

        int paths = (int)plan.Size;
        double[] points = new double[paths * (d + 1) * d];
        double[] steps = new double[paths * d];
        int[] moved = new int[paths * d];
        for (int path = 0; path < paths; path++)
        {
            WritePath(
                plan, path, levels, points.AsSpan(path * (d + 1) * d, (d + 1) * d), moved.AsSpan(path * d, d), steps.AsSpan(path * d, d));
        }

        double[] outputs = PointRuns.Run(
            plan, points, paths * (d + 1), on, PointRuns.ColumnOf(EnsembleLayout.Of(plan), column), cancellation);
        var effects = new List<double>[d];
        for (int i = 0; i < d; i++)
        {
            effects[i] = [];
        }

        for (int path = 0; path < paths; path++)
        {
            for (int k = 0; k < d; k++)
            {
                double change = outputs[(path * (d + 1)) + k + 1] - outputs[(path * (d + 1)) + k];
                if (double.IsFinite(change))
                {
                    effects[moved[(path * d) + k]].Add(change / steps[(path * d) + k]);
                }
            }
        }

        return new(
            column, [.. plan.Variations.Select((variation, i) => Summarize(variation.Name, effects[i], confidence))], outputs.Length);
    }

    // A random start, then the quantities in random order, each moved by half the range up or down, whichever stays inside.
    private static void WritePath(
        EnsemblePlan plan, int path, int levels, Span<double> points, Span<int> moved, Span<double> steps)
    {
        int d = moved.Length;
        double[] u = new double[d];
        for (int i = 0; i < d; i++)
        {
            u[i] = (Math.Floor(Random(2 * i) * levels) + 0.5) / levels;
            moved[i] = i;
        }

        for (int i = d - 1; i > 0; i--)
        {
            int other = (int)(Random((2 * i) + 1) * (i + 1));
            (moved[i], moved[other]) = (moved[other], moved[i]);
        }

        for (int k = 0; k <= d; k++)
        {
            for (int i = 0; i < d; i++)
            {
                points[(k * d) + i] = plan.Variations[i].Distribution.Quantile(u[i]);
            }

            if (k < d)
            {
                steps[k] = u[moved[k]] < 0.5 ? 0.5 : -0.5;
                u[moved[k]] += steps[k];
            }
        }

        double Random(int draw) => Philox4x32.Uniform(plan.Seed, path, StatisticsStreams.Morris, draw);
    }

    private static ElementaryEffect Summarize(string name, List<double> effects, double confidence)
    {
        var signed = Moments.Of([.. effects], 0);
        double[] magnitudes = [.. effects.Select(Math.Abs)];
        SampleSummary magnitude = new(Moments.Of(magnitudes, 0), () => new OrderedSample(magnitudes));
        return new(
            name, effects.Count == 0 ? double.NaN : signed.Mean, magnitude.Mean, magnitude.MeanBand(confidence),
            Math.Sqrt(signed.Variance), effects.Count);
    }
}
