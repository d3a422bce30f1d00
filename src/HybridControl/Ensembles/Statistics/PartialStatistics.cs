namespace HybridControl.Ensembles.Statistics;

/// <summary>Statistics of an aligned run of blocks: 2^level of them from number * 2^level on. Immutable.</summary>
internal sealed class PartialStatistics
{
    private PartialStatistics(
        int level, long number, Moments[] columns, CoMoments[] coMoments, long[] statuses, long[] occupancy, long[] successes,
        long[] truncated, QuantileSketch?[]? sketches)
    {
        (Level, Number, Columns, CoMoments) = (level, number, columns, coMoments);
        (Statuses, Occupancy, Successes, Truncated, Sketches) = (statuses, occupancy, successes, truncated, sketches);
    }

    public int Level { get; }

    public long Number { get; }

    /// <summary>The first block.</summary>
    public long First => Number << Level;

    /// <summary>The block after the last.</summary>
    public long End => (Number + 1) << Level;

    /// <summary>By alternative, then column of the map.</summary>
    public Moments[] Columns { get; }

    /// <summary>By alternative.</summary>
    public CoMoments[] CoMoments { get; }

    /// <summary>By alternative, then status.</summary>
    public long[] Statuses { get; }

    /// <summary>By alternative, grid time, mode; empty if the mode is not sampled.</summary>
    public long[] Occupancy { get; }

    /// <summary>By alternative, then requirement.</summary>
    public long[] Successes { get; }

    /// <summary>Trajectories with more events than slots, by alternative.</summary>
    public long[] Truncated { get; }

    /// <summary>By alternative, then column; null while the blocks themselves are kept.</summary>
    public QuantileSketch?[]? Sketches { get; }

    /// <summary>The statistics of one block.</summary>
    public static PartialStatistics Of(EnsembleBlock block, BlockReader reader, int? sketchSize)
    {
        ColumnMap map = reader.Map;
        EnsembleLayout layout = block.Layout;
        var columns = new Moments[map.Alternatives * map.Count];
        QuantileSketch?[]? sketches = sketchSize is null ? null : new QuantileSketch?[columns.Length];
        var coMoments = new CoMoments[map.Alternatives];
        long[] statuses = new long[map.Alternatives * StatusCount];
        long[] occupancy = new long[layout.GridMode < 0 ? 0 : map.Alternatives * layout.GridTimes.Length * layout.Modes.Length];
        long[] successes = new long[map.Alternatives * (layout.Scalars.Length - layout.FirstRequirement)];
        long[] truncated = new long[map.Alternatives];
        for (int alternative = 0; alternative < map.Alternatives; alternative++)
        {
            int trajectories = map.Trajectories(block, alternative);
            reader.Read(block, alternative);
            for (int column = 0; column < map.Count; column++)
            {
                ReadOnlySpan<double> numbers = reader.Column(column);
                int place = (alternative * map.Count) + column;
                long missing = column >= map.FirstTimes && column < map.FirstOccurrence ? 0 : trajectories - numbers.Length;
                columns[place] = Moments.Of(numbers, missing);
                if (sketches is not null && numbers.Length > 0)
                {
                    sketches[place] = QuantileSketch.Of(numbers, sketchSize!.Value, Salt(0, block.Number));
                }
            }

            coMoments[alternative] = reader.CoMoments(block, alternative);
            reader.Count(block, alternative, statuses, occupancy, successes, truncated);
        }

        return new(0, block.Number, columns, coMoments, statuses, occupancy, successes, truncated, sketches);
    }

    /// <summary>The statistics of two neighbours, of a common parent or not; the first keeps its place.</summary>
    public static PartialStatistics Merge(PartialStatistics a, PartialStatistics b, int level, long number, int sketchSize)
    {
        var columns = new Moments[a.Columns.Length];
        for (int i = 0; i < columns.Length; i++)
        {
            columns[i] = Moments.Merge(a.Columns[i], b.Columns[i]);
        }

        QuantileSketch?[]? sketches = a.Sketches is null || b.Sketches is null
            ? null
            : MergeSketches(a.Sketches, b.Sketches, sketchSize, Salt(level, number));
        return new(
            level, number, columns, [.. a.CoMoments.Zip(b.CoMoments, Statistics.CoMoments.Merge)], Sum(a.Statuses, b.Statuses),
            Sum(a.Occupancy, b.Occupancy), Sum(a.Successes, b.Successes), Sum(a.Truncated, b.Truncated), sketches);
    }

    /// <summary>The same without sketches, where only figures are asked for.</summary>
    public PartialStatistics WithoutSketches() =>
        Sketches is null ? this : new(Level, Number, Columns, CoMoments, Statuses, Occupancy, Successes, Truncated, null);

    /// <summary>The same with sketches made from the blocks.</summary>
    public PartialStatistics WithSketches(SortedDictionary<long, EnsembleBlock> blocks, BlockReader reader, int sketchSize) =>
        new(
            Level, Number, Columns, CoMoments, Statuses, Occupancy, Successes, Truncated,
            SketchesOf(Level, Number, blocks, reader, sketchSize));

    private const int StatusCount = (int)TrajectoryStatus.InconsistentState + 1;

    private static QuantileSketch?[] SketchesOf(
        int level, long number, SortedDictionary<long, EnsembleBlock> blocks, BlockReader reader, int sketchSize) =>
        level == 0
            ? Of(blocks[number], reader, sketchSize).Sketches!
            : MergeSketches(
                SketchesOf(level - 1, 2 * number, blocks, reader, sketchSize),
                SketchesOf(level - 1, (2 * number) + 1, blocks, reader, sketchSize),
                sketchSize,
                Salt(level, number));

    private static QuantileSketch?[] MergeSketches(QuantileSketch?[] a, QuantileSketch?[] b, int sketchSize, ulong salt)
    {
        var merged = new QuantileSketch?[a.Length];
        for (int i = 0; i < a.Length; i++)
        {
            merged[i] = a[i] is { } left && b[i] is { } right ? QuantileSketch.Merge(left, right, sketchSize, salt) : a[i] ?? b[i];
        }

        return merged;
    }

    private static ulong Salt(int level, long number) => ((ulong)number << 6) | (uint)level;

    private static long[] Sum(long[] a, long[] b)
    {
        long[] sum = new long[a.Length];
        for (int i = 0; i < a.Length; i++)
        {
            sum[i] = a[i] + b[i];
        }

        return sum;
    }
}
