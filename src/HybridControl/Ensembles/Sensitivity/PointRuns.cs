using HybridControl.Diagnostics;
using HybridControl.Ensembles.Statistics;
using HybridControl.Numerics;

namespace HybridControl.Ensembles.Sensitivity;

/// <summary>Runs a plan at given points and reads one column.</summary>
internal static class PointRuns
{
    /// <summary>Place of a scalar column.</summary>
    /// <exception cref="ModelException">There is no such column.</exception>
    public static int ColumnOf(EnsembleLayout layout, string column)
    {
        int place = layout.Scalars.IndexOf(column);
        return place >= 0
            ? place
            : throw new ModelException("sensitivity", $"no scalar column '{column}'", Suggestions.For(column, layout.Scalars));
    }

    /// <summary>Throws where indices would mean nothing.</summary>
    /// <exception cref="ModelException">Nothing varies, variations are correlated, or there are alternatives.</exception>
    public static void Check(EnsemblePlan plan)
    {
        if (plan.Variations.IsEmpty)
        {
            throw new ModelException("sensitivity", "nothing varies", "Give the plan variations.");
        }

        if (!plan.Correlations.IsEmpty)
        {
            throw new ModelException(
                "sensitivity", "the variations are correlated, and the variance of the result cannot be divided among them",
                "Remove the correlations, or vary what is independent.");
        }

        if (!plan.Alternatives.IsEmpty)
        {
            throw new ModelException("sensitivity", "the plan has alternatives", "Analyse one at a time: put its values into the plan's.");
        }
    }

    /// <summary>Runs the plan with a row of values for each sample.</summary>
    /// <returns>The column by row; NaN where a trajectory failed.</returns>
    /// <exception cref="ModelException">The back-end cannot run it.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public static double[] Run(
        EnsemblePlan plan, double[] points, int rows, IEnsembleBackend on, int column, CancellationToken cancellation)
    {
        EnsemblePlan given = plan with { Design = SamplingDesign.Points, Points = [.. points], Size = rows };
        EnsembleRun.Prepare(given, on);
        double[] outputs = new double[rows];
        var map = new ColumnMap(EnsembleLayout.Of(given));
        bool isOfWhole = map.IsOfWhole(map.FirstScalar + column);
        on.Run(
            given, 0, EnsembleBlock.CountOf(rows),
            block =>
            {
                ReadOnlySpan<double> values = block.Scalar(column);
                ReadOnlySpan<double> status = block.Scalar(EnsembleLayout.Status);
                for (int i = 0; i < block.Count; i++)
                {
                    bool isThere = double.IsFinite(values[i]) && (!isOfWhole || ColumnMap.IsGood(status[i]));
                    outputs[block.First + i] = isThere ? values[i] : double.NaN;
                }
            },
            cancellation);
        return outputs;
    }
}
