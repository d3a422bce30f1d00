using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Ensembles.Statistics;

/// <summary>Reads the columns of a block for statistics. Holds buffers; not thread-safe.</summary>
internal sealed class BlockReader
{
    private readonly EnsembleLayout _layout;
    private readonly double[] _numbers = new double[EnsembleBlock.Capacity];
    private readonly List<double>[] _events;
    private readonly int[] _covariance;
    private readonly double[] _table;
    private EnsembleBlock? _block;
    private int _alternative;

    public BlockReader(EnsembleLayout layout, StatisticsOptions options)
    {
        _layout = layout;
        Map = new(layout);
        _events = new List<double>[Map.Count - Map.FirstCount];
        for (int i = 0; i < _events.Length; i++)
        {
            _events[i] = [];
        }

        CovarianceNames = options.CovarianceOf.IsDefault ? DefaultCovariances(layout) : options.CovarianceOf;
        _covariance = [.. CovarianceNames.Select(name => ColumnOf(layout, name))];
        _table = new double[_covariance.Length * EnsembleBlock.Capacity];
    }

    public ColumnMap Map { get; }

    /// <summary>Columns whose covariances are accumulated.</summary>
    public ImmutableArray<string> CovarianceNames { get; }

    /// <summary>Column of the map of a varied quantity or a scalar column; the latter come first where a name is both.</summary>
    /// <exception cref="ModelException">There is none of that name.</exception>
    public static int ColumnOf(EnsembleLayout layout, string name)
    {
        int scalar = layout.Scalars.IndexOf(name);
        int sample = layout.Samples.IndexOf(name);
        return scalar >= 0 ? layout.Samples.Length + scalar
            : sample >= 0 ? sample
            : throw new ModelException(
                "ensemble result", $"no column '{name}'", Suggestions.For(name, [.. layout.Scalars, .. layout.Samples]));
    }

    /// <summary>Turns to an alternative of a block.</summary>
    public void Read(EnsembleBlock block, int alternative)
    {
        (_block, _alternative) = (block, alternative);
        foreach (List<double> column in _events)
        {
            column.Clear();
        }

        if (_events.Length > 0)
        {
            Map.VisitEvents(block, alternative, (column, number) => _events[column - Map.FirstCount].Add(number));
        }
    }

    /// <summary>The finite numbers of a column; valid until the next call.</summary>
    public ReadOnlySpan<double> Column(int column) =>
        column >= Map.FirstCount
            ? System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_events[column - Map.FirstCount])
            : _numbers.AsSpan(0, Map.Gather(_block!, _alternative, column, _numbers));

    /// <summary>The co-moments of the columns chosen for covariances.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public CoMoments CoMoments(EnsembleBlock block, int alternative)
    {
        ReadOnlySpan<double> status = block.Scalar(EnsembleLayout.Status);
        Span<bool> isMissing = stackalloc bool[block.Count];
        isMissing.Clear();
        foreach (int column in _covariance)
        {
            ReadOnlySpan<double> source = Source(block, column);
            bool isOfWhole = Map.IsOfWhole(column);
            for (int i = 0; i < isMissing.Length; i++)
            {
                isMissing[i] |= !double.IsFinite(source[i]) || (isOfWhole && !ColumnMap.IsGood(status[i]));
            }
        }

        Span<int> rows = stackalloc int[EnsembleBlock.Capacity];
        int count = 0;
        for (int i = Map.Start(block, alternative); i < block.Count; i += Map.Alternatives)
        {
            if (!isMissing[i])
            {
                rows[count++] = i;
            }
        }

        for (int c = 0; c < _covariance.Length; c++)
        {
            ReadOnlySpan<double> source = Source(block, _covariance[c]);
            for (int r = 0; r < count; r++)
            {
                _table[(c * count) + r] = source[rows[r]];
            }
        }

        return Statistics.CoMoments.Of(_table.AsSpan(0, _covariance.Length * count), _covariance.Length, count);
    }

    /// <summary>Counts statuses, modes, requirements and cut event lists of one alternative into its place of each table.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Count(
        EnsembleBlock block, int alternative, long[] statuses, long[] occupancy, long[] successes, long[] truncated)
    {
        int kinds = statuses.Length / Map.Alternatives;
        int requirements = successes.Length / Map.Alternatives;
        ReadOnlySpan<double> status = block.Scalar(EnsembleLayout.Status);
        ReadOnlySpan<double> jumps = block.Scalar(EnsembleLayout.Jumps);
        for (int i = Map.Start(block, alternative); i < block.Count; i += Map.Alternatives)
        {
            if (status[i] >= 0.0 && status[i] < kinds)
            {
                statuses[(alternative * kinds) + (int)status[i]]++;
            }

            for (int r = 0; r < requirements; r++)
            {
                if (ColumnMap.IsGood(status[i]) && block.Scalar(_layout.FirstRequirement + r)[i] == 1.0)
                {
                    successes[(alternative * requirements) + r]++;
                }
            }

            truncated[alternative] += jumps[i] > _layout.EventSlots ? 1 : 0;
            for (int k = 0; k < _layout.GridTimes.Length && _layout.GridMode >= 0; k++)
            {
                double mode = block.GridAt(k, _layout.GridMode)[i];
                if (mode >= 0.0 && mode < _layout.Modes.Length)
                {
                    occupancy[(((alternative * _layout.GridTimes.Length) + k) * _layout.Modes.Length) + (int)mode]++;
                }
            }
        }
    }

    private ReadOnlySpan<double> Source(EnsembleBlock block, int column) =>
        column < Map.FirstScalar ? block.Sample(column) : block.Scalar(column - Map.FirstScalar);

    private static ImmutableArray<string> DefaultCovariances(EnsembleLayout layout) =>
    [
        .. layout.Samples.Concat(layout.Scalars.Take(layout.FirstPassage).Skip(layout.FirstState)).Distinct().Take(32),
    ];
}
