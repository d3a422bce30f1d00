using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Ensembles.Statistics;
using HybridControl.Numerics;

namespace HybridControl.Ensembles;

/// <summary>The statistics of an ensemble. Immutable and thread-safe.</summary>
/// <remarks>
/// Where a plan has alternatives, a column is asked for with the name of one; without it, the first is meant. What counts
/// of failed trajectories is said at <see cref="EnsembleAccumulator"/>.
/// </remarks>
public sealed class EnsembleResult
{
    private readonly ColumnMap _map;
    private readonly ImmutableArray<string> _covarianceNames;
    private readonly PartialStatistics? _all;
    private readonly ImmutableArray<EnsembleBlock> _kept;

    internal EnsembleResult(
        EnsembleLayout layout, ColumnMap map, ImmutableArray<string> covarianceNames, PartialStatistics? all, long count,
        ImmutableArray<EnsembleBlock> kept, bool showBlocks, bool isComplete)
    {
        (Layout, _map, _covarianceNames, _all, Count, _kept) = (layout, map, covarianceNames, all, count, kept);
        IsComplete = isComplete;
        Blocks = showBlocks ? kept : [];
        int kinds = Enum.GetValues<TrajectoryStatus>().Length;
        var statuses = ImmutableSortedDictionary.CreateBuilder<TrajectoryStatus, long>();
        foreach (TrajectoryStatus status in Enum.GetValues<TrajectoryStatus>())
        {
            statuses[status] = all is null ? 0 : Enumerable.Range(0, map.Alternatives).Sum(a => all.Statuses[(a * kinds) + (int)status]);
        }

        StatusCounts = statuses.ToImmutable();
    }

    /// <summary>The columns.</summary>
    public EnsembleLayout Layout { get; }

    /// <summary>Whether the run did all it was to do; false after a cancelled one.</summary>
    public bool IsComplete { get; }

    /// <summary>The number of trajectories, those of all alternatives together.</summary>
    public long Count { get; }

    /// <summary>How many trajectories ended in each way; every status is there.</summary>
    public ImmutableSortedDictionary<TrajectoryStatus, long> StatusCounts { get; }

    /// <summary>How many trajectories failed: neither reached the end nor were stopped by a rule.</summary>
    public long Failed => Count - StatusCounts[TrajectoryStatus.Completed] - StatusCounts[TrajectoryStatus.Stopped];

    /// <summary>The blocks, ascending, if they were kept; else empty.</summary>
    public ImmutableArray<EnsembleBlock> Blocks { get; }

    /// <summary>Whether quantiles are exact: all numbers were kept.</summary>
    public bool IsExact => _all?.Sketches is null;

    /// <summary>A scalar column: "time", a final state, a recorded final expression, "min(...)", a passage, a requirement, ...</summary>
    /// <param name="column">Its name in <see cref="EnsembleLayout.Scalars"/>.</param>
    /// <param name="alternative">Name of an alternative; null for the first.</param>
    /// <exception cref="ModelException">There is no such column or alternative.</exception>
    public SampleSummary Scalar(string column, string? alternative = null) =>
        Summary(_map.FirstScalar + Find(Layout.Scalars, column, "scalar column"), Alternative(alternative));

    /// <summary>A varied quantity as it was drawn.</summary>
    /// <param name="variation">Its name.</param>
    /// <param name="alternative">Name of an alternative; null for the first.</param>
    /// <exception cref="ModelException">There is no such variation or alternative.</exception>
    public SampleSummary Sample(string variation, string? alternative = null) =>
        Summary(Find(Layout.Samples, variation, "varied quantity"), Alternative(alternative));

    /// <summary>A recorded variable over the grid times.</summary>
    /// <param name="variable">Its name in <see cref="EnsembleLayout.Grid"/>.</param>
    /// <param name="alternative">Name of an alternative; null for the first.</param>
    /// <exception cref="ModelException">There is no such variable or alternative.</exception>
    public GridSummary Grid(string variable, string? alternative = null)
    {
        int place = Find(Layout.Grid, variable, "grid variable");
        int number = Alternative(alternative);
        return new(variable, Layout.GridTimes,
        [
            .. Enumerable.Range(0, Layout.GridTimes.Length)
                .Select(k => Summary(_map.FirstGrid + (k * Layout.Grid.Length) + place, number)),
        ]);
    }

