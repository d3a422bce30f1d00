using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Statistics;
using HybridControl.Numerics;

namespace HybridControl.Gpu.Ensembles;

/// <summary>Statistics that were reduced on the device, of an ensemble too large to be brought home.</summary>
/// <remarks>Each block of 1024 trajectories is summed in order, and blocks are merged in order: a function of the plan alone. Immutable.</remarks>
public sealed class DeviceStatistics
{
    private readonly EnsembleLayout _layout;
    private readonly Moments[][] _columns;

    internal DeviceStatistics(EnsembleLayout layout, Moments[][] columns, long[] statuses)
    {
        (_layout, _columns) = (layout, columns);
        StatusCounts = Enum.GetValues<TrajectoryStatus>().ToImmutableSortedDictionary(status => status, status => statuses[(int)status]);
        Count = statuses.Sum();
    }

    /// <summary>The number of trajectories, those of all alternatives together.</summary>
    public long Count { get; }

    /// <summary>How many trajectories ended in each way; every status is there.</summary>
    public ImmutableSortedDictionary<TrajectoryStatus, long> StatusCounts { get; }

    /// <summary>A scalar column.</summary>
    /// <param name="column">Its name in <see cref="EnsembleLayout.Scalars"/>.</param>
    /// <param name="alternative">Name of an alternative; null for the first.</param>
    /// <exception cref="ModelException">There is no such column or alternative.</exception>
    public ColumnMoments Scalar(string column, string? alternative = null) =>
        Summary(Find(_layout.Scalars, column, "scalar column"), alternative);

    /// <summary>A recorded variable at a grid time.</summary>
    /// <param name="variable">Its name in <see cref="EnsembleLayout.Grid"/>.</param>
    /// <param name="time">Number of the grid time.</param>
    /// <param name="alternative">Name of an alternative; null for the first.</param>
    /// <exception cref="ModelException">There is no such variable or alternative.</exception>
    public ColumnMoments Grid(string variable, int time, string? alternative = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(time);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(time, _layout.GridTimes.Length);
        return Summary(_layout.Scalars.Length + (time * _layout.Grid.Length) + Find(_layout.Grid, variable, "grid variable"), alternative);
    }

    /// <summary>The moments of a block from the sums of a device.</summary>
    internal static Moments Of(in Kernels.ColumnSums sums)
    {
        if (sums.Count == 0)
        {
            return Moments.Empty with { Missing = sums.Missing };
        }

        if (sums.Min == sums.Max)
        {
            return new(sums.Count, sums.Missing, sums.Min, 0.0, 0.0, 0.0, sums.Min, sums.Max);
        }

        double correction = sums.Deviations / sums.Count;
        (double mean, double rest) = Moments.TwoSum(sums.Center, correction);
        return new(
            sums.Count, sums.Missing, mean, rest, Math.Max(0.0, sums.Squares - (sums.Deviations * correction)), 0.0, sums.Min, sums.Max);
    }

    private ColumnMoments Summary(int column, string? alternative)
    {
        Moments moments = _columns[alternative is null ? 0 : Find(_layout.Alternatives, alternative, "alternative")][column];
        double mean = moments.Count == 0 ? double.NaN : moments.Mean + moments.MeanRest;
        return new(moments.Count, moments.Missing, mean, Math.Sqrt(moments.Variance), moments.Min, moments.Max);
    }

    private static int Find(ImmutableArray<string> names, string name, string kind)
    {
        int place = names.IndexOf(name);
        return place >= 0 ? place : throw new ModelException("device statistics", $"no {kind} '{name}'", Suggestions.For(name, names));
    }
}
