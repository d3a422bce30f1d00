using System.Runtime.CompilerServices;

namespace HybridControl.Ensembles.Statistics;

/// <summary>The columns that statistics are made of, and how their numbers are found in a block.</summary>
/// <remarks>
/// Of one alternative, in this order: varied quantities; scalar columns; grid columns; then, if events are kept, for each transition how
/// often it fired, for each transition all its times, and for each transition and occurrence its time. Of a failed trajectory the
/// scalar columns that speak of the whole trajectory are missing, whatever a back-end wrote there; so are numbers that are not
/// finite, wherever they stand. Immutable.
/// </remarks>
internal sealed class ColumnMap
{
    private readonly EnsembleLayout _layout;

    public ColumnMap(EnsembleLayout layout)
    {
        _layout = layout;
        FirstScalar = layout.Samples.Length;
        FirstGrid = FirstScalar + layout.Scalars.Length;
        FirstCount = FirstGrid + (layout.GridTimes.Length * layout.Grid.Length);
        int transitions = layout.EventSlots > 0 ? layout.Transitions.Length : 0;
        FirstTimes = FirstCount + transitions;
        FirstOccurrence = FirstTimes + transitions;
        Count = FirstOccurrence + (transitions * layout.EventSlots);
        Alternatives = Math.Max(1, layout.Alternatives.Length);
    }

    public int FirstScalar { get; }

    public int FirstGrid { get; }

    public int FirstCount { get; }

    public int FirstTimes { get; }

    public int FirstOccurrence { get; }

    /// <summary>Columns of one alternative.</summary>
    public int Count { get; }

    public int Alternatives { get; }

    /// <summary>Whether the end of a trajectory is a result and not a failure.</summary>
    public static bool IsGood(double status) =>
        status is (double)TrajectoryStatus.Completed or (double)TrajectoryStatus.Stopped;

    /// <summary>Place in a block of the first trajectory of an alternative.</summary>
    public int Start(EnsembleBlock block, int alternative) =>
        (int)((alternative - (block.First % Alternatives) + Alternatives) % Alternatives);

    /// <summary>Trajectories of an alternative in a block.</summary>
    public int Trajectories(EnsembleBlock block, int alternative) =>
        (block.Count - Start(block, alternative) + Alternatives - 1) / Alternatives;

    /// <summary>Copies the finite numbers of a column that is not of events.</summary>
    /// <returns>How many there are.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Gather(EnsembleBlock block, int alternative, int column, Span<double> numbers)
    {
        ReadOnlySpan<double> source =
            column < FirstScalar ? block.Sample(column) :
            column < FirstGrid ? block.Scalar(column - FirstScalar) :
            block.Grid.AsSpan((column - FirstGrid) * block.Count, block.Count);
        bool whole = IsOfWhole(column);
        ReadOnlySpan<double> status = block.Scalar(EnsembleLayout.Status);
        int count = 0;
        for (int i = Start(block, alternative); i < source.Length; i += Alternatives)
        {
            if (double.IsFinite(source[i]) && (!whole || IsGood(status[i])))
            {
                numbers[count++] = source[i];
            }
        }

        return count;
    }

    /// <summary>Whether a column says something of the whole trajectory, so that a failed one lacks it.</summary>
    public bool IsOfWhole(int column)
    {
        int scalar = column - FirstScalar;
        return column < FirstGrid && scalar >= _layout.FirstState &&
            (scalar < _layout.FirstPassage || scalar >= _layout.FirstRequirement);
    }

    /// <summary>Names the numbers of the columns of events: calls back with column and number, by trajectory.</summary>
    public void VisitEvents(EnsembleBlock block, int alternative, Action<int, double> visit)
    {
        Span<int> fired = stackalloc int[Math.Min(_layout.Transitions.Length, 1024)];
        fired = _layout.Transitions.Length > fired.Length ? new int[_layout.Transitions.Length] : fired;
        for (int i = Start(block, alternative); i < block.Count; i += Alternatives)
        {
            fired.Clear();
            for (int slot = 0; slot < _layout.EventSlots; slot++)
            {
                double number = block.EventTransitions[(slot * block.Count) + i];
                double time = block.EventTimes[(slot * block.Count) + i];
                if (!double.IsFinite(time) || !(number >= 0.0) || !(number < fired.Length))
                {
                    break;
                }

                int transition = (int)number;
                visit(FirstTimes + transition, time);
                visit(FirstOccurrence + (transition * _layout.EventSlots) + fired[transition]++, time);
            }

            for (int transition = 0; transition < fired.Length; transition++)
            {
                visit(FirstCount + transition, fired[transition]);
            }
        }
    }
}