    /// <summary>Which modes the trajectories are in at the grid times.</summary>
    /// <param name="alternative">Name of an alternative; null for the first.</param>
    /// <exception cref="ModelException">The plan does not record the mode, or there is no such alternative.</exception>
    public ModeOccupancy ModeOccupancy(string? alternative = null)
    {
        int number = Alternative(alternative);
        if (Layout.GridMode < 0)
        {
            throw new ModelException("mode occupancy", "the plan does not record the mode", "Set GridMode and grid times in the recording.");
        }

        if (Layout.Modes.IsEmpty)
        {
            throw new ModelException("mode occupancy", "the model has more combinations of modes than are told apart", "Record what the modes set, such as a discrete variable.");
        }

        int length = Layout.GridTimes.Length * Layout.Modes.Length;
        return new(
            Layout.GridTimes, Layout.Modes, _all is null ? [.. new long[length]] : [.. _all.Occupancy.AsSpan(number * length, length)]);
    }

    /// <summary>How often and when a transition fires.</summary>
    /// <param name="transition">Its name.</param>
    /// <param name="alternative">Name of an alternative; null for the first.</param>
    /// <exception cref="ModelException">The plan keeps no events, or there is no such transition or alternative.</exception>
    public EventSummary Events(string transition, string? alternative = null)
    {
        int number = Alternative(alternative);
        if (Layout.EventSlots == 0)
        {
            throw new ModelException("events", "the plan keeps no events", "Set EventSlots in the recording.");
        }

        int place = Find(Layout.Transitions, transition, "transition");
        return new(
            transition,
            Summary(_map.FirstCount + place, number),
            Summary(_map.FirstTimes + place, number),
            [.. Enumerable.Range(0, Layout.EventSlots).Select(i => Summary(_map.FirstOccurrence + (place * Layout.EventSlots) + i, number))],
            _all?.Truncated[number] ?? 0);
    }

    /// <summary>How often a requirement was met.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="alternative">Name of an alternative; null for the first.</param>
    /// <exception cref="ModelException">There is no such requirement or alternative.</exception>
    public Proportion Requirement(string name, string? alternative = null)
    {
        int number = Alternative(alternative);
        ImmutableArray<string> requirements = [.. Layout.Scalars.Skip(Layout.FirstRequirement)];
        int place = Find(requirements, name, "requirement");
        if (_all is null)
        {
            return new(0, 0);
        }

        Moments column = _all.Columns[(number * _map.Count) + _map.FirstScalar + Layout.FirstRequirement + place];
        return new(_all.Successes[(number * requirements.Length) + place], column.Count, column.Missing);
    }

    /// <summary>The robustness of a requirement over the trajectories.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="alternative">Name of an alternative; null for the first.</param>
    /// <exception cref="ModelException">There is no such requirement or alternative, or robustness was not recorded.</exception>
    public SampleSummary Robustness(string name, string? alternative = null) => Scalar(EnsembleLayout.RobustnessOf(name), alternative);

    /// <summary>The covariance matrix of varied quantities and scalar columns.</summary>
    /// <param name="names">Names of columns; where a name is both, the scalar column is meant.</param>
    /// <param name="alternative">Name of an alternative; null for the first.</param>
    /// <exception cref="ModelException">A column was not accumulated: see <see cref="StatisticsOptions.CovarianceOf"/>.</exception>
    public CovarianceMatrix Covariance(IReadOnlyList<string> names, string? alternative = null)
    {
        ArgumentNullException.ThrowIfNull(names);
        int number = Alternative(alternative);
        int[] places = [.. names.Select(name => Find(_covarianceNames, name, "column in the accumulated covariances"))];
        CoMoments? moments = _all?.CoMoments[number];
        long count = moments?.Count ?? 0;
        return new([.. names], count,
        [
            .. places.SelectMany(i => places.Select(j => count < 2 ? double.NaN : moments!.Product(i, j) / (count - 1))),
        ]);
    }

    private SampleSummary Summary(int column, int alternative)
    {
        int place = (alternative * _map.Count) + column;
        if (_all is null)
        {
            return new(Moments.Empty, () => new OrderedSample([]));
        }

        PartialStatistics all = _all;
        return new(
            all.Columns[place],
            () => all.Sketches is { } sketches ? new(sketches[place]) : new OrderedSample(Collect(column, alternative)));
    }

    private double[] Collect(int column, int alternative)
    {
        var numbers = new List<double>();
        double[] buffer = new double[EnsembleBlock.Capacity];
        foreach (EnsembleBlock block in _kept)
        {
            if (column < _map.FirstCount)
            {
                numbers.AddRange(buffer.AsSpan(0, _map.Gather(block, alternative, column, buffer)));
            }
            else
            {
                _map.VisitEvents(block, alternative, (place, number) =>
                {
                    if (place == column)
                    {
                        numbers.Add(number);
                    }
                });
            }
        }

        return [.. numbers];
    }

    private int Alternative(string? name) => name is null ? 0 : Find(Layout.Alternatives, name, "alternative");

    private static int Find(ImmutableArray<string> names, string name, string kind)
    {
        int place = names.IndexOf(name);
        return place >= 0
            ? place
            : throw new ModelException("ensemble result", $"no {kind} '{name}'", Suggestions.For(name, names));
    }
}
