using HybridControl.Numerics;

namespace HybridControl.Tests.TestKit;

/// <summary>Patterns and numbers of matrices scale M - J.</summary>
internal static class MatrixBench
{
    public static TestCaseData Case(SparsityPattern pattern, string name) => new TestCaseData(pattern).SetArgDisplayNames(name);

    /// <summary>Some entries at random places beside the diagonal; the size is the seed.</summary>
    public static SparsityPattern Random(int n, int count)
    {
        var random = new Random(n);
        return SparsityPattern.Of(n, Enumerable.Range(0, count).Select(_ => (random.Next(n), random.Next(n))));
    }

    /// <summary>The first row and the first column.</summary>
    public static SparsityPattern Arrow(int n) => SparsityPattern.Of(n, Enumerable.Range(0, n).SelectMany(i => new[] { (0, i), (i, 0) }));

    /// <summary>The neighbours of each node of a square.</summary>
    public static SparsityPattern Grid(int side) => SparsityPattern.Of(
        side * side,
        from i in Enumerable.Range(0, side * side)
        from step in (int[])[1, side]
        where i + step < side * side && (step != 1 || (i + 1) % side != 0)
        from entry in new[] { (i, i + step), (i + step, i) }
        select entry);

    /// <summary>Far from singular, yet with pivots off the diagonal.</summary>
    public static (double[] Mass, double[] Jacobian, double[] Right) Numbers(SparsityPattern pattern, int seed)
    {
        var random = new Random(seed);
        double[] Next(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() - 0.5)];
        double[] mass = Next(pattern.Count);
        double[] jacobian = Next(pattern.Count);
        foreach (int place in pattern.Diagonal)
        {
            mass[place] += 1.0;
            jacobian[place] -= 1.0;
        }

        return (mass, jacobian, Next(pattern.Size));
    }
}
