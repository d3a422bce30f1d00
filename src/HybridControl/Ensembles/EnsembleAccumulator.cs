using System.Collections.Immutable;
using HybridControl.Ensembles.Statistics;

namespace HybridControl.Ensembles;

/// <summary>Collects blocks into statistics. Not thread-safe.</summary>
/// <remarks>
/// <para>Blocks are combined along a fixed binary tree over their numbers: blocks 2i and 2i + 1, then pairs of pairs, and so on, what is
/// left over from left to right. So the result is a function of the set of blocks alone. It is the same bit for bit
/// in whatever order blocks are added and accumulators are merged, as long as the options are the same.</para>
/// <para>An entry that is not finite is missing. Of a trajectory that failed (any status but completed and stopped) the final states,
/// discrete variables, recorded final expressions, extrema and requirements are missing too, whatever stands there; what was
/// recorded on its way (varied quantities, time, mode, jumps, steps, passages, grid samples, events) counts.</para>
/// </remarks>
public sealed class EnsembleAccumulator
{
    private readonly BlockReader _reader;
    private readonly SortedDictionary<long, EnsembleBlock> _blocks = [];
    private readonly List<PartialStatistics> _parts = [];
    private long _keptBytes;
    private bool _isExact = true;

    /// <summary>Creates an empty accumulator.</summary>
    /// <param name="layout">The columns of the blocks to come.</param>
    /// <param name="options">What is kept; null for the defaults.</param>
    /// <exception cref="Diagnostics.ModelException">A column named in the options does not exist.</exception>
    public EnsembleAccumulator(EnsembleLayout layout, StatisticsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(layout);
        Layout = layout;
        Options = options ?? new StatisticsOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(Options.SketchSize, 2, nameof(options));
        _reader = new(layout, Options);
    }

    /// <summary>The columns.</summary>
    public EnsembleLayout Layout { get; }

    /// <summary>What is kept.</summary>
    public StatisticsOptions Options { get; }

    /// <summary>The number of trajectories added, those of all alternatives together.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a block, which must not change any more: it is kept while memory allows.</summary>
    /// <exception cref="ArgumentException">A block of that number is there already.</exception>
    public void Add(EnsembleBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        Insert(PartialStatistics.Of(block, _reader, _isExact ? null : Options.SketchSize));
        Count += block.Count;
        Keep(block);
    }

    /// <summary>Adds everything that another accumulator of the same plan has.</summary>
    /// <exception cref="ArgumentException">Both have the same block, or they differ in their options.</exception>
    public void Merge(EnsembleAccumulator other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (!Options.Equals(other.Options) || ReferenceEquals(other, this) || other._reader.Map.Count != _reader.Map.Count)
        {
            throw new ArgumentException("The accumulators must be two, of the same plan, with the same options.", nameof(other));
        }

        if (other._parts.Any(theirs => _parts.Any(ours => ours.First < theirs.End && theirs.First < ours.End)))
        {
            throw new ArgumentException("Both accumulators have the same block.", nameof(other));
        }

        if (!other._isExact)
        {
            Sketch();
        }

        foreach (PartialStatistics part in other._parts)
        {
            Insert(_isExact || part.Sketches is not null
                ? part
                : part.WithSketches(other._blocks, other._reader, Options.SketchSize));
        }

        Count += other.Count;
        foreach (EnsembleBlock block in other._blocks.Values)
        {
            if (!_isExact)
            {
                break;
            }

            _blocks.Add(block.Number, block);
            _keptBytes += BytesOf(block);
        }

        SketchIfTooLarge();
    }

    /// <summary>The statistics of what was added so far.</summary>
    public EnsembleResult ToResult() => ToResult(isComplete: true, showBlocks: true);

    internal EnsembleResult ToResult(bool isComplete, bool showBlocks) => new(
        Layout, _reader.Map, _reader.CovarianceNames, All(_parts), Count, _isExact ? [.. _blocks.Values] : [], showBlocks, isComplete);

    /// <summary>The result for a look in passing: counts and moments, but no quantiles.</summary>
    internal EnsembleResult ToFigures() => new(
        Layout, _reader.Map, _reader.CovarianceNames, All(_parts.Select(part => part.WithoutSketches())), Count, [], false, false);

    private PartialStatistics? All(IEnumerable<PartialStatistics> parts)
    {
        PartialStatistics? all = null;
        foreach (PartialStatistics part in parts)
        {
            all = all is null ? part : PartialStatistics.Merge(all, part, part.Level + 1, part.First, Options.SketchSize);
        }

        return all;
    }

    private static long BytesOf(EnsembleBlock block) => block.Layout.Width * block.Count * sizeof(double);

    private void Keep(EnsembleBlock block)
    {
        if (_isExact)
        {
            _blocks.Add(block.Number, block);
            _keptBytes += BytesOf(block);
            SketchIfTooLarge();
        }
    }

    private void SketchIfTooLarge()
    {
        if (_isExact && _keptBytes > Options.ExactMemory)
        {
            Sketch();
        }
    }

    private void Sketch()
    {
        if (!_isExact)
        {
            return;
        }

        for (int i = 0; i < _parts.Count; i++)
        {
            _parts[i] = _parts[i].WithSketches(_blocks, _reader, Options.SketchSize);
        }

        _blocks.Clear();
        _keptBytes = 0;
        _isExact = false;
    }

    // Parts stay in order of their blocks; two that share a parent in the tree become it.
    private void Insert(PartialStatistics part)
    {
        int place = _parts.Count;
        while (place > 0 && _parts[place - 1].First >= part.End)
        {
            place--;
        }

        if (place > 0 && _parts[place - 1].End > part.First)
        {
            throw new ArgumentException($"Block {part.First} is there already.", nameof(part));
        }

        _parts.Insert(place, part);
        while (true)
        {
            int left = _parts[place].Number % 2 == 0 ? place : place - 1;
            if (left < 0 || left + 1 >= _parts.Count || _parts[left].Level != _parts[left + 1].Level ||
                _parts[left].Number / 2 != _parts[left + 1].Number / 2)
            {
                return;
            }

            PartialStatistics parent = PartialStatistics.Merge(
                _parts[left], _parts[left + 1], _parts[left].Level + 1, _parts[left].Number / 2, Options.SketchSize);
            _parts[left] = parent;
            _parts.RemoveAt(left + 1);
            place = left;
        }
    }
}
