namespace HybridControl.Numerics;

/// <summary>A largest matching of rows to columns along the entries of a matrix that may differ from zero: its structural rank.</summary>
/// <remarks>
/// Augmenting paths (Kuhn, 1955): time in the worst case rows times entries. The rows that an unmatched row reaches by alternating
/// paths are the overdetermined part of the decomposition of A. L. Dulmage and N. S. Mendelsohn, Canad. J. Math. 10 (1958), 517-534:
/// one row more than they have columns.
/// </remarks>
internal sealed class BipartiteMatching
{
    private readonly IReadOnlyList<int[]> _columnsOf;
    private readonly int[] _rowOf;
    private readonly int[] _columnOf;

    /// <summary>Finds a largest matching.</summary>
    /// <param name="columnsOf">For each row the columns of its entries.</param>
    /// <param name="columns">The number of columns.</param>
    public BipartiteMatching(IReadOnlyList<int[]> columnsOf, int columns)
    {
        _columnsOf = columnsOf;
        _rowOf = new int[columns];
        _columnOf = new int[columnsOf.Count];
        Array.Fill(_rowOf, -1);
        Array.Fill(_columnOf, -1);
        for (int row = 0; row < columnsOf.Count; row++)
        {
            Augment(row);
        }
    }

    /// <summary>Rows that no column is left for, one for each that is too many.</summary>
    public IEnumerable<int> UnmatchedRows => Enumerable.Range(0, _columnOf.Length).Where(row => _columnOf[row] < 0);

    /// <summary>Columns that no row is left for.</summary>
    public IEnumerable<int> UnmatchedColumns => Enumerable.Range(0, _rowOf.Length).Where(column => _rowOf[column] < 0);

    /// <summary>Columns that rows are too few for: those without a row, and those whose rows could be theirs.</summary>
    public IReadOnlySet<int> Underdetermined
    {
        get
        {
            var columns = new SortedSet<int>(UnmatchedColumns);
            bool grows = columns.Count > 0;
            while (grows)
            {
                int before = columns.Count;
                columns.UnionWith(Enumerable.Range(0, _columnOf.Length)
                    .Where(row => _columnOf[row] >= 0 && _columnsOf[row].Any(columns.Contains)).Select(row => _columnOf[row]));
                grows = columns.Count > before;
            }

            return columns;
        }
    }

    /// <summary>The rows that compete with an unmatched row for the same columns, itself included, and these columns.</summary>
    public (int[] Rows, int[] Columns) Overdetermined(int unmatched)
    {
        (SortedSet<int> rows, SortedSet<int> columns) = ([unmatched], []);
        var pending = new Stack<int>([unmatched]);
        while (pending.TryPop(out int row))
        {
            foreach (int column in _columnsOf[row].Where(columns.Add))
            {
                if (rows.Add(_rowOf[column]))
                {
                    pending.Push(_rowOf[column]);
                }
            }
        }

        return ([.. rows], [.. columns]);
    }

    // A search in breadth, so that long paths need no deep stack.
    private void Augment(int start)
    {
        int[] from = new int[_rowOf.Length];
        Array.Fill(from, -1);
        var pending = new Queue<int>([start]);
        while (pending.TryDequeue(out int row))
        {
            foreach (int column in _columnsOf[row])
            {
                if (from[column] >= 0)
                {
                    continue;
                }

                from[column] = row;
                if (_rowOf[column] < 0)
                {
                    Flip(from, column);
                    return;
                }

                pending.Enqueue(_rowOf[column]);
            }
        }
    }

    private void Flip(int[] from, int column)
    {
        while (column >= 0)
        {
            int row = from[column];
            (column, _columnOf[row], _rowOf[column]) = (_columnOf[row], column, row);
        }
    }
}
