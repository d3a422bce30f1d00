using HybridControl.Numerics;

namespace HybridControl.Ensembles.Statistics;

/// <summary>Ranks of the order statistics that bound a quantile, whatever the distribution.</summary>
/// <remarks>H. A. David and H. N. Nagaraja, Order Statistics, 3rd edition (2003), section 7.1.</remarks>
internal static class QuantileRanks
{
    /// <summary>Ranks from 1 to n of both ends; 0 or n + 1 where there are too few entries for an end.</summary>
    public static (long Lower, long Upper) Of(long n, double p, double confidence)
    {
        double tail = 0.5 * (1.0 - confidence);

        // Entry r lies above the quantile if at most r - 1 entries lie below it, and below it if at least r do.
        long lower = FirstWhere(n, r => IncompleteBeta.BinomialBelow(r - 1, n, p) > tail) - 1;
        long upper = FirstWhere(n, r => IncompleteBeta.BinomialBelow(n - r, n, 1.0 - p) <= tail);
        return (lower, upper);
    }

    // The first rank from 1 to n at which the condition, false then true, holds; n + 1 if it never does.
    private static long FirstWhere(long n, Func<long, bool> condition)
    {
        long low = 1, high = n + 1;
        while (low < high)
        {
            long middle = low + ((high - low) / 2);
            if (condition(middle))
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }
}
