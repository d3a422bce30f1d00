using HybridControl.Numerics;

namespace HybridControl.Tests.Numerics;

public sealed class BipartiteMatchingTests
{
    [Test]
    public void A_matching_is_as_large_as_by_trying_everything([Range(0, 40)] int seed)
    {
        var random = new Random(seed);
        int n = 2 + (seed % 5);
        int[][] columns = [.. Enumerable.Range(0, n).Select(_ => Enumerable.Range(0, n).Where(_ => random.NextDouble() < 0.4).ToArray())];
        var matching = new BipartiteMatching(columns, n);
        Assert.That(n - matching.UnmatchedRows.Count(), Is.EqualTo(Largest(columns, 0, new bool[n])));
        Assert.That(matching.UnmatchedColumns.Count(), Is.EqualTo(matching.UnmatchedRows.Count()));
        foreach (int row in matching.UnmatchedRows)
        {
            (int[] rows, int[] shared) = matching.Overdetermined(row);
            Assert.That(rows, Does.Contain(row));
            Assert.That(rows, Has.Length.EqualTo(shared.Length + 1));
            Assert.That(rows.SelectMany(k => columns[k]).Distinct().Order(), Is.EqualTo(shared), "they know no other columns");
        }
    }

    [Test]
    public void A_path_through_ten_thousand_rows_is_found()
    {
        const int N = 10_000;
        int[][] columns = [.. Enumerable.Range(0, N - 1).Select(i => new[] { i, i + 1 }), [0]];
        Assert.That(new BipartiteMatching(columns, N).UnmatchedRows, Is.Empty);
    }

    private static int Largest(int[][] columns, int row, bool[] used)
    {
        if (row == columns.Length)
        {
            return 0;
        }

        int best = Largest(columns, row + 1, used);
        foreach (int column in columns[row].Where(column => !used[column]))
        {
            used[column] = true;
            best = Math.Max(best, 1 + Largest(columns, row + 1, used));
            used[column] = false;
        }

        return best;
    }
}
