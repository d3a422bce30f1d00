namespace HybridControl.Tests.TestKit;

/// <summary>A rooted tree: one condition on the coefficients of a Runge-Kutta method.</summary>
/// <remarks>J. C. Butcher, Math. Comp. 18 (1964), 50-64.</remarks>
internal sealed class RootedTree
{
    private static readonly List<RootedTree[]> Known = [[], [new([])]];

    private RootedTree(RootedTree[] branches)
    {
        Branches = branches;
        Order = 1 + branches.Sum(branch => branch.Order);
        Density = branches.Aggregate((double)Order, (product, branch) => product * branch.Density);
    }

    /// <summary>What hangs from the root.</summary>
    public RootedTree[] Branches { get; }

    /// <summary>The number of nodes.</summary>
    public int Order { get; }

    /// <summary>gamma: the condition is that the weighted sum over the stages is 1 / gamma.</summary>
    public double Density { get; }

    /// <summary>All trees with that many nodes.</summary>
    public static RootedTree[] Of(int order)
    {
        lock (Known)
        {
            while (Known.Count <= order)
            {
                RootedTree[] smaller = [.. Known.SelectMany(trees => trees)];
                Known.Add([.. Forests(Known.Count - 1, smaller, smaller.Length).Select(branches => new RootedTree(branches))]);
            }

            return Known[order];
        }
    }

    // Branches in falling order of their numbers, so that each tree comes once.
    private static IEnumerable<RootedTree[]> Forests(int nodes, RootedTree[] smaller, int below)
    {
        if (nodes == 0)
        {
            yield return [];
            yield break;
        }

        for (int first = 0; first < below; first++)
        {
            if (smaller[first].Order > nodes)
            {
                break;
            }

            foreach (RootedTree[] rest in Forests(nodes - smaller[first].Order, smaller, first + 1))
            {
                yield return [smaller[first], .. rest];
            }
        }
    }
}
