namespace HybridControl.Numerics;

/// <summary>An order of the pivots of a sparse matrix, all on the diagonal, and where its factors have entries.</summary>
/// <remarks>
/// The next pivot is the one whose row and column have the smallest product of entries off the diagonal, the lowest number
/// first: for a symmetric pattern the minimum degree. Made once for a pattern; immutable and thread-safe.
/// H. M. Markowitz, Management Science 3 (1957), 255-269.
/// </remarks>
internal sealed class SparseOrder
{
    private SparseOrder(SparsityPattern pattern, int[] order, HashSet<int>[] rows, HashSet<int>[] columns)
    {
        int n = order.Length;
        int[] rank = new int[n];
        for (int k = 0; k < n; k++)
        {
            rank[order[k]] = k;
        }

        var entries = new List<int>[n];
        for (int k = 0; k < n; k++)
        {
            entries[k] = [];
        }

        Diagonal = new int[n];
        for (int k = 0; k < n; k++)
        {
            Diagonal[k] = entries[k].Count;
            entries[k].AddRange(rows[order[k]].Select(column => rank[column]).Append(k).Order());
            foreach (int row in columns[order[k]])
            {
                entries[rank[row]].Add(k);
            }
        }

        Pivots = order;
        RowStarts = new int[n + 1];
        for (int k = 0; k < n; k++)
        {
            RowStarts[k + 1] = RowStarts[k] + entries[k].Count;
            Diagonal[k] += RowStarts[k];
        }

        Columns = [.. entries.SelectMany(row => row)];
        Places = new int[pattern.Count];
        for (int k = 0; k < Places.Length; k++)
        {
            Places[k] = rank[pattern.Columns[k]];
        }
    }

    /// <summary>Row and column of the matrix that come as pivot number k.</summary>
    public int[] Pivots { get; }

    /// <summary>First entry of each row of the factors, in the order of the pivots, and their count at the end.</summary>
    public int[] RowStarts { get; }

    /// <summary>Column of each entry of the factors, in the order of the pivots; ascending in a row.</summary>
    public int[] Columns { get; }

    /// <summary>Entry on the diagonal of each row of the factors.</summary>
    public int[] Diagonal { get; }

    /// <summary>Column among the pivots of each entry of the matrix.</summary>
    public int[] Places { get; }

    /// <summary>Products that a factorisation takes.</summary>
    public long Products { get; private init; }

    /// <summary>Finds an order.</summary>
    /// <param name="pattern">The matrix.</param>
    /// <param name="most">Products that are too many.</param>
    /// <returns>Null if every order that was tried on the way takes more products than that.</returns>
    public static SparseOrder? For(SparsityPattern pattern, double most)
    {
        int n = pattern.Size;
        var rows = new HashSet<int>[n];
        var columns = new HashSet<int>[n];
        for (int k = 0; k < n; k++)
        {
            (rows[k], columns[k]) = ([], []);
        }

        foreach ((int row, int column) in pattern.Entries().Where(entry => entry.Row != entry.Column))
        {
            rows[row].Add(column);
            columns[column].Add(row);
        }

        var queue = new SortedSet<(long Cost, int Number)>(Enumerable.Range(0, n).Select(k => (Cost(rows[k], columns[k]), k)));
        int[] order = new int[n];
        long products = 0;
        for (int k = 0; k < n; k++)
        {
            int pivot = queue.Min.Number;
            queue.Remove(queue.Min);
            order[k] = pivot;
            products += Cost(rows[pivot], columns[pivot]) + columns[pivot].Count;
            if (products > most)
            {
                return null;
            }

            Eliminate(pivot, rows, columns, queue);
        }

        return new(pattern, order, rows, columns) { Products = products };
    }

    private static long Cost(HashSet<int> row, HashSet<int> column) => (long)row.Count * column.Count;

    private static void Eliminate(int pivot, HashSet<int>[] rows, HashSet<int>[] columns, SortedSet<(long Cost, int Number)> queue)
    {
        int[] touched = [.. rows[pivot].Union(columns[pivot])];
        foreach (int number in touched)
        {
            queue.Remove((Cost(rows[number], columns[number]), number));
        }

        foreach (int row in columns[pivot])
        {
            rows[row].UnionWith(rows[pivot]);
            rows[row].Remove(pivot);
            rows[row].Remove(row);
        }

        foreach (int column in rows[pivot])
        {
            columns[column].UnionWith(columns[pivot]);
            columns[column].Remove(pivot);
            columns[column].Remove(column);
        }

        foreach (int number in touched)
        {
            queue.Add((Cost(rows[number], columns[number]), number));
        }
    }
}
