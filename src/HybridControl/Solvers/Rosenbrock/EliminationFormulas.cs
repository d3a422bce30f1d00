using HybridControl.Symbolics;

namespace HybridControl.Solvers;

/// <summary>The factors of rate I - J written out as expressions: only what is not zero, pivots on the diagonal in a fixed order.</summary>
/// <remarks>
/// The order is chosen by what a pivot may fill in (H. M. Markowitz, Management Science 3 (1957), 255-269), pivots with an entry
/// of J first. A fixed order is fast and may be unstable: <see cref="Pivots"/> tells.
/// </remarks>
internal sealed class EliminationFormulas
{
    // A pivot this much smaller than an entry below it costs three digits of the solution, which an error estimate does not see.
    private const double Threshold = 1e-3;

    // An infinite entry would hold its state still, without an error.
    private const double LargestEntry = 1e300;

    private readonly int[] _order;
    private readonly Expr?[,] _entries;
    private readonly Expr[] _inverses;

    private EliminationFormulas(int[] order, Expr?[,] entries, Expr[] inverses, Expr pivots) =>
        (_order, _entries, _inverses, Pivots) = (order, entries, inverses, pivots);

    /// <summary>The smallest margin by which a pivot is large enough beside the entries below it, and J small enough to be finite; a positive constant if there is nothing to fear.</summary>
    public Expr Pivots { get; }

    /// <summary>Writes the factorisation out.</summary>
    /// <param name="jacobian">df_i/dx_j, null where it is zero.</param>
    /// <param name="moving">The rows and columns that count.</param>
    /// <param name="rate">The number on the diagonal.</param>
    public static EliminationFormulas Of(Expr?[,] jacobian, int[] moving, Expr rate)
    {
        Expr?[,] w = new Expr?[jacobian.GetLength(0), jacobian.GetLength(1)];
        foreach (int i in moving)
        {
            foreach (int j in moving)
            {
                w[i, j] = i == j ? jacobian[i, j] is { } own ? rate - own : rate : jacobian[i, j] is { } entry ? -entry : null;
            }
        }

        int[] order = OrderOf(jacobian, moving);
        var inverses = new Expr[w.GetLength(0)];
        Expr[] sizes =
        [
            .. moving.SelectMany(i => moving.Select(j => jacobian[i, j])).OfType<Expr>().Where(entry => !entry.IsConstant).Select(Expr.Abs),
        ];
        Expr pivots = sizes.Length == 0 ? Expr.One : LargestEntry - sizes.Aggregate((sum, size) => sum + size);
        for (int k = 0; k < order.Length; k++)
        {
            int p = order[k];
            Expr pivot = w[p, p]!;
            inverses[p] = 1.0 / pivot;
            Expr? below = null;
            foreach (int i in order[(k + 1)..].Where(i => w[i, p] is not null))
            {
                below = below is null ? Expr.Abs(w[i, p]!) : Expr.Max(below, Expr.Abs(w[i, p]!));
                Expr factor = w[i, p]! * inverses[p];
                w[i, p] = factor;
                foreach (int j in order[(k + 1)..].Where(j => w[p, j] is not null))
                {
                    Expr product = factor * w[p, j]!;
                    w[i, j] = w[i, j] is { } old ? old - product : -product;
                }
            }

            if (below is not null)
            {
                Expr margin = Expr.Abs(pivot) - (Threshold * below);
                pivots = pivots.IsConstant ? margin : Expr.Min(pivots, margin);
            }
        }

        return new(order, w, inverses, pivots);
    }

    /// <summary>Writes the solution for one right-hand side out.</summary>
    /// <param name="right">One entry for each row that counts.</param>
    public Expr?[] Solve(Expr?[] right)
    {
        Expr?[] y = [.. right];
        for (int k = 0; k < _order.Length; k++)
        {
            int i = _order[k];
            foreach (int j in _order[..k].Where(j => _entries[i, j] is not null))
            {
                y[i] = y[i]! - (_entries[i, j]! * y[j]!);
            }
        }

        for (int k = _order.Length - 1; k >= 0; k--)
        {
            int i = _order[k];
            foreach (int j in _order[(k + 1)..].Where(j => _entries[i, j] is not null))
            {
                y[i] = y[i]! - (_entries[i, j]! * y[j]!);
            }

            y[i] = y[i]! * _inverses[i];
        }

        return y;
    }

    private static int[] OrderOf(Expr?[,] jacobian, int[] moving)
    {
        var filled = new HashSet<(int Row, int Column)>(
            moving.SelectMany(i => moving.Where(j => i == j || jacobian[i, j] is not null).Select(j => (i, j))));
        var left = new List<int>(moving);
        var order = new List<int>();
        while (left.Count > 0)
        {
            int next = left.MinBy(p =>
                ((left.Count(j => filled.Contains((p, j))) - 1) * (left.Count(i => filled.Contains((i, p))) - 1), jacobian[p, p] is null));
            left.Remove(next);
            order.Add(next);
            filled.UnionWith(left.Where(i => filled.Contains((i, next)))
                .SelectMany(i => left.Where(j => filled.Contains((next, j))).Select(j => (i, j))).ToArray());
        }

        return [.. order];
    }
}
